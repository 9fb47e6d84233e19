// The overview: facts by kind and by subject as bars that filter; charts.js has the timeline and the money.
function bar(label, number, most, pressed, press, className, lang) {
  const width = Math.max(1, (number / most) * 100);
  const told = { type: "button", class: `barred ${className}`, title: label, "aria-pressed": String(pressed) };
  return el("button", { ...told, onclick: press },
    svg("svg", { class: "fill", "aria-hidden": "true", viewBox: "0 0 100 1", preserveAspectRatio: "none" },
      svg("rect", { width, height: 1 })),
    el("span", { class: "name", lang }, ...shown(label)), el("span", { class: "n" }, count(number)));
}

const none = (key) => el("p", { class: "none" }, t(key));

function tally(found, of) {
  const counts = new Map();
  for (const i of found) {
    const key = of(i);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function drawKinds(body) {
  const counts = tally(passing("kinds"), (i) => F.kind[i]);
  const most = Math.max(...counts.values());
  const toggle = (kind) => {
    const kinds = new Set(state.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    filter({ kinds });
  };
  const bars = data.kinds.map((kind, n) => !counts.has(n) && !state.kinds.has(n) ? null
    : bar(t(`kind_${kind}`), counts.get(n) ?? 0, most, state.kinds.has(n), () => toggle(n), `k-${kind}`));
  body.replaceChildren(...(counts.size ? bars.filter(Boolean) : [none("no_facts")]));
}

const TOP = 12;
function drawEntities(body) {
  const counts = [...tally(passing("entity"), (i) => F.entity[i])].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const top = counts.slice(0, TOP);
  const chosen = counts.find(([n]) => n === state.entity);
  if (chosen && !top.includes(chosen)) top[top.length - 1] = chosen;
  const bars = top.map(([n, number]) => bar(data.entities.name[n], number, counts[0][1], n === state.entity,
    () => filter({ entity: n === state.entity ? -1 : n }), "entity", "zh-Hans"));
  body.replaceChildren(...(bars.length ? bars : [none("no_entities")]));
}

// Bars keep the focus when they are drawn anew under it.
function keepingFocus(body, draw) {
  const at = [...body.children].indexOf(document.activeElement);
  const name = at >= 0 ? document.activeElement.textContent.replace(/[\d,]+$/, "") : null;
  draw(body);
  if (name === null) return;
  const again = [...body.children].find((child) => child.textContent.replace(/[\d,]+$/, "") === name);
  (again ?? body.children[at] ?? body).focus();
}

let drawnWidth = 0;
function drawOverview() {
  if (get("overview").hidden) return;
  drawnWidth = get("overview").clientWidth;
  keepingFocus(one(".kinds .body"), drawKinds);
  keepingFocus(one(".entities .body"), drawEntities);
  drawYears(one(".timeline .body"));
  drawMoney(one(".money .body"));
}
views.push(drawOverview);
const drawnOtherwise = () => { if (get("overview").clientWidth !== drawnWidth) drawOverview(); };
new ResizeObserver(framed(drawnOtherwise)).observe(get("overview"));
