// Numbers as the report prints them: the rules of package format, held against it by a
// test. Values are in base units; a scale {factor, unit} says how they are printed.

const NONE = "–";
const PLAIN = { factor: 1, unit: "" };

// digits is how many decimals a number with an interval of the given width has: the last
// one is the leading digit of half the width. Without an interval, which is a width of
// 0, a whole number has none and another has three significant digits.
function digits(width, center) {
  if (width > 0 && isFinite(width)) {
    return Math.min(6, Math.max(0, -Math.floor(Math.log10(width / 2))));
  }
  if (center === Math.round(center) || !isFinite(center)) return 0;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(center)))));
}

// rounded is v with d decimals. A number exactly between two goes to the even one, as in
// Go; toFixed would take the larger.
function rounded(v, d) {
  const scaled = Math.abs(v) * 10 ** d;
  const between = scaled % 1 === 0.5 && Number.isInteger(v * 2 ** (d + 1));
  if (!between) return v.toFixed(d);
  const even = 2 * Math.round(scaled / 2);
  return (Math.sign(v) * even / 10 ** d).toFixed(d);
}

// fixed prints v with d decimals and its thousands separated.
function fixed(v, d) {
  if (v === Infinity) return "∞";
  let text = rounded(v, d);
  if (/^-?[0.]*$/.test(text)) text = text.replace("-", "");
  const minus = text.startsWith("-");
  const [whole, rest] = text.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (minus ? "−" : "") + grouped + (rest === undefined ? "" : "." + rest);
}

// single prints a number that has no interval.
function single(v, scale) {
  if (v === null || v === undefined || Number.isNaN(v)) return NONE;
  if (v === Infinity) return "> time-out";
  return fixed(v * scale.factor, digits(0, v * scale.factor));
}

// estimate prints a median with its interval: "12.3 [12.1, 12.6]".
function estimate(center, low, high, scale) {
  const bounded = low !== null && low !== undefined && high !== null && high !== undefined;
  if (center === null || center === undefined || center === Infinity || !bounded || low === high) {
    return single(center, scale);
  }
  const d = digits((high - low) * scale.factor, center * scale.factor);
  return `${fixed(center * scale.factor, d)} [${fixed(low * scale.factor, d)}, ${fixed(high * scale.factor, d)}]`;
}

// withUnit appends the unit, unless the text is no number.
function withUnit(text, scale) {
  return text === NONE || text.startsWith(">") || !scale.unit ? text : `${text} ${scale.unit}`;
}

// plural is a number with its noun.
function plural(n, noun) {
  return n === 1 ? `1 ${noun}` : `${fixed(n, 0)} ${noun}s`;
}

// percent prints a share with at most one decimal, or with as many as tell it from 1.
function percent(share) {
  const text = String(+(100 * share).toPrecision(share > 0.99 ? 8 : 3));
  return text + " %";
}
