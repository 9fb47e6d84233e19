// What all parts share: the data, words in the reader's language, elements, and text made visible.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("data");
const words = read("words");
const S = data.strings;
const F = data.facts;
const D = data.documents;
const N = F.id.length;
const get = (id) => document.getElementById(id);
const one = (selector, within = document) => within.querySelector(selector);
const SVG = "http://www.w3.org/2000/svg";

const said = (column, i) => (F[column][i] === null ? null : S[F[column][i]]);
const kindOf = (i) => data.kinds[F.kind[i]];
const boundOf = (i) => data.bounds[F.bound[i]];
const TIMES = new Set(["year", "date"]);
const isTime = (i) => TIMES.has(kindOf(i));

// A browser may refuse storage to a page that is a file; nothing depends on it.
const kept = {
  get: (name) => { try { return localStorage.getItem(`zhfacts.${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`zhfacts.${name}`, value); } catch { /* not kept */ } },
};

let language = kept.get("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
if (!words[language]) language = "en";
const t = (key, ...given) => (words[language][key] ?? key).replace(/\{(\d)\}/g, (_, n) => given[n]);
const THOUSANDS = /\B(?=(\d{3})+$)/g;
const count = (number) => String(number).replace(THOUSANDS, ","); // a locale would take 20 ms to load

// Controls, bidi marks and whatever else has no glyph: shown by number, so that none steers what stands around it.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/u;
const EACH_HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
function number(character) {
  const digits = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return character === "\n" ? "↵" : `U+${digits}`;
}
const plain = (text) => text.replace(EACH_HIDDEN, (c) => (c === "\t" || c === "\n" ? " " : `<${number(c)}>`));

// Text as nodes, with the places where each begins: [from, to, node].
function nodes(text, from = 0) {
  const found = [];
  let at = 0;
  const add = (to) => {
    if (to > at) found.push([from + at, from + to, document.createTextNode(text.slice(at, to))]);
  };
  if (HIDDEN.test(text)) {
    for (const match of text.matchAll(EACH_HIDDEN)) {
      if (match[0] === "\t") continue;
      add(match.index);
      at = match.index + match[0].length;
      found.push([from + match.index, from + at, el("span", { class: "ctl" }, number(match[0]))]);
    }
  }
  add(text.length);
  return found;
}
const shown = (text) => nodes(text.replace(/\r\n?/g, "\n")).map(([, , node]) => node);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}
const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Calls once per frame, however often it is asked.
function framed(work) {
  let waiting = 0;
  return () => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; work(); });
  };
}
