// Values as people write them. Digits come as text and are moved, never rounded: 578400000000 is 578.4 bn, 5784亿.
const SCALES = {
  en: [[12, " tn"], [9, " bn"], [6, " M"]],
  zh: [[12, "万亿"], [8, "亿"], [4, "万"]],
};
const SIGNS = { "=": "", "~": "≈", ">": ">", ">=": "≥", "<": "<", "<=": "≤" };

function parts(digits) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits);
  return match && { sign: match[1], whole: match[2], rest: match[3] ?? "" };
}

function full(digits) {
  const part = parts(digits);
  if (!part) return digits;
  const whole = part.whole.length > 4 ? part.whole.replace(THOUSANDS, ",") : part.whole;
  return part.sign.replace("-", "−") + whole + (part.rest && `.${part.rest}`);
}

function scaled(digits) {
  const part = parts(digits);
  const scale = part && SCALES[language].find(([power]) => part.whole.length > power);
  if (!scale) return full(digits);
  const cut = part.whole.length - scale[0];
  const rest = (part.whole.slice(cut) + part.rest).replace(/0+$/, "");
  return full(`${part.sign}${part.whole.slice(0, cut)}${rest && `.${rest}`}`) + scale[1];
}

// An end of a range is a number of JSON; a large one has no digits of its own.
const digitsOf = (value) => (Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value));

function unitOf(i) {
  const unit = said("unit", i) ?? "";
  const per = said("per_unit", i);
  const word = { x: "×", fraction: "" }[unit] ?? words[language][`unit_${unit}`] ?? unit;
  return plain(per ? `${word}/${per}` : word);
}

function amount(i, write = scaled) {
  const sign = SIGNS[boundOf(i)];
  if (isTime(i)) return sign + plain(said("when", i).replace(SAME_YEAR, "$1-$2–$3").replace("/", " – "));
  let figure = null;
  if (F.low[i] !== null) figure = `${write(digitsOf(F.low[i]))} – ${write(digitsOf(F.high[i]))}`;
  else if (F.value[i] !== null) figure = write(kindOf(i) === "fraction" ? F.value[i].slice(0, 8) : F.value[i]);
  const unit = unitOf(i);
  const gap = unit && !"%×℃".includes(unit) ? " " : "";
  return figure === null ? `${sign}… ${unit}`.trim() : sign + figure + gap + unit;
}

// EDTF writes a year twice: 2024-01/2024-02.
const SAME_YEAR = /^(\d{4})-(.+)\/\1-(.+)$/;
const ARROWS = { up: "↑", down: "↓", above: "↑", below: "↓" };
const arrow = (i) => ARROWS[said("change", i) ?? said("comparison", i)] ?? "";

const lastDay = (year, month) => String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, "0");

// The shortest way to write a span of days: 2023, 2023-05, 2023-01–03, 2018 – 2022.
function days(from, to) {
  if (!from) return "";
  if (!to || from === to) return from;
  const [a, b] = [from, to].map((day) => day.split("-"));
  const whole = from.endsWith("-01-01") && to.endsWith("-12-31");
  const months = a[2] === "01" && b[2] === lastDay(+b[0], +b[1]);
  const cut = whole ? 4 : months ? 7 : 10;
  const [first, last] = [from.slice(0, cut), to.slice(0, cut)];
  if (first === last) return first;
  return cut > 4 && a[0] === b[0] ? `${first}–${last.slice(5)}` : `${first} – ${last}`;
}
const timeOf = (i) => (isTime(i) ? "" : days(said("from", i), said("to", i)));
const who = (i) => said("subject", i) ?? (F.entity[i] === null ? null : data.entities.name[F.entity[i]]);

// A fact in one line of plain text: for labels, the strip and screen readers.
function headline(i) {
  const about = [who(i), said("attribute", i)].filter(Boolean).map(plain).join(" · ");
  return `${about || t("none")}: ${amount(i)}${arrow(i) && ` ${arrow(i)}`}`;
}
