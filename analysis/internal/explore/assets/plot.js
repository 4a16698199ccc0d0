// Plots of lines and points, drawn by uPlot. What a plot shows is a spec:
//
//   {label, kind, scale: {factor, unit}, zero, height, range, lines, shade, event, zoom, tell, limit, equal}
//
// A line is {series, x, y, low, high} in base units, and open, which says of every point
// whether it is a ring. limit is a dashed line at a value, equal one where the value is
// the place itself. kind is the horizontal axis:
// "share", "second", "order", "value" or "rate". tell(index) is called with the place
// that the reader points at, or null.

// css reads a colour of the page's style. It is kept until the theme changes: to read it
// again would make the browser compute the styles of what was just changed.
const read = new Map();
let readIn = null; // the theme of what was read
function css(name) {
  const theme = document.documentElement.dataset.theme;
  if (readIn !== theme) read.clear();
  readIn = theme;
  if (!read.has(name)) read.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return read.get(name);
}

// Heights of plots, in CSS pixels.
const HEIGHT = 250, HEAT_HEIGHT = 220;

// nines stretches shares towards 1: 90 %, 99 % and 99.9 % have the same distance.
const nines = (share) => -Math.log10(1 - share);

// joined brings lines onto common places: uPlot wants one row of them for all lines.
function joinedLines(lines, scale, toX) {
  const places = [...new Set(lines.flatMap((l) => l.x))].sort((a, b) => a - b);
  const index = new Map(places.map((x, i) => [x, i]));
  const columns = [places.map(toX)];
  for (const l of lines) {
    for (const values of [l.high, l.low, l.y]) {
      const column = new Array(places.length).fill(null);
      for (let i = 0; values && i < l.x.length; i++) {
        const v = values[i];
        if (v !== null && isFinite(v)) column[index.get(l.x[i])] = v * scale.factor;
      }
      columns.push(column);
    }
  }
  return { places, columns };
}

// extent is the lowest and the highest value of lines, bands included as far as they do
// not flatten the lines.
function extent(lines, scale) {
  let low = Infinity, high = -Infinity;
  for (const l of lines) {
    l.y.forEach((y, i) => {
      if (y === null || !isFinite(y)) return;
      low = Math.min(low, y);
      high = Math.max(high, y, l.high && l.high[i] !== null && l.high[i] < 2 * y ? l.high[i] : y);
    });
  }
  return [low * scale.factor, high * scale.factor];
}

// axesOf are the two axes of a spec.
function axesOf(spec, isLog) {
  const ink = css("--muted"), grid = css("--grid");
  const common = { stroke: ink, font: "12px system-ui, sans-serif", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, size: 4 } };
  const x = { ...common, size: 30, space: 46 };
  if (spec.kind === "share") {
    const ticks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
    x.splits = (u) => ticks.map(nines).filter((v) => v <= u.scales.x.max + 1e-9);
    x.values = (u, splits) => splits.map((_, i) => percent(ticks[i]));
  } else {
    if (spec.kind === "second" || spec.kind === "order") x.incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    x.values = (u, splits, axis, space, step) => splits.map((v) => fixed(v, decimals(step)));
  }
  const y = { ...common, size: 58, space: 34, values: (u, splits, axis, space, step) => splits.map((v) => (v === null ? "" : isLog ? tick(v) : fixed(v, decimals(step)))) };
  if (isLog) y.space = 26;
  return [x, y];
}

// decimals is how many a step between ticks needs.
const decimals = (step) => Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));

// tick prints a value of a logarithmic axis.
function tick(v) {
  if (v === 0 || Math.abs(v) >= 1e4 || Number.isInteger(v)) return fixed(v, 0);
  return fixed(v, Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(v))) )));
}

// drawLines draws a spec into an element and returns the plot, with a method to draw it
// again in other colours or another size.
function drawLines(place, spec, panel) {
  const toX = spec.kind === "share" ? nines : (x) => x;
  const { places, columns } = joinedLines(spec.lines, spec.scale, toX);
  const [low, high] = spec.range || extent(spec.lines.filter((l) => shows(panel.series[l.series])), spec.scale);
  const isLog = !spec.zero && spec.kind !== "value" && low > 0 && high > 50 * low;
  const series = [{}], bands = [];
  for (const l of spec.lines) {
    const s = panel.series[l.series], c = colour(s), show = shows(s);
    const points = spec.kind === "order" || l.x.length === 1, both = spec.kind === "rate";
    series.push({ show, stroke: "transparent", width: 0, points: { show: false } });
    series.push({ show, stroke: "transparent", width: 0, points: { show: false } });
    series.push({
      show, stroke: c, width: points ? 0 : 2, dash: dash(s, panel), spanGaps: spec.kind !== "second",
      paths: spec.kind === "value" ? uPlot.paths.stepped({ align: 1 }) : points ? () => null : undefined,
      points: points || both ? { show: true, size: 7, fill: dash(s, panel) ? css("--paper") : c, stroke: c, width: 1.5 } : { show: false },
    });
    const at = series.length;
    if (l.low) bands.push({ series: [at - 3, at - 2], fill: c + (dark() ? "3a" : "2c") });
  }
  const options = {
    width: Math.max(220, spec.width || place.clientWidth), height: spec.height || HEIGHT, padding: [12, 14, 0, 0],
    series, bands, legend: { show: false },
    axes: axesOf(spec, isLog),
    scales: {
      x: { time: false, range: (u, min, max) => spec.window || (min === max ? [min - 0.5, max + 0.5] : [min, max]) },
      y: { distr: isLog ? 3 : 1, range: () => (isLog ? [low * 0.9, high * 1.1] : [spec.zero || low > 0 ? 0 : low, (high > 0 ? high : 1) * 1.06]) },
    },
    cursor: {
      drag: { x: !!spec.zoom, y: false, setScale: false, dist: 5 }, y: false,
      points: { size: 8 },
    },
    hooks: {
      drawClear: [(u) => shade(u, spec), (u) => guides(u, spec)],
      draw: [(u) => rings(u, spec, panel)],
      setSelect: [(u) => select(u, spec)],
      setCursor: [(u) => spec.tell && spec.tell(u.cursor.idx === undefined ? null : u.cursor.idx, places)],
    },
  };
  const u = new uPlot(options, columns, place);
  u.root.querySelectorAll("canvas").forEach((c) => c.setAttribute("aria-hidden", "true"));
  return u;
}

