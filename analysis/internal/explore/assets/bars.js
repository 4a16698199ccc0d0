// Bars that are made of elements: the forest plot of effects, and the ledger.

// stops are round places on an axis of ratios (powers and halves) or of differences.
function stops(low, high, ratio) {
  const all = ratio ? [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10, 30, 100, 300, 1000]
    : [-1, -0.5, -0.2, -0.1, -0.05, -0.02, -0.01, 0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
  const inside = all.filter((v) => v >= low && v <= high);
  const far = ratio ? Math.log(high / low) : high - low;
  // Stops that would overlap give way, those next to no change last.
  const none = ratio ? 1 : 0;
  const place = (v) => (ratio ? Math.log(v / low) : v - low) / far;
  return inside.sort((a, b) => Math.abs(place(a) - place(none)) - Math.abs(place(b) - place(none)))
    .reduce((some, v) => (some.every((o) => Math.abs(place(o) - place(v)) > 0.13) ? [...some, v] : some), []);
}

// forest is a table of effects with a bar for each: point and interval on a common axis.
// Ratios stand on a logarithmic axis, differences of shares on a linear one.
function forest(rows, label) {
  const ratio = !rows[0].difference;
  const none = ratio ? 1 : 0;
  let low = none, high = none;
  for (const r of rows) {
    for (const v of r.effect.slice(0, 3)) {
      if (v === null || !isFinite(v) || (ratio && v <= 0)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  if (ratio) { low = Math.max(1e-4, Math.min(low / 1.08, 0.9)); high = Math.min(1e4, Math.max(high * 1.08, 1.1)); }
  else { const pad = Math.max(0.002, (high - low) * 0.06); low -= pad; high += pad; }
  const place = (v) => 100 * Math.max(0, Math.min(1, ratio ? Math.log(Math.max(v, low) / low) / Math.log(high / low) : (v - low) / (high - low)));
  const at = (e, from, to) => {
    e.style.left = place(from) + "%";
    if (to !== undefined) e.style.width = Math.max(0, place(to) - place(from)) + "%";
    return e;
  };
  const marks = stops(low, high, ratio);
  const gridlines = () => marks.map((v) => at(h("i", { class: v === none ? "none" : "stop" }), v));
  const axis = h("div", { class: "axis", "aria-hidden": "true" }, marks.map((v) => at(h("span", {}, ratio ? "×" + v : (v > 0 ? "+" : "") + fixed(100 * v, 0) + " pp"), v)));
  const bar = (r) => {
    const [center, lowEnd, highEnd] = r.effect;
    const e = h("div", { class: "bar", "aria-hidden": "true" }, gridlines());
    if (center === null) return e;
    const series = doc.panels[r.panel].series[r.series];
    const paint = (x) => { x.style.setProperty("--c", inkOf(series)); return x; };
    if (lowEnd !== null && highEnd !== null) e.append(paint(at(h("span", { class: "whisker" }), lowEnd, highEnd)));
    e.append(paint(at(h("span", { class: r.verdict === "not judged" ? "dot open" : "dot" }), center)));
    return e;
  };
  const row = (r) => {
    const panel = doc.panels[r.panel], series = panel.series[r.series];
    return h("tr", { id: effectAddress(r), "data-variant": series.name, class: "v-" + r.verdict.replace(/ /g, "-") },
      h("th", { scope: "row" }, h("a", { href: "#" + curveAddress(r) }, panelName(panel), r.target ? ` ${r.target}` : ""),
        h("span", { class: "pair" }, swatch(series, panel), r.head, h("span", { class: "against" }, " against "), r.base)),
      h("td", { class: "barcell" }, bar(r)),
      h("td", { class: "number" }, h("a", { href: "#" + effectAddress(r), class: "quiet", tabindex: "-1" }, withInterval(r.text))),
      h("td", {}, verdictWord(r), r.notes && r.notes.length ? h("details", { class: "why" }, h("summary", {}, "why"), r.notes.map((n) => h("p", {}, n))) : null));
  };
  const plain = () => ({
    head: ["load", "target", "head", "base", "metric", "effect", "verdict", "adjusted p"],
    rows: rows.map((r) => [panelName(doc.panels[r.panel]), r.target || "", r.head, r.base, r.metric, r.text, r.verdict, r.p === null ? NONE : +r.p.toPrecision(3)]),
    csv: {
      head: ["load", "target", "head", "base", "unit", "effect", "low", "high", "kind", "verdict", "adjusted p"],
      rows: rows.map((r) => [panelName(doc.panels[r.panel]), r.target || "", r.head, r.base, r.unit, ...r.effect.slice(0, 3), r.difference ? "difference" : "ratio", r.verdict, r.p]),
    },
  });
  const table = h("table", { class: "forest" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "load and variants"), h("th", { scope: "col" }, h("span", { class: "offscreen" }, "interval"), axis),
      h("th", { scope: "col", class: "number" }, "effect"), h("th", { scope: "col" }, "verdict"))),
    h("tbody", {}, rows.map(row)));
  return h("div", { class: "table" }, scrolled(table, label), h("div", { class: "under" }, copying(label, plain)));
}

// panelName is a load's name, with its matrix cell.
function panelName(panel) { return panel.scenario + (panel.label ? " " + panel.label : ""); }

// effectAddress is where a comparison stands.
function effectAddress(r) {
  const series = doc.panels[r.panel].series[r.series];
  return ["effects", doc.panels[r.panel].key, r.unit, series.name, r.target, r.across ? "across" : ""].filter(Boolean).join("/");
}

// curveAddress is the figure of the curves that a comparison is about.
function curveAddress(r) {
  const key = doc.panels[r.panel].key;
  if (/^(p\d|max|mean)/.test(r.unit)) return `${key}/latency`;
  return { "goodput/s": `${key}/rate`, "peak-goroutines": `${key}/goroutines`, "peak-RSS-bytes": `${key}/memory`, "server-cpu-sec/op": `${key}/cpu` }[r.unit] || `${key}/order`;
}

// verdictWord is the verdict with a sign that does not rest on colour.
function verdictWord(r) {
  const sign = { better: "▲", worse: "▼", changed: "◆", "no difference": "=", "cannot tell": "?", "not judged": "–" }[r.verdict] || "";
  return h("span", { class: "verdict " + r.verdict.replace(/ /g, "-") }, `${sign} ${r.verdict}`);
}

// ledgerFigure shows the parts of which a request's time is made, as stacked bars.
function ledgerFigure(panel, ledger) {
  const address = `${panel.key}/ledger`;
  const scale = { factor: ledger.factor, unit: ledger.unit };
  const table = () => ({
    head: ["variant", "quantile", ...ledger.names, "whole"],
    rows: shown().map((b) => [nameOf(panel.series[b.series]), b.quantile, ...b.parts.map((p) => single(p, scale)), single(b.whole, scale)]),
    csv: { head: ["variant", "quantile", ...ledger.names, "whole"], rows: shown().map((b) => [nameOf(panel.series[b.series]), b.quantile, ...b.parts, b.whole]) },
  });
  const shown = () => ledger.bars.filter((b) => shows(panel.series[b.series]));
  const body = h("div", { class: "ledger" });
  const key = h("p", { class: "key" });
  const quantile = h("select", { change: () => e.texts(), "aria-label": "Quantile of the ledger" }, [...new Set(ledger.bars.map((b) => b.quantile))].map((q) => h("option", { value: q, selected: q === "p99" }, q)));
  const e = h("figure", { id: address, class: "figure wide" },
    headOf(address, `Where the time goes, ${ledger.unit}`, quantile), body, key, h("figcaption", {}, ledger.caption), h("div", { class: "foot" }, copying("the ledger", table)));
  const part = (i) => ramp[Math.round(i * (ramp.length - 1) / Math.max(1, ledger.names.length - 1))];
  e.texts = () => {
    const bars = shown().filter((b) => b.quantile === quantile.value);
    const longest = Math.max(...bars.map((b) => Math.max(b.whole === null || !isFinite(b.whole) ? 0 : b.whole, b.parts.reduce((a, p) => a + p, 0))));
    const width = (v) => 100 * v / (longest || 1) + "%";
    const rows = bars.map((b) => {
      const s = panel.series[b.series];
      const pieces = b.parts.map((p, i) => {
        const piece = h("span", { class: "piece", title: `${ledger.names[i]}: ${withUnit(single(p, scale), scale)}` });
        piece.style.width = width(p);
        piece.style.background = part(i);
        return piece;
      });
      const whole = h("i", { class: "whole" });
      whole.style.left = width(Math.min(b.whole, longest));
      return h("tr", {}, h("th", { scope: "row" }, swatch(s, panel), nameOf(s)), h("td", {}, h("div", { class: "stack", "aria-hidden": "true" }, pieces, isFinite(b.whole) && whole)),
        h("td", { class: "number" }, withUnit(single(b.whole, scale), scale)),
        b.parts.map((p) => h("td", { class: "offscreen" }, withUnit(single(p, scale), scale))));
    });
    const head = h("thead", { class: "offscreen" }, h("tr", {}, ["variant", "bar", "whole", ...ledger.names].map((t) => h("th", { scope: "col" }, t))));
    body.replaceChildren(h("table", {}, head, h("tbody", {}, rows)));
    key.replaceChildren(...ledger.names.map((n, i) => {
      const box = h("span", { class: "box", "aria-hidden": "true" });
      box.style.background = part(i);
      return h("span", { class: "pairing" }, box, n);
    }));
  };
  e.draw = () => {};
  return e;
}
