// The link of a fact: its subject, attribute and period are boxed and joined to the number by lines that keep to the
// gaps between the lines of text and to the margin, so that they never cross a word.
const wires = svg("svg", { class: "wires", "aria-hidden": "true" });
const strip = get("strip");
const PARTS = ["subject", "attribute", "period"];
const HALF = 0.6; // of a character's height, from its middle to the edge of its box
const APART = 3; // pixels between two lines in one gap
let pointed = -1;
const at = () => (pointed >= 0 ? pointed : state.current);

// A period stands where the year or date does that names it.
const partAt = (i, part) => part === "period" ? F.at[F.period_at[i]] ?? null : F[`${part}_at`][i];

// One box for each visual line that a place takes, in pixels of the sheet, as high as its characters are.
function boxesOf(where) {
  const origin = sheet.getBoundingClientRect();
  const half = parseFloat(getComputedStyle(sheet).fontSize) * HALF;
  const boxes = [];
  for (const range of rangesOf(where)) {
    for (const { left, right, top, bottom, width } of range.getClientRects()) {
      if (!width) continue;
      const middle = (top + bottom) / 2 - origin.top;
      const box = { left: left - origin.left, right: right - origin.left, top: middle - half, bottom: middle + half };
      const last = boxes.at(-1);
      if (!last || Math.abs(last.top - box.top) >= half) {
        boxes.push(box);
      } else {
        last.left = Math.min(last.left, box.left);
        last.right = Math.max(last.right, box.right);
      }
    }
  }
  return boxes;
}

function rounded(points, radius = 4) {
  const path = [`M${points[0]}`];
  for (let n = 1; n < points.length - 1; n++) {
    const [a, b, c] = [points[n - 1], points[n], points[n + 1]];
    const toward = ([x, y]) => {
      const length = Math.hypot(x - b[0], y - b[1]) || 1;
      const share = Math.min(radius, length / 2) / length;
      return [b[0] + (x - b[0]) * share, b[1] + (y - b[1]) * share];
    };
    path.push(`L${toward(a)}`, `Q${b} ${toward(c)}`);
  }
  return `${path.join(" ")} L${points.at(-1)}`;
}

function wire(target, box, k, height) {
  const [x1, x2] = [(target.left + target.right) / 2, (box.left + box.right) / 2 + (k - 1) * 5];
  const off = 2.5 + k * APART;
  const margin = sheet.textLeft - 8 - k * 4;
  if (Math.abs(target.top - box.top) < height / 2) {
    return [[x1, target.bottom], [x1, target.bottom + off], [x2, target.bottom + off], [x2, box.bottom]];
  }
  const down = target.top < box.top;
  const [y1, y2] = down ? [target.bottom, box.top] : [target.top, box.bottom];
  const [g1, g2] = down ? [y1 + off, y2 - off] : [y1 - off, y2 + off];
  if (Math.abs(y2 - y1) < height) return [[x1, y1], [x1, g1], [x2, g1], [x2, y2]];
  return [[x1, y1], [x1, g1], [margin, g1], [margin, g2], [x2, g2], [x2, y2]];
}

// Words that are not drawn, far above or below: the line goes on along the margin to where they stand.
function tail(box, k, up) {
  const off = 2.5 + k * APART;
  const margin = sheet.textLeft - 8 - k * 4;
  const x = (box.left + box.right) / 2 + (k - 1) * 5;
  const [edge, gap] = up ? [box.top, box.top - off] : [box.bottom, box.bottom + off];
  return [[x, edge], [x, gap], [margin, gap], [margin, gap + (up ? -4000 : 4000)]];
}

const outline = (box, name) => svg("rect", { class: `box ${name}`, x: box.left - 1.5, y: box.top, rx: 3,
  width: box.right - box.left + 3, height: box.bottom - box.top });

function label(box, name, taken) {
  const wide = widthOf(t(name), "600 9.5px") + 7;
  const tag = { left: box.left - 1.5, right: box.left - 1.5 + wide, top: box.top - 11, bottom: box.top };
  const under = taken.find((other) => tag.left < other.right && other.left < tag.right
    && tag.top < other.bottom && other.top < tag.bottom);
  if (under) Object.assign(tag, { left: under.right + 2, right: under.right + 2 + wide });
  taken.push(tag);
  return [svg("rect", { class: `tag ${name}`, x: tag.left, y: tag.top, width: wide, height: 11, rx: 2 }),
    svg("text", { class: "tag-text", x: tag.left + 3.5, y: tag.top + 8.5 }, t(name))];
}

function drawWires() {
  const i = at();
  for (const link of sheet.querySelectorAll("a.m.at")) if (+link.dataset.i !== i) link.classList.remove("at");
  wires.replaceChildren();
  drawStrip(i);
  if (i < 0 || F.doc[i] !== drawnDocument) return;
  for (const link of sheet.querySelectorAll(`a.m[data-i="${i}"]`)) link.classList.add("at");
  const boxes = boxesOf(F.at[i]);
  if (!boxes.length) return;
  sheet.textLeft = one(".tx", sheet).getBoundingClientRect().left - sheet.getBoundingClientRect().left;
  const height = parseFloat(getComputedStyle(sheet).lineHeight);
  const taken = boxes.map((box) => ({ ...box }));
  const drawn = PARTS.flatMap((name, k) => drawPart(i, name, k, boxes, height, taken));
  wires.replaceChildren(...drawn, ...boxes.map((box) => outline(box, "number")));
}

function drawPart(i, name, k, boxes, height, taken) {
  const where = partAt(i, name);
  if (!where) return [];
  const found = boxesOf(where);
  const up = where[0] < F.at[i][0];
  const path = (points) => svg("path", { class: `wire ${name}`, d: rounded(points) });
  if (!found.length) return [path(tail(up ? boxes[0] : boxes.at(-1), k, up))];
  const target = up || found[0].top < boxes[0].top ? found.at(-1) : found[0];
  const outlines = found.map((box) => outline(box, name));
  return [path(wire(target, boxes[0], k, height)), ...outlines, ...label(found[0], name, taken)];
}

// What the fact pointed at says, in words, below the text: parts out of sight are a click away.
function chip(i, name, text) {
  const where = partAt(i, name);
  const elsewhere = where && where[0] !== F.at[i][0];
  const inner = [el("b", {}, t(name)), el("span", { lang: "zh-Hans" }, ...shown(text)),
    elsewhere ? el("small", {}, t("line_n", where[0])) : null];
  return where ? el("button", { type: "button", class: `chip ${name}`, onclick: () => reach(i, where) }, ...inner)
    : el("span", { class: `chip ${name}` }, ...inner);
}

function reach(i, where) {
  if (F.doc[i] !== state.shown) filter({ shown: F.doc[i] });
  goTo(where[0], where[1]);
}

let stripped = null;
function drawStrip(i) {
  const key = `${i} ${language}`;
  if (stripped === key) return;
  stripped = key;
  if (i < 0) return strip.replaceChildren(N ? t("hint") : "");
  const texts = { subject: who(i), attribute: said("attribute", i), period: timeOf(i) };
  strip.replaceChildren(el("b", { class: `amount k-${kindOf(i)}` }, `${amount(i)} ${arrow(i)}`),
    ...PARTS.filter((name) => texts[name]).map((name) => chip(i, name, texts[name])));
}

const redraw = framed(drawWires);
new ResizeObserver(redraw).observe(sheet);
