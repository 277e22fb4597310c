// Exact numbers: fractions of whole numbers. Text in ("4.5", "10/3"), text out; no binary fraction in between.

const SHAPE = /^(-?)(\d{1,9})(?:\.(\d{1,9}))?(?:\/(\d{1,9}))?$/;

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

function make(n, d) {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d)) throw new RangeError("数字过大");
  const common = gcd(Math.abs(n), d) || 1;
  return { n: n / common, d: d / common };
}

export const ZERO = make(0, 1);

// A number as a person writes it: full-width digits, a trailing 分. Null when it is none.
export function parse(text) {
  const plain = String(text).normalize("NFKC").trim().replace(/\s*分$/, "").replace(/^\+/, "").replace(/^\./, "0.");
  const found = SHAPE.exec(plain);
  if (!found || (found[4] && Number(found[4]) === 0)) return null;
  const places = (found[3] || "").length;
  const whole = Number(found[2] + (found[3] || ""));
  return make(found[1] ? -whole : whole, 10 ** places * Number(found[4] || 1));
}

export function add(a, b) {
  return make(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a, b) {
  return add(a, { n: -b.n, d: b.d });
}

export function times(a, whole) {
  return make(a.n * whole, a.d);
}

export function divide(a, whole) {
  return make(a.n, a.d * whole);
}

export function compare(a, b) {
  return Math.sign(a.n * b.d - b.n * a.d);
}

export function least(a, b) {
  return compare(a, b) < 0 ? a : b;
}

export function most(a, b) {
  return compare(a, b) > 0 ? a : b;
}

// Whether a is low plus a whole number of steps.
export function onStep(a, low, step) {
  const distance = subtract(a, low);
  return make(distance.n * step.d, distance.d * step.n).d === 1;
}

// The shortest exact decimal, or a/b where there is none.
export function text(a) {
  for (let places = 0; places <= 9; places += 1) {
    if ((10 ** places) % a.d === 0) return decimal(a.n * (10 ** places / a.d), places);
  }
  return `${a.n}/${a.d}`;
}

function decimal(units, places) {
  const digits = String(Math.abs(units)).padStart(places + 1, "0");
  const sign = units < 0 ? "-" : "";
  return places ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : sign + digits;
}

export function sum(texts) {
  return texts.reduce((total, each) => add(total, parse(each)), ZERO);
}
