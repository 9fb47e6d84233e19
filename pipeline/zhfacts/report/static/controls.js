// The controls: which document, which facts, language and theme; each shows what the state says.
const option = (value, text, lang = null) => el("option", { value, lang }, text);

function fillScope() {
  const name = (d, n) => `${n + 1} · ${plain(d.title || d.source)} (${count(d.facts)})`;
  const all = D.length === 1 ? [] : [option(-1, t("all", count(D.length)))];
  get("scope").hidden = D.length < 2;
  get("scope").replaceChildren(...all, ...D.map((d, n) => option(n, name(d, n), "zh-Hans")));
}

function fillFilters() {
  const counts = tally(Array.from({ length: N }, (_, i) => i), (i) => F.entity[i]);
  const names = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  get("entity").replaceChildren(option(-1, t("entity_all")),
    ...names.map(([n, number]) => option(n, `${plain(data.entities.name[n])} (${count(number)})`, "zh-Hans")));
  get("bound").replaceChildren(option(-1, t("bound_all")),
    ...data.bounds.map((bound, n) => option(n, t(`bound_${bound}`))));
  get("kind").replaceChildren(option(-1, t("kind_all")), ...data.kinds.map((kind, n) => option(n, t(`kind_${kind}`))));
}

function drawControls() {
  get("scope").value = state.scope;
  one("option[value='-2']", get("kind"))?.remove();
  if (state.kinds.size > 1) get("kind").append(option(-2, t("kind_some", state.kinds.size)));
  get("kind").value = state.kinds.size > 1 ? -2 : [...state.kinds][0] ?? -1;
  get("entity").value = state.entity;
  get("bound").value = state.bound;
  for (const [id, value] of [["from", state.from], ["to", state.to], ["search", state.text], ["least", state.least]]) {
    if (document.activeElement !== get(id)) get(id).value = value ?? "";
  }
  get("least-shown").value = state.least ? state.least.toFixed(2) : "0";
  for (const id of ["kind", "entity", "bound"]) get(id).classList.toggle("set", get(id).value !== "-1");
  get("clear").hidden = !filtered();
  const total = state.scope < 0 ? N : D[state.scope]?.facts ?? 0;
  get("count").value = t("count", count(passed.length), count(total));
}
views.push(drawControls);

const year = (id) => (get(id).value === "" || !get(id).checkValidity() ? null : get(id).valueAsNumber);
get("scope").addEventListener("change", () => filter({ scope: +get("scope").value }));
get("kind").addEventListener("change", () => filter({ kinds: new Set([+get("kind").value].filter((n) => n >= 0)) }));
get("entity").addEventListener("change", () => filter({ entity: +get("entity").value }));
get("bound").addEventListener("change", () => filter({ bound: +get("bound").value }));
get("least").addEventListener("input", () => filter({ least: +get("least").value }));
for (const id of ["from", "to"]) get(id).addEventListener("input", () => filter({ [id]: year(id) }));
get("search").addEventListener("input", framed(() => filter({ text: get("search").value })));
one(".filters").addEventListener("submit", (event) => event.preventDefault());
get("clear").addEventListener("click", clearFilters);

function clearFilters() {
  for (const id of ["search", "from", "to"]) get(id).value = "";
  get("least").value = 0;
  filter(NO_FILTER());
  if (document.activeElement === document.body) rows.focus();
}

function step(by) {
  if (!D[state.shown + by]) return;
  filter(state.scope < 0 ? { shown: state.shown + by } : { scope: state.shown + by });
}
get("previous").addEventListener("click", () => step(-1));
get("next").addEventListener("click", () => step(1));

const THEMES = ["auto", "light", "dark"];
let theme = THEMES.includes(kept.get("theme")) ? kept.get("theme") : "auto";
function setTheme(name) {
  theme = name;
  kept.set("theme", name);
  document.documentElement.dataset.theme = name;
  get("theme").setAttribute("aria-label", t(`theme_${name}`));
  get("theme").title = t(`theme_${name}`);
}
// From what is seen to its opposite, and then back to what the system says.
function nextTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  setTheme(order[(order.indexOf(theme) + 1) % 3]);
  say(t(`theme_${theme}`));
}
get("theme").addEventListener("click", nextTheme);

const say = (text) => { get("said").textContent = text; };

function setLanguage(name) {
  language = name;
  document.documentElement.lang = name === "zh" ? "zh-Hans" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
  const only = D.length === 1 ? ` · ${plain(D[0].title || D[0].source)}` : "";
  document.title = t("title") + only;
  fillScope();
  fillFilters();
  drawKeys();
  setTheme(theme);
  stripped = null;
  drawnDocument = -1;
}
get("language").addEventListener("click", () => {
  const top = pane.scrollTop;
  kept.set("language", language === "zh" ? "en" : "zh");
  setLanguage(kept.get("language") ?? (language === "zh" ? "en" : "zh"));
  apply();
  pane.scrollTop = top;
});

function toggleOverview(open = get("overview").hidden) {
  get("overview").hidden = !open;
  get("overview-toggle").setAttribute("aria-expanded", String(open));
  if (open) drawOverview();
}
get("overview-toggle").addEventListener("click", () => toggleOverview());

function view(name) {
  document.body.dataset.view = name;
  for (const tab of document.querySelectorAll("[data-show]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.show === name));
  }
  redraw();
}
for (const tab of document.querySelectorAll("[data-show]")) tab.addEventListener("click", () => view(tab.dataset.show));
