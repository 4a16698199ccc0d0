// Single trials: their figure in the order of the run, its distribution over trials, and
// a table of everything, which can be sorted.

// orderFigure and ecdfFigure show one unit of every trial; unit() names it.
function orderFigure(panel, detail, unit) {
  const lines = () => panel.series.map((_, i) => {
    const mine = detail.trials.filter((t) => t.series === i && t.figures[unit()] !== undefined);
    return { series: i, x: mine.map((t) => t.order), y: mine.map((t) => t.figures[unit()]) };
  }).filter((l) => l.x.length > 0);
  const info = detail.units[unit()];
  const figure = { id: "order", kind: "order", title: "Trials in the order of the run", unit: info.unit, factor: info.factor };
  return trialFigure(panel, detail, figure, unit, lines, () =>
    `${detail.units[unit()].label} of every trial. Trials of other scenarios count in the order, so a disturbance of the machine is at the same place in every scenario.`);
}

function ecdfFigure(panel, detail, unit) {
  const lines = () => panel.series.map((_, i) => {
    const values = detail.trials.filter((t) => t.series === i).map((t) => t.figures[unit()]).filter((v) => v !== undefined && isFinite(v)).sort((a, b) => a - b);
    const factor = detail.units[unit()].factor;
    return { series: i, x: values.map((v) => v * factor), y: values.map((_, k) => (k + 1) / values.length) };
  }).filter((l) => l.x.length > 0);
  const figure = { id: "ecdf", kind: "value", title: "Distribution over trials", unit: "%", factor: 100, zero: true };
  return trialFigure(panel, detail, figure, unit, lines, () => {
    const info = detail.units[unit()];
    return `Share of trials with ${info.label} up to the value on the horizontal axis${info.unit ? ", in " + info.unit : ""}. Steep: the trials agree.`;
  });
}

// trialFigure is a figure of lines whose unit follows the reader's choice.
function trialFigure(panel, detail, figure, unit, lines, caption) {
  return lineFigure(panel, figure, () => {
    if (figure.kind === "order") {
      figure.unit = detail.units[unit()].unit;
      figure.factor = detail.units[unit()].factor;
    }
    return { lines: lines(), caption: caption() };
  });
}

// unitChoice is the choice of the unit that both figures show.
function unitChoice(detail, chosenUnit, choose) {
  return h("label", { class: "choice" }, "Figure: ",
    h("select", { change: (event) => choose(event.target.value) },
      Object.keys(detail.units).map((u) => h("option", { value: u, selected: u === chosenUnit }, detail.units[u].label))));
}

// statusesOf lists what a trial was answered: "200 × 1,234".
function statusesOf(trial) {
  return Object.entries(trial.statuses || {}).filter(([, n]) => n > 0).map(([status, n]) => `${status} × ${fixed(n, 0)}`);
}

