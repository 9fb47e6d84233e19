// Two charts of the overview: how many facts speak of each year, and amounts of money on a logarithmic axis.
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const measure = document.createElement("canvas").getContext("2d");
function widthOf(text, font = "11px") {
  measure.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return measure.measureText(text).width;
}

// Years from the 3rd to the 97th in a hundred facts, or fewer where that gives each year a bar of its own and still
// leaves nine facts in ten inside; those outside stand as one bar on either side.
function yearRange(found, room) {
  const years = found.map((i) => lastYear[i]).sort((a, b) => a - b);
  const nth = (share) => years[Math.min(years.length - 1, Math.floor(share * years.length))];
  const few = years.length < 40;
  const [low, high] = few ? [years[0], years.at(-1)] : [nth(0.03), nth(0.98)];
  const single = Math.max(low, high - room + 1);
  return [!few && nth(0.1) >= single ? single : Math.max(low, high - 400), high];
}

function binned(found, room) {
  const [low, high] = yearRange(found, room);
  const step = STEPS.find((size) => (high - low + 1) / size <= room) ?? 500;
  const first = Math.floor(low / step) * step;
  const bins = Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, n) => ({
    from: first + n * step, to: first + (n + 1) * step - 1, n: 0,
  }));
  const last = bins.at(-1).to;
  const before = { from: null, to: first - 1, n: 0, out: "‹" };
  const after = { from: last + 1, to: null, n: 0, out: "›" };
  for (const i of found) {
    if (firstYear[i] < first) before.n++;
    if (lastYear[i] > last) after.n++;
    const to = Math.min(bins.length - 1, Math.floor((lastYear[i] - first) / step));
    for (let n = Math.max(0, Math.floor((firstYear[i] - first) / step)); n <= to; n++) bins[n].n++;
  }
  return [...(before.n ? [before] : []), ...bins, ...(after.n ? [after] : [])];
}

const nameOf = (bin) => bin.from === null ? `${t("before")} ${bin.to + 1}` : bin.to === null
  ? `${t("after")} ${bin.from - 1}` : bin.from === bin.to ? String(bin.from) : `${bin.from} – ${bin.to}`;

function yearBar(bin, x, wide, scale, bottom) {
  const high = Math.max(bin.n ? 1.5 : 0, bin.n * scale);
  const chosen = state.from === bin.from && state.to === bin.to && filtered();
  const press = () => filter(chosen ? { from: null, to: null } : { from: bin.from, to: bin.to });
  return svg("g", { class: `year${chosen ? " chosen" : ""}${bin.out ? " out" : ""}`, onclick: press },
    svg("title", {}, `${nameOf(bin)}: ${count(bin.n)}`),
    svg("rect", { class: "hit", x, y: 0, width: wide, height: bottom }),
    svg("rect", { class: "shape", x: x + wide * 0.1, y: bottom - high, width: Math.max(1, wide * 0.8), height: high }));
}

