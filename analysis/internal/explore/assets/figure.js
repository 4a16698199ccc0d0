// Figures: a plot with its heading and address, the values under the pointer, a sentence
// that says what is to be seen, and a table of all its values behind it.

// headOf is the heading of a figure or of a table, which is also its address.
function headOf(address, title, tools) {
  return h("div", { class: "head" }, h("h3", {}, h("a", { href: "#" + address, class: "anchor" }, title)), tools);
}

// lineFigure is a figure of lines. Its method texts writes what it says, and draw draws
// it, when it stands in the page and after every change. spec() returns {lines, window,
// caption, …}.
function lineFigure(panel, figure, spec) {
  const address = `${panel.key}/${figure.id}`;
  const scale = { factor: figure.factor, unit: figure.unit };
  const places = h("div", { class: "plots" });
  const told = h("ul", { class: "told" });
  const caption = h("figcaption", {});
  const behind = h("details", { class: "behind", toggle: () => { if (behind.open) fill(); } }, h("summary", {}, "Values as a table"));
  const table = () => valuesOf(panel, figure, scale, spec().lines);
  const e = h("figure", { id: address, class: "figure" },
    headOf(address, figure.title + (figure.unit ? ", " + figure.unit : "")),
    places, told, caption, h("div", { class: "foot" }, behind, copying(figure.title, table)));
  let plots = [], specs = [];

  const fill = () => {
    const t = table();
    behind.replaceChildren(behind.firstChild, scrolled(plainTable(t.head, t.rows), figure.title));
  };

  // tell lists the values of all lines at a place, or their names if it is null.
  const tell = (s, index, at) => {
    const x = index === null ? null : at[index];
    told.replaceChildren(...s.lines.filter((l) => shows(panel.series[l.series])).map((l) => {
      const i = x === null ? -1 : l.x.indexOf(x);
      const value = i < 0 ? null : withUnit(estimate(l.y[i], l.low && l.low[i], l.high && l.high[i], scale), scale);
      return h("li", {}, swatch(panel.series[l.series], panel), nameOf(panel.series[l.series]), value !== null && h("b", {}, value));
    }));
    told.dataset.at = x === null ? "" : whereText(figure.kind, x);
    if (x !== null) told.prepend(h("li", { class: "where" }, whereText(figure.kind, x)));
  };

  e.texts = () => {
    const s = spec();
    places.style.setProperty("--h", `${s.height || HEIGHT}px`);
    tell(s, null, []);
    caption.replaceChildren(...inline(s.caption || figure.caption));
    if (behind.open) fill();
  };

  e.width = () => places.clientWidth;

  e.draw = (what, width) => {
    const s = spec();
    if (what === "window" && plots.length > 0) {
      plots.forEach((u, i) => shift(u, specs[i], s.window));
      return;
    }
    for (const u of plots) u.destroy();
    plots = [];
    specs = [];
    places.replaceChildren();
    const runs = chosen.layout === "side" && two ? [...new Set(s.lines.map((l) => panel.series[l.series].run))] : [null];
    places.classList.toggle("side", runs.length > 1);
    const visible = s.lines.filter((l) => shows(panel.series[l.series]));
    for (const run of runs) {
      const place = h("div", { class: "plot", tabindex: "0", role: "group", "aria-label": `${figure.title}${run === null ? "" : ", " + doc.runs[run].name}. Arrow keys read single values.` });
      if (run !== null) places.append(h("div", {}, h("p", { class: "runname" }, doc.runs[run].name), place));
      else places.append(place);
      const lines = s.lines.filter((l) => run === null || panel.series[l.series].run === run);
      const one = {
        ...s, kind: figure.kind, scale, zero: figure.zero, limit: figure.limit, equal: figure.equal, lines,
        width: runs.length > 1 ? undefined : width,
        range: runs.length > 1 ? extent(visible, scale) : undefined,
        tell: (index, at) => tell(s, index, at),
      };
      const u = drawLines(place, one, panel);
      plots.push(u);
      specs.push(one);
      byKeyboard(place, u, () => told);
    }
  };
  return e;
}

// whereText says at which place values are read.
function whereText(kind, x) {
  switch (kind) {
    case "share": return "p" + String(+(100 * x).toFixed(4));
    case "second": return `second ${x}`;
    case "order": return `trial ${x} of the run`;
    case "rate": return `${single(x, PLAIN)} /s offered`;
  }
  return String(x);
}

// byKeyboard moves the pointer of a plot with the arrow keys, and says what it shows.
function byKeyboard(place, u, told) {
  const n = u.data[0].length;
  let at = null;
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") {
      at = null;
      u.setCursor({ left: -10, top: -10 });
      return;
    }
    if (step === undefined || n === 0) return;
    event.preventDefault();
    at = Math.max(0, Math.min(n - 1, at === null ? (step < 0 && step !== -Infinity ? n - 1 : 0) : at + step));
    u.setCursor({ left: u.valToPos(u.data[0][at], "x"), top: 10 });
    announce([...told().children].map((li) => li.textContent).join(", "));
  });
}

