// The document on the left, as it lies in the source. Long lines are cut into pieces, pieces stand in blocks, and only
// blocks near what is seen are filled, so that a document of any length opens at once.
const PIECE = 2000; // characters of a line drawn as one element
const BLOCK = 50; // pieces
const NEAR = "700px 0px";
const KEPT = 14; // filled blocks that stay although they are out of sight
const DIM = new Set(["furniture", "advert", "contact", "contents", "bibliography", "byline"]);
const pane = get("text");
const sheet = one(".sheet");

let first = 0;
for (const document of D) {
  document.first = first;
  first += document.facts;
}
const roleOf = (d, line) => data.roles[D[d].role[line - 1]];

let pieces = []; // [line, from, to]
let pieceOf = []; // the first piece of each line
let blocks = []; // elements, `filled` or not
let marks = new Map(); // line -> [from, to, fact]
let drawnDocument = -1;

function markLines(d) {
  const found = new Map();
  const add = (line, mark) => found.set(line, [...(found.get(line) ?? []), mark]);
  for (let i = D[d].first; i < D[d].first + D[d].facts; i++) {
    const [from, left, to, right] = F.at[i];
    for (let line = from; line <= to; line++) {
      // page furniture inside a broken number is none of it
      if (line > from && line < to && DIM.has(roleOf(d, line))) continue;
      add(line, [line === from ? left : 0, line === to ? right : D[d].text[line - 1].length, i]);
    }
  }
  return found;
}

const isLow = (text, at) => text.charCodeAt(at) >= 0xdc00 && text.charCodeAt(at) < 0xe000;
function cut(d) {
  pieces = [];
  pieceOf = [];
  D[d].text.forEach((text, n) => {
    pieceOf.push(pieces.length);
    let from = 0;
    do {
      let to = Math.min(text.length, from + PIECE);
      if (isLow(text, to)) to--;
      pieces.push([n + 1, from, to]);
      from = to;
    } while (from < text.length);
  });
}

function mark(i, children) {
  const state = `m k-${kindOf(i)}${place[i] < 0 ? " out" : ""}${i === at() ? " at" : ""}`;
  return el("a", { class: state, href: `#fact-${F.id[i]}`, "data-i": i, tabindex: -1, draggable: "false" }, ...children);
}

function drawText([line, from, to]) {
  const text = D[drawnDocument].text[line - 1];
  const box = el("span", { class: "tx" });
  const parts = [];
  let position = from;
  const add = (end, i) => {
    if (end <= position) return;
    const made = nodes(text.slice(position, end), position);
    parts.push(...made);
    const children = made.map(([, , node]) => node);
    box.append(...(i === null ? children : [mark(i, children)]));
    position = end;
  };
  for (const [left, right, i] of marks.get(line) ?? []) {
    if (right <= from || left >= to) continue;
    add(Math.max(left, from), null);
    add(Math.min(right, to), i);
  }
  add(to, null);
  box.parts = parts;
  return box;
}

function drawPiece(n) {
  const [line, from] = pieces[n];
  const role = roleOf(drawnDocument, line);
  const begins = from === 0 && role !== "body" && (line === 1 || roleOf(drawnDocument, line - 1) !== role);
  return el("div", { class: `line r-${role}${DIM.has(role) ? " dim" : ""}`, "data-p": n },
    el("span", { class: "no", "data-n": from === 0 ? line : "↳", "aria-hidden": "true" }), drawText(pieces[n]),
    begins ? el("span", { class: "role", "data-role": t(`role_${role}`) }) : null);
}

function fillBlock(block) {
  if (block.filled) return;
  block.filled = true;
  block.style.height = "";
  const last = Math.min(pieces.length, block.from + BLOCK);
  block.replaceChildren(...Array.from({ length: last - block.from }, (_, n) => drawPiece(block.from + n)));
}

function emptyBlock(block) {
  block.style.height = `${block.getBoundingClientRect().height}px`;
  block.filled = false;
  block.replaceChildren();
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    target.near = isIntersecting;
    if (isIntersecting) fillBlock(target);
  }
  const far = blocks.filter((block) => block.filled && !block.near && !block.contains(document.activeElement));
  if (!printing) for (const block of far.slice(0, Math.max(0, far.length - KEPT))) emptyBlock(block);
  redraw();
}, { root: pane, rootMargin: NEAR });

