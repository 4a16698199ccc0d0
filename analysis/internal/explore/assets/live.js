// A page that is served asks its server how far the run is.

// follow shows the state of the run above the view, until the run has ended.
function follow(place) {
  const shownTrials = doc.panels.reduce((n, p) => n + p.trials, 0);
  let timer = null;
  const ask = async () => {
    try {
      const answer = await fetch("progress", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const all = await answer.json();
      place.replaceChildren(...all.map((p) => liveStrip(p, shownTrials)));
      if (!all.some((p) => p.state === "running")) clearInterval(timer);
    } catch {
      place.replaceChildren(h("div", { class: "strip", role: "status" }, "The server of this page has ended. What is shown stays as it is."));
      clearInterval(timer);
    }
  };
  timer = setInterval(ask, 2000);
  ask();
}

// liveStrip is the state of one run: how far it is, how long it will take, its last
// warnings, and the figure of the latest trials as a curve.
function liveStrip(p, shownTrials) {
  const left = p.eta_seconds === null ? "" : `, about ${duration(p.eta_seconds)} left`;
  const text = p.state === "running" ? `${p.name}: trial ${p.finished} of ${p.planned}${left}${p.next ? "; now " + p.next : ""}` : `${p.name}: the run is ${p.state}, ${plural(p.finished, "trial")}`;
  const bar = h("progress", { max: p.planned, value: p.finished, "aria-label": "Trials that are finished" });
  const fresh = p.counted > shownTrials;
  return h("div", { class: "strip" }, h("p", {}, text), p.state === "running" && bar, sparks(p),
    fresh && h("p", {}, button(`Show ${plural(p.counted - shownTrials, "new result")}`, () => location.reload())),
    (p.warnings || []).length > 0 && h("details", {}, h("summary", {}, plural(p.warnings.length, "recent warning")), h("ul", {}, p.warnings.map((w) => h("li", {}, w)))));
}

// sparks draws the latest trials of the load under way, one row of dots a variant.
function sparks(p) {
  if (!p.latest || p.latest.length === 0) return null;
  const highest = Math.max(...p.latest.map((t) => t.value || 0)) || 1;
  const names = [...new Set(p.latest.map((t) => t.variant))];
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 600 60");
  svg.setAttribute("class", "sparks");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${p.metric} of the latest ${p.latest.length} trials of ${p.scenario}`);
  const slots = doc.colours[dark() ? "dark" : "light"];
  for (const name of names) {
    const mine = p.latest.map((t, i) => [t, i]).filter(([t]) => t.variant === name);
    const points = mine.map(([t, i]) => [8 + 584 * i / Math.max(1, p.latest.length - 1), 54 - 48 * (t.value || 0) / highest]);
    const c = slots[(mine[0][0].slot || 0) % slots.length];
    const line = document.createElementNS(NS, "polyline");
    line.setAttribute("points", points.map((q) => q.join(",")).join(" "));
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", c);
    line.setAttribute("stroke-width", "2");
    svg.append(line);
    for (const [x, y] of points) {
      const dot = document.createElementNS(NS, "circle");
      for (const [k, v] of [["cx", x], ["cy", y], ["r", 3], ["fill", c]]) dot.setAttribute(k, v);
      svg.append(dot);
    }
  }
  return h("figure", { class: "live" }, svg, h("figcaption", {}, `${p.metric} of the latest trials of ${p.scenario}; the highest is ${p.highest}. `, names.map((n) => h("span", { class: "pair" }, n + " "))));
}

// duration is a time in words.
function duration(seconds) {
  if (seconds < 90) return plural(Math.round(seconds), "second");
  if (seconds < 5400) return plural(Math.round(seconds / 60), "minute");
  return `${fixed(seconds / 3600, 1)} hours`;
}
