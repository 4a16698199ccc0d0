// The zoom in time: its form, and the percentiles of the seconds that the reader chose,
// which the page computes from the bins of every trial.

// zoomOf keeps the seconds that the reader looks at. The curves by percentile are then
// those of these seconds, recomputed from the bins of every trial.
function zoomOf(panel, detail, draw) {
  const [first, last] = panel.window;
  let range = null, lines = null;
  const from = h("input", { type: "number", min: first, max: last - 1, value: first, "aria-label": "From second" });
  const to = h("input", { type: "number", min: first + 1, max: last, value: last, "aria-label": "To second" });
  const state = h("span", { class: "state", role: "status" });
  const reset = button("Whole window", () => set(first, last), { hidden: true });
  const bar = h("form", { class: "zoom", id: panel.key + "/zoom", submit: (event) => { event.preventDefault(); set(+from.value, +to.value); } },
    h("label", {}, "Seconds ", from), h("label", {}, " to ", to), h("button", { type: "submit", class: "button" }, "Zoom"), reset, state);

  async function choose(a, b) {
    a = Math.max(first, Math.min(last - 1, a || first));
    b = Math.max(a + 1, Math.min(last, b || last));
    range = a === first && b === last ? null : [a, b];
    lines = range && recompute(await binsOf(panel.key), a, b);
    from.value = a;
    to.value = b;
    reset.hidden = !range;
    state.textContent = range ? "The percentiles are those of these seconds." : "";
    history.replaceState(null, "", "#" + panel.key + (range ? `@${a}-${b}` : ""));
  }
  async function set(a, b) {
    const begun = performance.now();
    await choose(a, b);
    draw();
    explorer.zoomed = performance.now() - begun;
  }
  return {
    bar: last - first > 1 ? bar : null,
    choose,
    set,
    window: () => range || [0, last],
    latency: (figure) => {
      const e = lineFigure(panel, figure, () => ({
        height: 320, lines: lines ? lines.map((l, series) => ({ series, ...l })) : figure.lines,
        caption: lines ? `Seconds ${range[0]} to ${range[1]} of the load only: ${plural(lines.reduce((n, l) => n + l.requests, 0), "good answer")}, recomputed in this page from the histograms of every trial, median over trials with its interval. Time-outs are in no second and are not counted here.` : figure.caption,
      }));
      e.classList.add("wide");
      return e;
    },
  };
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