function drawDocument() {
  if (!D.length) return drawHead();
  if (drawnDocument === state.shown) return;
  drawnDocument = state.shown;
  cut(drawnDocument);
  marks = markLines(drawnDocument);
  watcher.disconnect();
  const style = getComputedStyle(sheet);
  const perLine = Math.max(8, Math.floor((sheet.clientWidth - 100) / parseFloat(style.fontSize)));
  blocks = Array.from({ length: Math.ceil(pieces.length / BLOCK) }, (_, n) => {
    const block = el("div", { class: "block" });
    block.from = n * BLOCK;
    const rows = pieces.slice(block.from, block.from + BLOCK)
      .reduce((sum, [, from, to]) => sum + Math.max(1, Math.ceil((to - from) / perLine)), 0);
    block.style.height = `${rows * parseFloat(style.lineHeight)}px`;
    return block;
  });
  sheet.replaceChildren(...blocks, wires);
  if (!pieces.length) sheet.append(el("p", { class: "none" }, t("no_lines")));
  if (blocks.length) fillBlock(blocks[0]);
  pane.scrollTop = 0;
  blocks.forEach((block) => watcher.observe(block));
  drawHead();
}

function drawHead() {
  const d = D[state.shown];
  get("title").replaceChildren(...shown(d ? d.title || d.source : t("no_documents")));
  const told = d ? [d.title ? d.source : null, d.publisher, d.published, t("lines", count(d.text.length)),
    t("n_facts", count(d.facts)), d.encoding, ...d.copies.map((copy) => `= ${copy}`)] : [];
  get("about").replaceChildren(...shown(told.filter(Boolean).join("  ·  ")));
  get("about").title = plain(told.filter(Boolean).join("  ·  "));
  for (const [id, step] of [["previous", -1], ["next", 1]]) {
    get(id).hidden = D.length < 2;
    get(id).disabled = !D[state.shown + step];
  }
}

function showDocument() {
  drawDocument();
  for (const link of sheet.querySelectorAll("a.m")) link.classList.toggle("out", place[link.dataset.i] < 0);
  redraw();
}
views.push(showDocument);

function pieceAt(line, column) {
  let n = pieceOf[line - 1];
  while (pieces[n + 1]?.[0] === line && pieces[n][2] <= column) n++;
  return n;
}
const drawnPiece = (n) => blocks[Math.floor(n / BLOCK)]?.filled
  ? blocks[Math.floor(n / BLOCK)].children[n % BLOCK] : null;

// Brings a place into sight, a third down from the top; what lies beside it is drawn first, or it would move again.
function goTo(line, column = 0) {
  const n = pieceAt(line, column);
  const block = Math.floor(n / BLOCK);
  for (const near of [block - 1, block, block + 1]) if (blocks[near]) fillBlock(blocks[near]);
  const box = drawnPiece(n).getBoundingClientRect();
  const [top, bottom] = [pane.getBoundingClientRect().top, pane.getBoundingClientRect().bottom];
  const seen = box.top > top + 60 && box.bottom < bottom - 60;
  if (!seen) pane.scrollTop += box.top - top - pane.clientHeight / 3;
  redraw();
}

// What of a place is drawn, as ranges of the page.
function rangesOf([from, left, to, right]) {
  const found = [];
  for (let line = from; line <= to; line++) {
    if (line > from && line < to && DIM.has(roleOf(drawnDocument, line))) continue;
    for (let n = pieceOf[line - 1]; pieces[n]?.[0] === line; n++) {
      const box = drawnPiece(n);
      if (!box) continue;
      const [start, end] = [line === from ? left : 0, line === to ? right : Infinity];
      for (const part of one(".tx", box).parts) {
        if (part[1] > start && part[0] < end) found.push(rangeIn(part, start, end));
      }
    }
  }
  return found;
}

function rangeIn([from, to, node], start, end) {
  const range = document.createRange();
  if (node.nodeType === Node.TEXT_NODE) {
    range.setStart(node, Math.max(0, start - from));
    range.setEnd(node, Math.min(to, end) - from);
  } else {
    range.selectNode(node);
  }
  return range;
}
