// The views that are about everything: findings, effects, the machine.

// overviewView is the first view: what was found, whether it can be trusted, and where
// to look next.
function overviewView() {
  const view = h("div", { class: "view" }, h("header", { class: "viewhead" }, h("h2", { tabindex: "-1" }, "Overview"), doc.runs.map((r) => [
    two && h("p", { class: "runname" }, r.name), (r.line || []).map((t) => h("p", { class: "load" }, inline(t)))])));
  view.append(
    h("section", { id: "overview/findings" }, headOf("overview/findings", "Findings", copying("the findings", () => ({ head: ["finding"], rows: doc.findings.map((f) => [plainText(f)]) }))),
      h("ul", { class: "findings" }, (doc.findings || []).map((f) => h("li", {}, inline(f)))),
      (doc.rule || []).map((t) => h("p", { class: "note" }, inline(t)))),
    (doc.notes || []).length > 0 && h("section", {}, h("h3", { class: "section" }, "On this comparison"), h("ul", {}, doc.notes.map((n) => h("li", {}, n)))) || "",
    h("section", { id: "overview/checks" }, headOf("overview/checks", "Can these numbers be trusted?"),
      reportTable({ head: ["check", "figure", "verdict"], left: [1, 2], rows: doc.checks || [] }, "Checks of the measurement", (row, column) => `overview/checks/${slug(doc.checks[row][0])}/${column === 1 ? "figure" : "verdict"}`)),
    h("section", { id: "overview/loads" }, headOf("overview/loads", "Loads", copying("the loads", loadsCopied)), loadsTable()),
    (doc.problems || []).length > 0 && h("section", {}, h("h3", { class: "section" }, "What could not be read"), h("ul", {}, doc.problems.map((p) => h("li", {}, p)))) || "");
  view.ready = async () => applyHidden(view);
  listen(() => applyHidden(view));
  return view;
}

// loadsTable lists the views, with what is judged in each.
function loadsTable() {
  const rows = doc.panels.map((p, i) => {
    const judged = doc.effects.filter((r) => r.panel === i && r.primary);
    const count = (v) => judged.filter((r) => r.verdict === v).length;
    const words = [["better", "▲"], ["worse", "▼"], ["no difference", "="], ["cannot tell", "?"], ["not judged", "–"]].filter(([v]) => count(v));
    return h("tr", {}, h("th", { scope: "row" }, h("a", { href: "#" + p.key }, panelName(p))), h("td", { class: "what" }, p.summary || ""),
      h("td", {}, words.map(([v, sign]) => h("span", { class: "verdict " + v.replace(/ /g, "-"), title: v }, `${sign} ${count(v)} `, h("span", { class: "offscreen" }, v)))),
      h("td", { class: "number" }, p.trials), h("td", { class: "number" }, p.warnings || ""));
  });
  return h("div", { class: "table" }, scrolled(h("table", {}, h("thead", {}, h("tr", {}, ["load", "what it is", "judged effects", "trials", "warnings"].map((t, i) => h("th", { scope: "col", class: i > 2 ? "number" : null }, t)))), h("tbody", {}, rows)), "Loads"),
    h("p", { class: "note" }, "Judged effects: ▲ better, ▼ worse, = no difference beyond the margin, ? cannot tell, – not judged."));
}

// loadsCopied is the table of loads as it is copied.
function loadsCopied() {
  const verdicts = ["better", "worse", "no difference", "cannot tell", "not judged"];
  return {
    head: ["load", "what it is", ...verdicts, "trials", "warnings"],
    rows: doc.panels.map((p, i) => {
      const judged = doc.effects.filter((r) => r.panel === i && r.primary);
      return [panelName(p), p.summary || "", ...verdicts.map((v) => judged.filter((r) => r.verdict === v).length), p.trials, p.warnings];
    }),
  };
}

