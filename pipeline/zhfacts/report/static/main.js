// The fact at hand: chosen by click, key or address; keys; printing; and the beginning of it all.
function point(i) {
  if (i === pointed) return;
  pointed = i;
  redraw();
}

// `from` says where it was chosen: the other side then moves to it.
function choose(i, from = "key") {
  state.current = i;
  pointed = -1;
  if (i >= 0 && F.doc[i] !== state.shown) {
    state.shown = F.doc[i];
    if (state.scope >= 0) state.scope = state.shown;
    apply();
  } else {
    drawDetails();
  }
  address(i, from);
  if (i >= 0 && from !== "document") goTo(F.at[i][0], F.at[i][1]);
  if (i >= 0) showRow(i);
  drawRows(true);
  for (const shape of document.querySelectorAll(".money circle")) shape.classList.toggle("chosen", +shape.dataset.i === i);
  redraw();
  if (i >= 0) say(`${headline(i)}, ${t("line_n", F.at[i][0])}`);
}

function address(i, from) {
  const wanted = i < 0 ? "#" : `#fact-${F.id[i]}`;
  if (from === "address" || location.hash === wanted || (i < 0 && !location.hash)) return;
  history[from === "key" ? "replaceState" : "pushState"](null, "", wanted);
}

function readAddress() {
  const id = /^#fact-(.+)$/.exec(location.hash)?.[1];
  if (!id) return;
  const i = F.id.indexOf(id);
  if (i < 0) return say(t("unknown", id)), strip.replaceChildren(t("unknown", plain(id).slice(0, 40)));
  choose(i, "address");
}
addEventListener("hashchange", readAddress);
addEventListener("popstate", readAddress);

const focusMark = (i) => one(`a.m[data-i="${i}"]`, sheet)?.focus({ preventScroll: true });
sheet.addEventListener("click", (event) => {
  const link = event.target.closest("a.m");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(+link.dataset.i, "document");
});
sheet.addEventListener("pointerover", (event) => point(+(event.target.closest("a.m")?.dataset.i ?? -1)));
sheet.addEventListener("pointerleave", () => point(-1));
sheet.addEventListener("focusin", (event) => point(+(event.target.closest("a.m")?.dataset.i ?? -1)));
sheet.addEventListener("focusout", () => point(-1));

const KEYS = [
  [["↓", "↑"], "key_move"], [["Home", "End"], "key_ends"], [["PgDn", "PgUp"], "key_page"], [["Enter"], "key_enter"],
  [["/"], "key_search"], [["Esc"], "key_escape"], [["[", "]"], "key_documents"], [["o"], "key_overview"],
  [["t"], "key_theme"], [["?"], "key_help"],
];
function drawKeys() {
  one("dl", get("help")).replaceChildren(...KEYS.map(([keys, does]) =>
    el("div", {}, el("dt", {}, ...keys.map((key) => el("kbd", {}, key))), el("dd", {}, t(does)))));
}
get("help-open").addEventListener("click", () => get("help").showModal());

function move(to) {
  if (!passed.length) return;
  const inText = sheet.contains(document.activeElement);
  choose(passed[clamp(to, 0, passed.length - 1)]);
  if (inText) focusMark(state.current);
  else one("tr.at", body)?.focus({ preventScroll: true });
}
const here = () => (state.current >= 0 ? place[state.current] : -1);

function enter() {
  const link = document.activeElement.closest("a.m");
  if (link) {
    choose(+link.dataset.i, "document");
    view("facts");
    return one("tr.at", body)?.focus({ preventScroll: true });
  }
  const line = document.activeElement.closest("tr[data-i]");
  if (!line) return false;
  choose(+line.dataset.i, "table");
  view("document");
  focusMark(state.current);
}

function escape() {
  const search = get("search");
  if (document.activeElement === search && search.value) {
    search.value = "";
    filter({ text: "" });
  } else if (document.activeElement.matches("input, select")) {
    document.activeElement.blur();
  } else if (state.current >= 0) {
    choose(-1);
  } else if (state.text) {
    search.value = "";
    filter({ text: "" });
  }
}

const BINDINGS = {
  ArrowDown: () => move(here() + 1),
  ArrowUp: () => move(here() < 0 ? 0 : here() - 1),
  PageDown: () => move(here() + 10),
  PageUp: () => move(Math.max(0, here()) - 10),
  Home: () => move(0),
  End: () => move(passed.length - 1),
  Enter: enter,
  "/": () => { get("search").focus(); get("search").select(); },
  "[": () => step(-1),
  "]": () => step(1),
  o: () => toggleOverview(),
  t: nextTheme,
  "?": () => get("help").showModal(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || get("help").open) return;
  if (event.key === "Escape") return escape();
  const target = event.target;
  if (target === get("search") && (event.key === "ArrowDown" || event.key === "Enter")) {
    event.preventDefault();
    return move(0);
  }
  if (target.matches("input, select, textarea")) return;
  if (event.key === "Enter" && target.matches("button, summary, .address")) return;
  // where the text has the focus, it scrolls as any text does
  if (target === pane && /^(Arrow|Page|Home|End)/.test(event.key)) return;
  const act = BINDINGS[event.key];
  if (act && act() !== false) event.preventDefault();
});

const PRINTED = 3000;
function print(on) {
  printing = on;
  if (on) blocks.slice(0, Math.ceil(PRINTED / BLOCK)).forEach(fillBlock);
  document.body.dataset.cut = on && (passed.length > PRINTED || pieces.length > PRINTED) ? t("printed", count(PRINTED)) : "";
  drawRows(true);
  redraw();
}
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));

setLanguage(language);
if (matchMedia("(max-width: 700px), (max-height: 620px)").matches) toggleOverview(false);
apply();
readAddress();
performance.mark("zhfacts-ready");