// trialsTable lists every trial of a panel. Its columns are sorted by a click on their
// heads.
function trialsTable(panel, detail) {
  const first = ["goodput/s", "req/s", "p50-sec", "p90-sec", "p99-sec", "p99.9-sec", "max-sec", "within-slo-ratio", "reject-ratio", "error-ratio", "timeout-ratio", "server-cpu-sec/op", "peak-RSS-bytes", "peak-goroutines"];
  const units = first.filter((u) => detail.units[u]);
  // Where every trial was answered in the same single way, a column would say nothing.
  const answered = new Set(detail.trials.flatMap((t) => Object.keys(t.statuses || {}))).size > 1;
  const columns = [
    { name: "block", of: (t) => t.block, text: (t) => t.block },
    { name: "order", of: (t) => t.order, text: (t) => t.order },
    { name: "variant", of: (t) => nameOf(panel.series[t.series]), text: (t) => nameOf(panel.series[t.series]) },
    ...units.map((u) => ({
      unit: u, name: detail.units[u].label + (detail.units[u].unit ? ", " + detail.units[u].unit : ""),
      of: (t) => t.figures[u], text: (t) => single(t.figures[u], detail.units[u]),
    })),
    ...(answered ? [{ name: "answers by status", of: (t) => statusesOf(t).join(), text: (t) => statusesOf(t).join(", ") }] : []),
    { name: "remarks", of: (t) => (t.remarks || []).length, text: (t) => (t.remarks || []).join("; ") },
  ];
  const told = [...columns]; // what is copied
  columns.push({ name: "raw", of: (t) => t.order, text: (t) => t.id });
  const raw = async (t) => {
    const rows = await histogramOf(panel, detail, t);
    download(t.id + ".csv", csvOf(["second", "highest value of the bin, ns", "answers"], rows));
  };
  const sort = { column: 1, down: false };
  const body = h("tbody", {});
  const heads = columns.map((c, i) => h("th", { scope: "col", "aria-sort": "none" }, button(c.name, () => {
    sort.down = sort.column === i ? !sort.down : false;
    sort.column = i;
    fill();
    announce(`Sorted by ${c.name}, ${sort.down ? "falling" : "rising"}`);
  }, { class: "sort" })));
  const compare = (a, b) => {
    const x = columns[sort.column].of(a), y = columns[sort.column].of(b);
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
    return (x < y ? -1 : x > y ? 1 : a.order - b.order) * (sort.down ? -1 : 1);
  };
  const rows = () => detail.trials.filter((t) => shows(panel.series[t.series])).sort(compare);
  const address = (t) => `${panel.key}/trial/${t.id}${two ? "/" + doc.runs[panel.series[t.series].run].name : ""}`;
  const cell = (t, c) => {
    if (c.name === "variant") return h("th", { scope: "row" }, h("a", { href: "#" + address(t), title: t.id }, swatch(panel.series[t.series], panel), c.text(t)));
    if (c.name === "remarks") return h("td", { class: "remarks" }, (t.remarks || []).length > 0 && h("details", {}, h("summary", {}, plural(t.remarks.length, "remark")), t.remarks.map((r) => h("p", {}, r))));
    if (c.name === "raw") return h("td", {}, button("histogram", () => raw(t), { title: `Save the histogram of ${t.id}, second by second, as CSV` }));
    const id = `${address(t)}/${(c.unit || c.name).replace(/ /g, "-")}`;
    return h("td", { class: "number", id }, h("a", { class: "quiet", tabindex: "-1", href: "#" + id }, String(c.text(t))));
  };
  const fill = () => {
    heads.forEach((e, i) => e.setAttribute("aria-sort", i !== sort.column ? "none" : sort.down ? "descending" : "ascending"));
    body.replaceChildren(...[...detail.trials].sort(compare).map((t) => {
      const s = panel.series[t.series];
      return h("tr", { id: address(t), "data-variant": s.name, "data-run": s.run, hidden: !shows(s) }, columns.map((c) => cell(t, c)));
    }));
  };
  const table = () => ({
    head: ["trial", ...told.map((c) => c.name)], rows: rows().map((t) => [t.id, ...told.map((c) => c.text(t))]),
    csv: { head: ["trial", ...told.map((c) => c.unit || c.name)], rows: rows().map((t) => [t.id, ...told.map((c) => (c.unit ? t.figures[c.unit] : c.text(t)))]) },
  });
  const e = h("section", { id: `${panel.key}/trials`, class: "trials" },
    headOf(`${panel.key}/trials`, "Every trial", copying("the trials", table)),
    h("p", { class: "sentence" }, "One row is one trial: a fresh server and one load. Click a head to sort. ",
      "The histogram of a trial, which every percentile of it comes from, is saved as CSV by its button; the bundle has it as ", h("code", {}, "trials/<trial>.hlog"), ", in a run that was made slim in ", h("code", {}, "archive.zip"), "."),
    scrolled(h("table", {}, h("thead", {}, h("tr", {}, heads)), body), "Every trial"));
  // Once the rows are there, hidden variants are hidden as everywhere.
  e.draw = () => { if (!body.firstChild) fill(); };
  return e;
}
