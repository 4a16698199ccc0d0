// The frame of the page: navigation, the variants that are shown, the theme, and the
// view that the address names.

// parts of an address: "#key/rest@from-to".
function route() {
  const path = decodeURIComponent(location.hash.slice(1));
  const m = /^(.*?)(?:@(\d+)-(\d+))?$/.exec(path);
  const range = m[2] !== undefined ? [+m[2], +m[3]] : null;
  return { path: m[1], key: m[1].split("/")[0] || "overview", range };
}

// viewOf makes the view that a key names.
async function viewOf({ key, path, range }) {
  const panel = doc.panels.find((p) => p.key === key);
  if (panel) return panelView(panel, range);
  const search = (doc.searches || []).find((s) => s.key === key);
  if (search) return searchView(search);
  if (key === "effects") return effectsView(path);
  if (key === "environment") return environmentView();
  return overviewView();
}

const place = h("main", { id: "view", tabindex: "-1" });
let shown = null; // key of the view that stands
let view = null; // that view

// show brings the view of the address into the page, and what the address names into
// sight.
async function show(first) {
  const to = route();
  if (to.key === shown && to.range && view && view.zoom) return view.zoom(...to.range);
  if (to.key !== shown || to.range || (to.key === "effects" && !document.getElementById(to.path))) {
    shown = to.key;
    listeners.clear();
    forget();
    view = await viewOf(to);
    place.replaceChildren(view);
    await view.ready();
    if (!first) {
      scrollTo(0, 0);
      const title = view.querySelector("h2");
      if (title) title.focus({ preventScroll: true });
    }
    for (const a of document.querySelectorAll("nav a")) {
      if (a.getAttribute("href") === "#" + to.key) a.setAttribute("aria-current", "page");
      else a.removeAttribute("aria-current");
    }
    document.title = `${(view.querySelector("h2") || {}).textContent || ""} · ${doc.title} · Assay explorer`;
    document.body.classList.remove("open");
  }
  point(to.path);
}

// point marks what an address names, and opens what it is folded in.
function point(path) {
  for (const e of document.querySelectorAll(".pointed")) e.classList.remove("pointed");
  if (!path.includes("/")) return;
  // What an address names may be in a table that waits to be made.
  if (!document.getElementById(path)) drawAll();
  const e = document.getElementById(path);
  if (!e) return;
  for (let d = e.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  e.classList.add("pointed");
  e.scrollIntoView({ block: e.tagName === "FIGURE" || e.tagName === "SECTION" ? "start" : "center" });
}

// navigation lists all views.
function navigation() {
  const link = (key, text, extra) => h("li", {}, h("a", { href: "#" + key }, text, extra));
  const scenarios = new Map();
  for (const p of doc.panels) scenarios.set(p.scenario, [...(scenarios.get(p.scenario) || []), p]);
  const loads = [...scenarios].map(([name, panels]) => (panels.length === 1 && !panels[0].label ? link(panels[0].key, name)
    : h("li", {}, h("span", { class: "scenario" }, name), h("ul", {}, panels.map((p) => link(p.key, p.label || name))))));
  return h("nav", { "aria-label": "Views" },
    h("ul", {}, link("overview", "Overview"), doc.effects.length > 0 && link("effects", "Effects"), link("environment", "Environment")),
    h("p", { class: "navhead" }, "Loads"), h("ul", {}, loads),
    (doc.searches || []).length > 0 && [h("p", { class: "navhead" }, "Capacity"), h("ul", {}, doc.searches.map((s) => link(s.key, s.title)))]);
}

const sideBySide = "side by side";

// choices are the buttons that hide and show variants and runs, everywhere at once.
function choices() {
  const seen = new Map();
  for (const p of doc.panels) for (const s of p.series) if (!seen.has(s.name)) seen.set(s.name, s);
  const bar = h("div", { class: "chips", role: "group", "aria-label": "Variants that are shown" });
  const fill = () => {
    const here = doc.panels.find((p) => p.key === shown);
    const names = here ? new Set(here.series.map((s) => s.name)) : null;
    const chip = (text, on, flip, mark) => h("button", { type: "button", class: text === sideBySide ? "chip" : "chip hides", "aria-pressed": String(on), click: () => { flip(); fill(); } }, mark, text);
    const list = [...seen.values()].filter((s) => !names || names.has(s.name));
    bar.replaceChildren(
      ...(here || list.length <= 8 ? list.map((s) => chip(s.name, !chosen.hidden.has(s.name), () => toggle(chosen.hidden, s.name), swatch(s))) : []),
      ...(two ? doc.runs.map((r, i) => chip(r.name, !chosen.runs.has(i), () => toggle(chosen.runs, i))) : []),
      ...(two ? [chip(sideBySide, chosen.layout === "side", () => { chosen.layout = chosen.layout === "side" ? "over" : "side"; changed("layout"); })] : []));
  };
  bar.fill = fill;
  return bar;
}

// themeChoice chooses between light, dark, and what the system has.
function themeChoice() {
  return h("select", { class: "theme", "aria-label": "Theme", change: (e) => { chosen.theme = e.target.value; applyTheme(); } },
    [["auto", "Theme: system"], ["light", "Theme: light"], ["dark", "Theme: dark"]].map(([v, t]) => h("option", { value: v }, t)));
}

// explorer is what tests ask, and people in the browser's console.
const explorer = { doc, format: { fixed, single, estimate }, zoomed: null, pending: () => waiting.size, recompute: async (key, from, to) => recompute(await binsOf(key), from, to), detail: detailOf,
  histogram: async (key, id) => {
    const detail = await detailOf(key);
    return histogramOf(doc.panels.find((p) => p.key === key), detail, detail.trials.find((t) => t.id === id));
  } };
window.assayExplorer = explorer;

function start() {
  applyTheme();
  const bar = choices();
  const live = h("div", { class: "lives" });
  document.body.append(
    h("a", { class: "skip", href: "#view", click: (e) => { e.preventDefault(); place.focus(); } }, "Skip to the view"),
    h("header", { class: "top" },
      h("button", { type: "button", class: "menu", "aria-label": "Views", click: () => document.body.classList.toggle("open") }, "☰"),
      h("h1", {}, h("a", { href: "#overview" }, doc.title), h("span", { class: "product" }, "Assay explorer")), bar, themeChoice()),
    h("div", { class: "frame" }, h("div", { class: "side" }, navigation()), h("div", { class: "content" }, live, place)),
    h("div", { id: "announcer", class: "offscreen", "aria-live": "polite" }));
  const go = async (first) => {
    await show(first);
    bar.fill();
    document.body.dataset.ready = "yes";
  };
  addEventListener("hashchange", () => {
    document.body.dataset.ready = "";
    go(false);
  });
  always.add(() => bar.fill());
  prefersDark.addEventListener("change", () => applyTheme());
  addEventListener("beforeprint", () => {
    applyTheme(true);
    drawAll();
  });
  addEventListener("afterprint", () => applyTheme());
  let width = innerWidth, timer = null;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(() => changed("size"), 120);
  });
  go(true).then(() => { explorer.painted = performance.now(); });
  if (doc.live) follow(live);
}

start();