// effectsView has every comparison, one metric at a time.
function effectsView(path) {
  const view = h("div", { class: "view" });
  const metrics = [...new Map(doc.effects.map((r) => [r.unit, r.metric]))];
  const units = metrics.map(([u]) => u);
  const wanted = units.find((u) => path.includes(`/${u}/`));
  const judged = doc.effects.find((r) => r.primary);
  let unit = wanted || (judged && judged.unit) || units[0];
  let onlyJudged = false;
  const place = h("div", {});
  const fill = () => {
    const rows = doc.effects.filter((r) => r.unit === unit && (!onlyJudged || r.primary));
    const parts = [...byMetric(rows)].map(([name, some]) => [h("p", { class: "metric" }, name), forest(some, `Effects on ${name}`)]);
    place.replaceChildren(...(rows.length ? parts.flat() : [h("p", {}, "No comparison of this metric is judged.")]));
    applyHidden(place);
  };
  view.append(
    h("header", { class: "viewhead" }, h("h2", { tabindex: "-1" }, "Effects"), h("p", { class: "lead" },
      two ? "Every variant against the first of its load, and head against base. Each row links to its curves." : "Every variant against the first of its load. Each row links to its curves.")),
    units.length === 0 ? h("p", {}, "Nothing to compare: no two variants have a metric in common.") : h("div", { class: "choices" },
      h("label", { class: "choice" }, "Metric: ", h("select", { change: (e) => { unit = e.target.value; fill(); } }, metrics.map(([u, name]) => h("option", { value: u, selected: u === unit }, name)))),
      h("label", { class: "choice" }, h("input", { type: "checkbox", change: (e) => { onlyJudged = e.target.checked; fill(); } }), " only judged rows")),
    place,
    h("p", { class: "note" }, "Dots are Hodges–Lehmann estimates, bars their 95 % intervals; the strong vertical line is no change. An open dot is a row that is not judged. Metrics that are not primary are descriptive."));
  view.ready = async () => { if (units.length) fill(); };
  listen(() => { if (units.length) fill(); });
  return view;
}

// environmentView says where and how the runs were made, and in what they differ.
function environmentView() {
  const names = [...new Set(doc.runs.flatMap((r) => r.facts.map((f) => f[0])))];
  const value = (r, name) => (r.facts.find((f) => f[0] === name) || ["", NONE])[1];
  const differs = (name) => two && value(doc.runs[0], name) !== value(doc.runs[1], name);
  const head = ["", ...doc.runs.map((r) => r.name)];
  const rows = names.map((n) => [n, ...doc.runs.map((r) => value(r, n))]);
  const table = h("table", {}, h("thead", {}, h("tr", {}, head.map((t) => h("th", { scope: "col" }, t || h("span", { class: "offscreen" }, "fact"))))),
    h("tbody", {}, rows.map((r) => h("tr", { id: "environment/" + slug(r[0]), class: differs(r[0]) ? "differs" : null }, r.map((t, i) => (i ? h("td", {}, inline(t)) : h("th", { scope: "row" }, inline(t), differs(t) && h("span", { class: "mark" }, " differs"))))))));
  const view = h("div", { class: "view" }, h("header", { class: "viewhead" }, h("h2", { tabindex: "-1" }, "Environment")),
    h("section", { id: "environment/facts" }, headOf("environment/facts", "Machine, build and time", copying("the environment", () => ({ head: head.map((t) => t || "fact"), rows: rows.map((r) => r.map(plainText)) }))), scrolled(table, "Environment")),
    doc.runs.map((r) => h("section", {}, h("h3", { class: "section" }, "Run it again" + (two ? " · " + r.name : "")), h("pre", {}, (r.again || []).join("\n")), button("Copy", () => copy(r.again.join("\n"), "Commands")))),
    doc.runs.map((r) => h("section", {}, h("h3", { class: "section" }, "Scenario files" + (two ? " · " + r.name : "")),
      (r.scenarios || []).map((s) => h("details", {}, h("summary", {}, `${s.name} (${s.file})`), h("pre", { tabindex: "0" }, s.text))),
      (r.skipped || []).map((s) => h("p", {}, `${s[0]} was skipped: ${s[1]}.`)))));
  view.ready = async () => {};
  return view;
}

// searchView is the section of a search for the highest rate, with its curves.
function searchView(search) {
  const figures = (search.figures || []).map((f) => lineFigure(search, f, () => ({ lines: f.lines })));
  const view = h("div", { class: "view" }, h("header", { class: "viewhead" }, h("h2", { tabindex: "-1" }, "Capacity: ", search.title)),
    h("div", { class: "grid" }, figures), h("section", { class: "more" }, blocks(search.blocks, "Capacity", null, null, addresses(search.key))));
  const draw = () => {
    applyHidden(view);
    drawSoon(figures);
  };
  view.ready = async () => draw();
  listen(draw);
  return view;
}