// shade greys the warm-up and marks a spike of the load.
function shade(u, spec) {
  const paint = (from, to, fill) => {
    const a = Math.max(u.bbox.left, u.valToPos(from, "x", true)), b = Math.min(u.bbox.left + u.bbox.width, u.valToPos(to, "x", true));
    if (b <= a) return;
    u.ctx.fillStyle = fill;
    u.ctx.fillRect(a, u.bbox.top, b - a, u.bbox.height);
  };
  if (spec.shade) paint(0, spec.shade, css("--shade"));
  if (spec.event) paint(spec.event[0], spec.event[1], css("--event"));
}

// guides draws the dashed lines of a spec.
function guides(u, spec) {
  const along = (from, to) => {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    u.ctx.setLineDash([6, 5]);
    u.ctx.lineWidth = 1.5;
    u.ctx.strokeStyle = css("--muted");
    u.ctx.beginPath();
    [from, to].forEach(([x, y], i) => u.ctx[i ? "lineTo" : "moveTo"](u.valToPos(x, "x", true), u.valToPos(y * spec.scale.factor, "y", true)));
    u.ctx.stroke();
    u.ctx.restore();
  };
  const { min, max } = u.scales.x;
  if (spec.limit) along([min, spec.limit], [max, spec.limit]);
  if (spec.equal) along([min, min], [max, max]);
}

// rings opens the points that a line marks as open.
function rings(u, spec, panel) {
  for (const l of spec.lines) {
    if (!l.open || !shows(panel.series[l.series])) continue;
    l.open.forEach((is, i) => {
      if (!is || l.y[i] === null || !isFinite(l.y[i])) return;
      u.ctx.beginPath();
      u.ctx.arc(u.valToPos(l.x[i], "x", true), u.valToPos(l.y[i] * spec.scale.factor, "y", true), 2.4 * devicePixelRatio, 0, 2 * Math.PI);
      u.ctx.fillStyle = css("--paper");
      u.ctx.fill();
    });
  }
}

// shift shows the seconds of a plot's spec that it is to show now.
function shift(u, spec, window) {
  spec.window = window;
  u.setScale("x", { min: window[0], max: window[1] });
}

// select zooms into the seconds over which the reader has drawn.
function select(u, spec) {
  if (!spec.zoom || u.select.width < 2) return;
  const from = u.posToVal(u.select.left, "x"), to = u.posToVal(u.select.left + u.select.width, "x");
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  spec.zoom(Math.floor(from), Math.max(Math.floor(from) + 1, Math.ceil(to)));
}

// Levels of a heat map: the lower ends of shares of a second's requests, as in the
// report, and a colour for each.
const heatLevels = [0, 0.01, 0.05, 0.15, 0.35];
const ramp = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];
const heatColour = (level) => ramp[dark() ? level : ramp.length - 1 - level];

// drawHeat draws a heat map: boxes of time and latency on uPlot's axes.
function drawHeat(place, heat, spec) {
  const end = heat.start + heat.step * heat.counts.length;
  const edges = heat.edges.map((e) => e * heat.factor);
  const sums = heat.counts.map((row) => row.reduce((a, b) => a + b, 0));
  const boxes = (u) => {
    heat.counts.forEach((row, i) => row.forEach((n, j) => {
      if (!n) return;
      const level = heatLevels.findLastIndex((share) => n / sums[i] >= share);
      const from = heat.start + i * heat.step;
      const x0 = u.valToPos(from, "x", true), x1 = u.valToPos(from + heat.step, "x", true);
      const y0 = u.valToPos(edges[j + 1], "y", true), y1 = u.valToPos(edges[j], "y", true);
      if (x1 <= u.bbox.left || x0 >= u.bbox.left + u.bbox.width) return;
      u.ctx.fillStyle = heatColour(level);
      const a = Math.max(Math.round(x0), u.bbox.left), b = Math.min(Math.round(x1), u.bbox.left + u.bbox.width);
      u.ctx.fillRect(a, Math.round(y0), b - a, Math.ceil(y1 - y0));
    }));
  };
  const xs = heat.counts.map((_, i) => heat.start + (i + 0.5) * heat.step);
  return new uPlot({
    width: Math.max(220, spec.width || place.clientWidth), height: HEAT_HEIGHT, padding: [12, 14, 0, 0], legend: { show: false },
    series: [{}, { show: true, stroke: "transparent", points: { show: false } }],
    axes: axesOf({ kind: "second" }, true),
    scales: { x: { time: false, range: () => spec.window || [heat.start, end] }, y: { distr: 3, range: () => [edges[0], edges[edges.length - 1]] } },
    cursor: { drag: { x: !!spec.zoom, y: false, setScale: false, dist: 5 }, points: { show: false } },
    hooks: {
      drawClear: [(u) => shade(u, spec)],
      drawAxes: [boxes],
      setSelect: [(u) => select(u, spec)],
      setCursor: [(u) => spec.tell && spec.tell(u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x"), u.posToVal(u.cursor.top, "y"))],
    },
  }, [xs, xs.map(() => edges[0])], place);
}
