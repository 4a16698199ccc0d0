// Histograms of the page: what they hold is read when a reader asks for some seconds of
// a load. Format: packBins in bins.go.

// inflate reads a part of the page that was kept compressed.
async function inflate(name) {
  const e = document.querySelector(`script[data-file="${CSS.escape(name)}"]`);
  const text = atob(e.textContent);
  const raw = new Uint8Array(text.length);
  for (let i = 0; i < raw.length; i++) raw[i] = text.charCodeAt(i);
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// once keeps what was read.
const once = new Map();
function kept(name, read) {
  if (!once.has(name)) once.set(name, read());
  return once.get(name);
}

const detailOf = (key) => kept("detail:" + key, async () => JSON.parse(new TextDecoder().decode(await inflate("detail:" + key))));
const binsOf = (key) => kept("bins:" + key, async () => parseBins(await inflate("bins:" + key)));

// parseBins reads series, trials and seconds. A second has the indices of its bins, and
// how many requests fell into each: parts of two arrays that all seconds share.
function parseBins(bytes) {
  const index = new Uint32Array(bytes.length), count = new Float64Array(bytes.length);
  let at = 0, bins = 0;
  const next = () => {
    let v = bytes[at++];
    if (v < 128) return v;
    v -= 128;
    for (let scale = 128; ; scale *= 128) {
      const b = bytes[at++];
      v += (b & 127) * scale;
      if (b < 128) return v;
    }
  };
  const series = Array.from({ length: next() }, () =>
    Array.from({ length: next() }, () =>
      Array.from({ length: next() }, () => {
        const when = next(), from = bins, to = from + next();
        let last = 0;
        while (bins < to) index[bins++] = last += next();
        return { at: when, index: index.subarray(from, to), count: count.subarray(from, to) };
      })));
  for (let i = 0; i < bins; i++) count[i] = next();
  return series;
}

// highestOf is the highest value of a bin, in nanoseconds.
function highestOf(index) {
  if (index < 2048) return index;
  const shift = Math.floor(index / 1024) - 1;
  return ((index % 1024) + 1025) * 2 ** shift - 1;
}

// highest is the highest value of a bin, in seconds: what a quantile in it is.
const highest = (index) => highestOf(index) / 1e9;

// histogramOf is the histogram of one trial as rows: a bin of a second each.
async function histogramOf(panel, detail, trial) {
  const mine = detail.trials.filter((t) => t.series === trial.series);
  const seconds = (await binsOf(panel.key))[trial.series][mine.indexOf(trial)];
  return seconds.flatMap((s) => [...s.index].map((bin, i) => [s.at, highestOf(bin), s.count[i]]));
}

// Places for the counts of one trial. They are all zero between two uses.
let counts = new Float64Array(2048);

// quantiles are those of one trial at the given shares, which rise: the smallest value
// that is at least as large as that share of all.
function quantiles(seconds, shares) {
  let first = Infinity, last = 0, total = 0;
  for (const { index } of seconds) {
    if (index.length === 0) continue;
    first = Math.min(first, index[0]);
    last = Math.max(last, index[index.length - 1]);
  }
  if (counts.length <= last) counts = new Float64Array(last + 1);
  for (const { index, count } of seconds) {
    for (let i = 0; i < index.length; i++) {
      counts[index[i]] += count[i];
      total += count[i];
    }
  }
  if (total === 0) return { total, values: [] };
  let seen = 0, bin = first;
  const values = shares.map((p) => {
    const rank = Math.max(1, Math.ceil(p * total - 1e-9 * p * total));
    while (seen + counts[bin] < rank) seen += counts[bin++];
    return highest(bin);
  });
  counts.fill(0, first, last + 1);
  return { total, values };
}

// median is that of several trials, with the interval that the ranks of the page give
// for so many.
function median(values) {
  const v = Float64Array.from(values).sort();
  const n = v.length, half = Math.floor(n / 2);
  const center = n % 2 ? v[half] : (v[half - 1] + v[half]) / 2;
  const [low, high] = doc.ranks[n];
  return { center, low: low === null ? null : v[low - 1], high: high === null ? null : v[high - 1] };
}

// recompute makes the latency curve of every series from the requests of some seconds,
// from the first up to, but not including, the last. A curve ends where the trial with
// the fewest requests has none beyond.
function recompute(series, from, to) {
  return series.map((trials) => {
    const all = trials.map((seconds) => quantiles(seconds.filter((s) => s.at >= from && s.at < to), doc.shares)).filter((t) => t.total > 0);
    const fewest = Math.min(...all.map((t) => t.total));
    const line = { x: [], y: [], low: [], high: [], requests: all.reduce((n, t) => n + t.total, 0), trials: all.length };
    for (let i = 0; all.length > 0 && i < doc.shares.length; i++) {
      if ((1 - doc.shares[i]) * fewest < 1 - 1e-9) break;
      const m = median(all.map((t) => t.values[i]));
      line.x.push(doc.shares[i]);
      line.y.push(m.center);
      line.low.push(m.low);
      line.high.push(m.high);
    }
    return line;
  });
}
