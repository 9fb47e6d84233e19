// What is asked for: the filters, the order, the fact at hand. Views are told and draw themselves.
const state = {
  scope: D.length === 1 ? 0 : -1, // a document's number, or -1 for all
  shown: 0, // the document on the left
  current: -1, // the fact at hand
  kinds: new Set(),
  entity: -1,
  bound: -1,
  from: null,
  to: null,
  least: 0,
  text: "",
  sort: "place",
  down: false,
};
let passed = []; // facts that pass the filters, in the order asked for
let place = new Int32Array(N).fill(-1); // where each stands in it
const views = [];

const yearIn = (column, i) => (F[column][i] === null ? null : Number(S[F[column][i]].slice(0, 4)));
const firstYear = Int16Array.from({ length: N }, (_, i) => yearIn("from", i) ?? 0);
const lastYear = Int16Array.from({ length: N }, (_, i) => yearIn("to", i) ?? firstYear[i]);
const figureOf = (i) => (F.value[i] !== null ? Number(F.value[i]) : F.low[i] !== null ? (F.low[i] + F.high[i]) / 2 : NaN);

const folded = (text) => text.normalize("NFKC").toLowerCase();
let hay = null;
function haystack() {
  const columns = ["subject", "attribute", "surface", "quote", "unit", "heading", "attributed_to"];
  const memory = new Map();
  const fold = (n) => {
    if (!memory.has(n)) memory.set(n, folded(S[n]));
    return memory.get(n);
  };
  const name = (i) => (F.entity[i] === null ? "" : folded(data.entities.name[F.entity[i]]));
  hay = Array.from({ length: N }, (_, i) =>
    [F.id[i], name(i), ...columns.map((column) => (F[column][i] === null ? "" : fold(F[column][i])))].join("\n"));
}

function tests(without = "") {
  const found = [];
  const add = (name, wanted, test) => { if (wanted && name !== without) found.push(test); };
  const asked = folded(state.text).split(/\s+/).filter(Boolean);
  if (asked.length && !hay) haystack();
  add("scope", state.scope >= 0, (i) => F.doc[i] === state.scope);
  add("kinds", state.kinds.size, (i) => state.kinds.has(F.kind[i]));
  add("entity", state.entity >= 0, (i) => F.entity[i] === state.entity);
  add("bound", state.bound >= 0, (i) => F.bound[i] === state.bound);
  add("years", state.from !== null, (i) => firstYear[i] && lastYear[i] >= state.from);
  add("years", state.to !== null, (i) => firstYear[i] && firstYear[i] <= state.to);
  add("least", state.least > 0, (i) => F.score[i] !== null && F.score[i] >= state.least - 1e-9);
  add("text", asked.length, (i) => asked.every((word) => hay[i].includes(word)));
  return found;
}

// Facts that pass all filters but one: what a chart whose bars set that filter has to count.
function passing(without = "") {
  const asked = tests(without);
  const found = [];
  for (let i = 0; i < N; i++) if (asked.every((test) => test(i))) found.push(i);
  return found;
}

const collator = new Intl.Collator("zh-Hans-CN");
const ORDERS = {
  place: (i) => i,
  subject: (i) => who(i) ?? "\uffff",
  attribute: (i) => said("attribute", i) ?? "\uffff",
  value: (i) => (isTime(i) ? firstYear[i] : figureOf(i)),
  period: (i) => said("from", i) ?? "9",
  score: (i) => F.score[i] ?? -1,
};

function ordered(found) {
  if (state.sort === "place") return state.down ? found.reverse() : found;
  const keys = new Map(found.map((i) => [i, ORDERS[state.sort](i)]));
  const compare = (a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (typeof x === "string") return collator.compare(x, y);
    return Number.isNaN(x) - Number.isNaN(y) || x - y || 0;
  };
  return found.sort((a, b) => (state.down ? compare(b, a) : compare(a, b)) || a - b);
}

function apply() {
  passed = ordered(passing());
  place.fill(-1);
  passed.forEach((i, n) => { place[i] = n; });
  for (const view of views) view();
}

function filter(changes) {
  Object.assign(state, changes);
  if (state.scope >= 0) state.shown = state.scope;
  apply();
}

const NO_FILTER = () => ({ kinds: new Set(), entity: -1, bound: -1, from: null, to: null, least: 0, text: "" });
const filtered = () => tests("scope").length > 0;
