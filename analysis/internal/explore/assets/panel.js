// The view of one load: numbers, effects, plots and trials.

// panelView makes the view. range is [from, to] in seconds if the address asks for some.
async function panelView(panel, range) {
  const detail = await detailOf(panel.key);
  const view = h("div", { class: "view" });
  const figures = [];
  const add = (e) => { figures.push(e); return e; };
  const zoom = zoomOf(panel, detail, () => {
    if (first) drawSoon([first]);
    drawSoon(timely, "window");
  });

  const latency = detail.figures.find((f) => f.id === "latency");
  const others = detail.figures.filter((f) => f.kind !== "share");
  const targets = detail.figures.filter((f) => f.kind === "share" && f !== latency).map((f) => add(lineFigure(panel, f, () => ({ lines: f.lines }))));
  const timed = () => ({ window: zoom.window(), shade: detail.warmup, event: detail.event, zoom: zoom.set });
  const byTime = others.map((f) => add(lineFigure(panel, f, () => ({ lines: f.lines, ...timed() }))));
  const heats = detail.heats.map((x) => add(heatFigure(panel, x, timed)));
  const first = latency && zoom.latency(latency);
  const timely = [...byTime, ...heats];

  let unit = detail.trialUnit;
  const trialPlots = detail.units[unit] ? [add(orderFigure(panel, detail, () => unit)), add(ecdfFigure(panel, detail, () => unit))] : [];
  const choose = (u) => { unit = u; drawSoon(trialPlots); };

  view.append(
    h("header", { class: "viewhead" },
      h("h2", { tabindex: "-1" }, panel.scenario, panel.label && h("span", { class: "cell" }, panel.label)),
      panel.summary && h("p", { class: "lead" }, panel.summary),
      panel.load.map((t) => h("p", { class: "load" }, inline(t)))),
    ...detail.members.flatMap((m) => numbers(panel, m)),
    effectsOf(panel),
    h("section", { class: "group" }, h("h3", { class: "section" }, "Curves"), zoom.bar,
      first && add(first), targets.length > 0 && h("div", { class: "grid" }, targets), h("div", { class: "grid" }, byTime), h("div", { class: "grid" }, heats)),
    detail.ledger && add(ledgerFigure(panel, detail.ledger)),
    ...(trialPlots.length ? [h("section", { class: "group" }, h("h3", { class: "section" }, "Trials"), unitChoice(detail, unit, choose), h("div", { class: "grid" }, trialPlots))] : []),
    add(trialsTable(panel, detail)),
    ...detail.members.flatMap((m) => more(panel, m)));

  const draw = () => {
    applyHidden(view);
    drawSoon(figures);
  };
  view.zoom = zoom.set;
  view.ready = async () => {
    if (range) await zoom.choose(...range);
    draw();
    // The histograms are read before the reader asks for some seconds of them.
    if (zoom.bar) whenIdle(() => binsOf(panel.key));
  };
  listen(draw);
  return view;
}

// numbers are the medians and the objectives of a run.
function numbers(panel, member) {
  const run = two ? ` · ${doc.runs[member.run].name}` : "";
  const names = panel.series.filter((s) => s.run === member.run).map((s) => s.name);
  const prefix = panel.key + (two ? "/" + doc.runs[member.run].name : "");
  const named = addresses(prefix);
  const id = (table, row, column) => `${prefix}/${member.units[table][column - 1]}/${names[row]}`;
  return [h("section", { id: prefix + "/medians", "data-run": member.run },
    headOf(prefix + "/medians", "Medians over trials" + run), blocks(member.medians.filter((b) => !b.title), "Medians over trials" + run, id, member.values),
    member.objectives && [h("h3", { class: "section", id: prefix + "/objectives" }, "Objectives" + run), blocks(member.objectives.filter((b) => !b.title), "Objectives", null, null, named)])];
}

// more is what the report folds away, and the warnings.
function more(panel, member) {
  const named = addresses(panel.key + (two ? "/" + doc.runs[member.run].name : ""));
  const run = two ? ` · ${doc.runs[member.run].name}` : "";
  const warnings = member.warnings || [];
  return [h("section", { class: "more", "data-run": member.run }, h("h3", { class: "section" }, "More" + run), blocks(member.details, "More", null, null, named),
    warnings.length > 0 && h("details", {}, h("summary", {}, `Warnings of the scenario (${warnings.length})`), h("ul", {}, warnings.map((w) => h("li", {}, inline(w))))))];
}

// effectsOf is the forest plot of a panel: first what is judged, then the rest.
function effectsOf(panel) {
  const index = doc.panels.indexOf(panel);
  const rows = doc.effects.filter((r) => r.panel === index);
  if (rows.length === 0) return null;
  const shown = rows.filter((r) => r.primary).length ? rows.filter((r) => r.primary) : rows;
  const kinds = byMetric(shown);
  return h("section", { id: panel.key + "/effects" }, headOf(panel.key + "/effects", "Effects that are judged"),
    [...kinds].map(([name, some]) => [h("p", { class: "metric" }, name), forest(some, `${name}, effects`)]),
    h("p", { class: "sentence" }, "Each row is one comparison: the dot is the estimate, the bar its interval, the vertical line no change. ",
      h("a", { href: "#effects" }, "All effects"), " has the other metrics too."));
}

// byMetric gathers rows with one axis: one metric each.
function byMetric(rows) {
  const all = new Map();
  for (const r of rows) {
    const name = r.metric + (r.across ? ", head against base" : "");
    all.set(name, [...(all.get(name) || []), r]);
  }
  return all;
}