function drawYears(body) {
  const found = passing("years").filter((i) => firstYear[i]);
  if (!found.length) return body.replaceChildren(none("no_years"));
  const [wide, high] = [body.clientWidth, Math.max(60, body.clientHeight)];
  const bins = binned(found, Math.max(8, Math.floor((wide - 24) / 9)));
  const room = bins.length + (bins[0].out || bins.at(-1).out ? 0.6 : 0);
  const [slot, bottom] = [Math.min(36, wide / room), high - 16];
  const x = (n) => (n + (bins[0].out && n ? 0.3 : 0) + (bins.at(-1).out && n === bins.length - 1 ? 0.3 : 0)) * slot;
  const most = bins.reduce((a, b) => (b.n > a.n ? b : a));
  const every = Math.ceil((widthOf("2020") + 12) / slot);
  const skip = bins.findIndex((bin) => !bin.out);
  const drawn = bins.map((bin, n) => yearBar(bin, x(n), slot, (bottom - 14) / most.n, bottom));
  const peak = svg("text", { class: "peak", x: clamp(x(bins.indexOf(most)) + slot / 2, 14, wide - 14), y: 9,
    "text-anchor": "middle" }, count(most.n));
  const ticks = bins.map((bin, n) => bin.out || (n - skip) % every ? null : svg("text", { class: "tick", y: high - 3,
    x: clamp(x(n) + slot / 2, 15, wide - 15), "text-anchor": "middle" }, bin.from));
  const about = t("chart_years", nameOf(bins[0]), nameOf(bins.at(-1)), nameOf(most), count(most.n));
  body.replaceChildren(svg("svg", { role: "img", "aria-label": about, viewBox: `0 0 ${wide} ${high}` },
    svg("line", { class: "axis", x1: 0, x2: wide, y1: bottom + 0.5, y2: bottom + 0.5 }),
    ...drawn, peak, ...ticks.filter(Boolean)));
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

const POWERS = {
  zh: "1 10 100 1千 1万 10万 100万 1千万 1亿 10亿 100亿 1千亿 1万亿 10万亿 100万亿".split(" "),
  en: "1,10,100,1 k,10 k,100 k,1 M,10 M,100 M,1 bn,10 bn,100 bn,1 tn,10 tn,100 tn".split(","),
};
const powerName = (power) => (power < 0 ? (10 ** power).toFixed(-power) : POWERS[language][power] ?? `10^${power}`);

function currencies(found, room) {
  const groups = new Map();
  for (const i of found) {
    const key = said("unit", i);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  return [sorted.slice(0, room), Math.max(0, sorted.length - room)];
}

function moneyAxis(found, left, wide, bottom) {
  const powers = found.map((i) => Math.log10(figureOf(i)));
  const low = Math.floor(powers.reduce((a, b) => Math.min(a, b)));
  const high = Math.max(low + 1, Math.ceil(powers.reduce((a, b) => Math.max(a, b))));
  const right = wide - widthOf(powerName(high)) / 2 - 2;
  const x = (power) => left + ((power - low) / (high - low)) * (right - left);
  const marks = Array.from({ length: high - low + 1 }, (_, n) => low + n);
  const broad = Math.max(...marks.map((power) => widthOf(powerName(power)))) + 12;
  const every = Math.max(1, Math.ceil((broad * (high - low)) / (right - left)));
  return [x, marks.flatMap((power) => [
    svg("line", { class: "grid", x1: x(power), x2: x(power), y1: 0, y2: bottom }),
    (power - low) % every ? null
      : svg("text", { class: "tick", x: x(power), y: bottom + 13, "text-anchor": "middle" }, powerName(power)),
  ])];
}

// Dots of one currency lie on several levels, the same on every drawing, so that equal amounts are told apart.
const level = (i) => ((i * 0.618034) % 1) - 0.5;

function dot(i, x, y, r) {
  return svg("circle", { class: `dot${i === state.current ? " chosen" : ""}`, cx: x, cy: y, r, "data-i": i,
    onclick: () => choose(i, "chart") }, svg("title", {}, `${headline(i)}${timeOf(i) && ` (${timeOf(i)})`}`));
}

// The dots of one currency around the height y; of many, those that would hide each other are drawn once.
function dots(of, x, y, slot) {
  const [spread, r] = [Math.min(0.8, 0.35 + of.length / 400) * slot, of.length > 400 ? 2.5 : 4];
  const taken = new Set();
  return of.map((i) => [i, x(Math.log10(figureOf(i))), y + level(i) * spread]).filter(([i, left, top]) => {
    const spot = Math.round(left) * 1000 + Math.round(top / 2);
    if (of.length > 400 && taken.has(spot) && i !== state.current) return false;
    return taken.add(spot);
  }).map(([i, left, top]) => dot(i, left, top, r));
}

function drawMoney(body) {
  const money = passed.filter((i) => kindOf(i) === "money");
  const found = money.filter((i) => figureOf(i) > 0);
  if (!found.length) return body.replaceChildren(none("no_money"));
  const [wide, high] = [body.clientWidth, Math.max(60, body.clientHeight)];
  const bottom = high - 17;
  const [groups, others] = currencies(found, Math.max(2, Math.floor(bottom / 21)));
  const left = Math.max(...groups.map(([unit]) => widthOf(`${plain(unit)} 9,999`))) + 18;
  const [x, axis] = moneyAxis(groups.flatMap(([, of]) => of), left, wide, bottom);
  const slot = bottom / groups.length;
  const rows = groups.flatMap(([unit, of], n) => [
    svg("text", { class: "unit", x: 0, y: (n + 0.5) * slot + 4 }, plain(unit),
      svg("tspan", { class: "n", dx: 5 }, count(of.length))),
    ...dots(of, x, (n + 0.5) * slot, slot),
  ]);
  const without = money.length - found.length;
  const notes = [others && t("others", others), without && t("left_out", without)];
  const about = t("chart_money", groups.map(([unit, of]) => `${plain(unit)} ${of.length}`).join(", "));
  const picture = { role: "img", "aria-label": about, viewBox: `0 0 ${wide} ${high}` };
  body.replaceChildren(svg("svg", picture, ...axis.filter(Boolean), ...rows),
    el("p", { class: "note" }, notes.filter(Boolean).join(" · ")));
}
