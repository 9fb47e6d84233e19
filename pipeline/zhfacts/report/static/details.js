// All that is known of the fact at hand, below the table.
const details = get("details");

function quoted(i) {
  const [quote, surface] = [said("quote", i), said("surface", i).replace(/[\r\n]+/g, "")];
  const from = quote.indexOf(surface);
  // a sentence that holds the same words twice is shown without a mark rather than with a wrong one
  if (from < 0 || quote.indexOf(surface, from + 1) >= 0) return shown(quote);
  const to = from + surface.length;
  const marked = el("mark", { class: `k-${kindOf(i)}` }, ...shown(surface));
  return [...shown(quote.slice(0, from)), marked, ...shown(quote.slice(to))];
}

const LONGEST = 400; // characters of a sentence that are shown of it here
function sentence(i) {
  const quote = said("quote", i);
  if (quote.length <= LONGEST) return quoted(i);
  return [...shown(quote.slice(0, LONGEST)), "…"];
}

function entries(i) {
  const origin = said(isTime(i) ? "date_from" : "period_from", i);
  const span = days(said("from", i), said("to", i));
  const change = said("change", i);
  const delta = F.delta[i] === null ? "" : ` (${F.delta[i] > 0 ? "+" : ""}${full(digitsOf(F.delta[i]))})`;
  const basis = said("basis", i);
  return [
    ["d_surface", said("surface", i), true],
    ["d_value", `${amount(i, full)} · ${t(`kind_${kindOf(i)}`)}`],
    [isTime(i) ? "d_when" : "d_period", span && (origin ? `${span} (${t(origin)})` : span)],
    ["d_change", change && t(change) + delta],
    ["d_comparison", said("comparison", i) && t(said("comparison", i))],
    ["d_basis", basis && (words[language][basis] ?? basis), true],
    ["d_ratio", F.ratio[i] === null ? null : full(digitsOf(F.ratio[i]))],
    ["d_statistic", said("statistic", i)],
    ["d_modality", said("modality", i) === "reported" ? null : said("modality", i)],
    ["d_attributed_to", said("attributed_to", i), true],
    ["d_shared", said("shared", i), true],
    ["d_heading", said("heading", i), true],
    ["d_page", F.page[i]],
    ["d_score", F.score[i] === null ? null : F.score[i].toFixed(2)],
    ["d_rules", [said("rule", i), said("link_rule", i)].filter(Boolean).join(" · ")],
  ].filter(([, value]) => value !== null && value !== "");
}

function toText(i) {
  view("document");
  reach(i, F.at[i]);
  focusMark(i);
}

function drawDetails() {
  const i = state.current;
  details.hidden = i < 0;
  if (i < 0) return details.replaceChildren();
  const about = [who(i), said("attribute", i)].filter(Boolean);
  details.replaceChildren(
    el("div", { class: "title" },
      el("p", { class: `big k-${kindOf(i)}` }, amount(i), arrow(i) && el("span", { class: "arrow" }, ` ${arrow(i)}`)),
      el("h2", { lang: "zh-Hans" }, ...(about.length ? shown(about.join(" · ")) : [t("none")])),
      el("button", { type: "button", class: "icon close", "aria-label": t("close"), onclick: () => choose(-1) }, "×")),
    ...(place[i] < 0 ? [el("p", { class: "warned" }, t("hidden"))] : []),
    el("blockquote", { lang: "zh-Hans" }, ...sentence(i)),
    el("dl", {}, ...entries(i).map(([key, value, ours]) =>
      el("div", {}, el("dt", {}, t(key)), el("dd", { lang: ours ? "zh-Hans" : null }, ...shown(String(value)))))),
    el("p", { class: "feet" },
      el("button", { type: "button", class: "go", onclick: () => toText(i) }, t("to_line", F.at[i][0])),
      el("a", { class: "address", href: `#fact-${F.id[i]}` }, `#fact-${F.id[i]}`)));
  details.scrollTop = 0;
}
views.push(drawDetails);
