// The table of facts: only the rows that are seen exist, however many there are.
const ROW = 32;
const SPARE = 8;
const rows = get("rows");
const COLUMNS = ["place", "subject", "attribute", "value", "period", "score"];
const HEADS = { place: "line", score: "score_short" };
let printing = false;

const heads = COLUMNS.map((name) => el("th", { scope: "col", class: name },
  el("button", { type: "button", onclick: () => sortBy(name) })));
const headRow = el("tr", { "aria-rowindex": 1 }, ...heads);
const body = el("tbody");
const grid = el("table", { role: "grid" }, el("thead", {}, headRow), body);
rows.append(grid);

function sortBy(name) {
  const again = state.sort === name;
  filter({ sort: name, down: again ? !state.down : name === "value" || name === "score" });
  rows.scrollTop = 0;
}

const where = (i) => (state.scope < 0 && D.length > 1 ? `${F.doc[i] + 1}:${F.at[i][0]}` : String(F.at[i][0]));
const CUT = 7; // characters that a narrow column may cut
const cell = (text, className) => el("td",
  { class: className, lang: "zh-Hans", title: text && text.length > CUT ? plain(text) : null },
  text ? shown(text) : el("span", { class: "dash" }, "–"));

function cellsOf(i) {
  return [
    el("td", { class: "place" }, where(i)),
    cell(who(i), "subject"),
    cell(said("attribute", i), "attribute"),
    el("td", { class: `value k-${kindOf(i)}`, title: `${t(`kind_${kindOf(i)}`)}: ${amount(i, full)}` },
      el("span", { class: "dot", role: "img", "aria-label": t(`kind_${kindOf(i)}`) }),
      el("span", {}, `${amount(i)}${arrow(i) && ` ${arrow(i)}`}`)),
    el("td", { class: "period" }, timeOf(i) || el("span", { class: "dash" }, "–")),
    el("td", { class: "score" }, F.score[i] === null ? el("span", { class: "dash" }, "–") : F.score[i].toFixed(2)),
  ];
}

function row(n) {
  const i = passed[n];
  const chosen = i === state.current;
  const stop = chosen || (place[state.current] ?? -1) < 0 && n === firstSeen();
  return el("tr", { "data-i": i, "aria-rowindex": n + 2, "aria-selected": String(chosen), tabindex: stop ? 0 : -1,
    class: chosen ? "at" : null }, ...cellsOf(i));
}

const firstSeen = () => Math.min(Math.ceil(rows.scrollTop / ROW), Math.max(0, passed.length - 1));
// Rows that are not there take the room they would.
function spacer(height) {
  const gap = el("td", { role: "presentation" });
  gap.style.height = `${height}px`;
  return el("tr", { class: "space", role: "presentation" }, gap);
}

let drawnRows = "";
function drawRows(anew = false) {
  const from = printing ? 0 : Math.max(0, Math.floor(rows.scrollTop / ROW) - SPARE);
  const to = printing ? Math.min(passed.length, PRINTED)
    : Math.min(passed.length, from + Math.ceil(rows.clientHeight / ROW) + 2 * SPARE);
  if (!anew && drawnRows === `${from} ${to}`) return;
  drawnRows = `${from} ${to}`;
  const focused = body.contains(document.activeElement);
  const above = from ? [spacer(from * ROW)] : [];
  const below = to < passed.length && !printing ? [spacer((passed.length - to) * ROW)] : [];
  body.replaceChildren(...above, ...Array.from({ length: to - from }, (_, n) => row(from + n)), ...below);
  if (focused) (one("tr.at", body) ?? one("tr[tabindex='0']", body))?.focus({ preventScroll: true });
}

function drawFacts() {
  grid.setAttribute("aria-rowcount", passed.length + 1);
  heads.forEach((head, n) => {
    const name = t(HEADS[COLUMNS[n]] ?? COLUMNS[n]);
    const sorted = state.sort === COLUMNS[n];
    head.setAttribute("aria-sort", sorted ? (state.down ? "descending" : "ascending") : "none");
    const way = sorted ? (state.down ? "▾" : "▴") : "";
    head.firstChild.replaceChildren(name, el("span", { class: "way", "aria-hidden": "true" }, way));
  });
  rows.hidden = !passed.length;
  const empty = get("empty");
  empty.hidden = passed.length > 0;
  empty.replaceChildren(...(passed.length ? [] : [t(D.length ? (N ? "nothing" : "no_facts") : "no_documents")]));
  drawRows(true);
}
views.push(drawFacts);

// Brings a row into sight, in the middle where it was far.
function showRow(i) {
  const n = place[i];
  if (n < 0) return;
  const [top, bottom] = [n * ROW, (n + 1) * ROW];
  const seen = rows.clientHeight - headRow.offsetHeight;
  if (top < rows.scrollTop || bottom > rows.scrollTop + seen) rows.scrollTop = Math.max(0, top - seen / 2);
  drawRows(true);
}

rows.addEventListener("scroll", framed(() => drawRows()), { passive: true });
new ResizeObserver(framed(() => drawRows(true))).observe(rows);
body.addEventListener("click", (event) => {
  const line = event.target.closest("tr[data-i]");
  if (line && !getSelection().toString()) choose(+line.dataset.i, "table");
});
body.addEventListener("pointerover", (event) => point(+(event.target.closest("tr[data-i]")?.dataset.i ?? -1)));
body.addEventListener("pointerleave", () => point(-1));