// plainTable is a table of texts.
function plainTable(head, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, head.map((t) => h("th", { scope: "col" }, t)))),
    h("tbody", {}, rows.map((r) => h("tr", {}, r.map((t, i) => (i ? h("td", { class: "number" }, String(t)) : h("th", { scope: "row" }, String(t))))))));
}

// valuesOf is the table behind a figure of lines: a row for each place, a column for
// each series; the CSV has the ends of the intervals in columns of their own.
function valuesOf(panel, figure, scale, lines) {
  const visible = lines.filter((l) => shows(panel.series[l.series]));
  const xs = [...new Set(visible.flatMap((l) => l.x))].sort((a, b) => a - b);
  const at = visible.map((l) => new Map(l.x.map((x, i) => [x, i])));
  const first = { share: "percentile", second: "second", order: "trial", rate: "offered rate, /s" }[figure.kind] || "value";
  const names = visible.map((l) => nameOf(panel.series[l.series]));
  const rows = xs.map((x) => [whereText(figure.kind, x).replace(/^second |^trial | of the run$| \/s offered$/g, ""),
    ...visible.map((l, k) => (at[k].has(x) ? estimate(l.y[at[k].get(x)], l.low && l.low[at[k].get(x)], l.high && l.high[at[k].get(x)], scale) : NONE))]);
  const unit = figure.unit ? ", " + figure.unit : "";
  const bare = (l, k, x) => {
    const i = at[k].get(x);
    return i === undefined ? [null, null, null] : [l.y[i], l.low && l.low[i], l.high && l.high[i]];
  };
  return {
    head: [first, ...names.map((n) => n + unit)], rows,
    csv: { head: [first, ...names.flatMap((n) => [n + " (base unit)", "low", "high"])], rows: xs.map((x) => [x, ...visible.flatMap((l, k) => bare(l, k, x))]) },
  };
}

// heatFigure is the heat map of one series, with a key of its colours.
function heatFigure(panel, heat, spec) {
  const series = panel.series[heat.series];
  const address = `${panel.key}/heat/${heat.series}`;
  const scale = { factor: heat.factor, unit: heat.unit };
  const place = h("div", { class: "plot", role: "img", "aria-label": heat.caption });
  const told = h("ul", { class: "told" });
  const key = h("p", { class: "key" });
  const table = () => {
    const head = ["second", ...heat.edges.slice(1).map((e) => "≤ " + withUnit(single(e, scale), scale))];
    return { head, rows: heat.counts.map((row, i) => [heat.start + i * heat.step, ...row]) };
  };
  const behind = h("details", { class: "behind", toggle: () => {
    if (behind.open && !behind.children[1]) { const t = table(); behind.append(scrolled(plainTable(t.head, t.rows), "Counts of the heat map")); }
  } }, h("summary", {}, "Values as a table"));
  const e = h("figure", { id: address, class: "figure", "data-variant": series.name, "data-run": series.run },
    headOf(address, `Heat map: ${nameOf(series)}, ${heat.unit}`), place, told, key, h("figcaption", {}, inline(heat.caption)), h("div", { class: "foot" }, behind, copying("the heat map", table)));
  let plot = null, drawn = null;
  const tell = (x, y) => {
    const i = x === null ? -1 : Math.floor((x - heat.start) / heat.step);
    const j = heat.edges.findLastIndex((edge) => edge * heat.factor <= y);
    const n = heat.counts[i] && heat.counts[i][j];
    told.replaceChildren(h("li", {}, n === undefined ? "Point at a box for its number of requests." :
      h("b", {}, `second ${heat.start + i * heat.step}, ${single(heat.edges[j], scale)} to ${withUnit(single(heat.edges[j + 1], scale), scale)}: ${plural(n, "request")}`)));
  };
  e.texts = () => {
    place.style.setProperty("--h", `${HEAT_HEIGHT}px`);
    tell(null, 0);
    key.replaceChildren("Share of that second's requests: ", ...heatLevels.map((share, level) => {
      const box = h("span", { class: "box", "aria-hidden": "true" });
      box.style.background = heatColour(level);
      return h("span", { class: "pairing" }, box, level === 0 ? "below 1 %" : `${percent(share)}+`);
    }));
  };
  e.width = () => place.clientWidth;
  e.draw = (what, width) => {
    if (e.hidden) return;
    if (what === "window" && plot) {
      shift(plot, drawn, spec().window);
      return;
    }
    if (plot) plot.destroy();
    drawn = { ...spec(), width, tell };
    plot = drawHeat(place, heat, drawn);
  };
  return e;
}
