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
