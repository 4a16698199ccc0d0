// What the reader chose: variants and runs that are hidden, the theme, how two runs are
// laid out, and the seconds of the view. Everything that is drawn listens here.

const doc = JSON.parse(document.getElementById("data").textContent);

const chosen = {
  hidden: new Set(), // names of variants
  runs: new Set(), // runs that are hidden
  theme: "auto",
  layout: "over", // "over" or "side": two runs in the same plots, or beside each other
};

const listeners = new Set();

const always = new Set();

// listen calls back at every change until the view is left.
function listen(f) { listeners.add(f); }
function changed(what) { for (const f of [...always, ...listeners]) f(what); }

// shows reports whether a series of a panel is to be seen.
function shows(series) { return !chosen.hidden.has(series.name) && !chosen.runs.has(series.run); }

// toggle hides or shows a variant in every plot and table.
function toggle(set, key) {
  if (set.has(key)) set.delete(key);
  else set.add(key);
  changed("series");
}

// dark reports whether the page is dark now.
function dark() { return document.documentElement.dataset.theme === "dark"; }

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

// applyTheme sets the theme of the page. Print is always light.
function applyTheme(forPrint) {
  const isDark = !forPrint && (chosen.theme === "dark" || (chosen.theme === "auto" && prefersDark.matches));
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  doc.colours[isDark ? "dark" : "light"].forEach((c, i) => document.documentElement.style.setProperty(`--slot-${i}`, c));
  changed("theme");
}

// colour is that of a series, the same on the whole page.
function colour(series) {
  const slots = doc.colours[dark() ? "dark" : "light"];
  return slots[series.slot % slots.length];
}

// two reports whether the page has two runs.
const two = doc.runs.length > 1;

// inkOf is that colour for an element, which changes with the theme.
function inkOf(series) { return `var(--slot-${series.slot % doc.colours.light.length})`; }

// nameOf is the name of a series, with its run if there are two.
function nameOf(series) {
  return two ? `${series.name} (${doc.runs[series.run].name})` : series.name;
}

// dash tells the lines of base from those of head, of the same colour.
function dash(series, panel) {
  const both = new Set(panel.series.map((s) => s.run)).size > 1;
  return both && series.run === 0 ? [5, 4] : undefined;
}

// swatch is the sign of a series in texts and tables.
function swatch(series, panel) {
  const e = h("span", { class: "swatch" + (panel && dash(series, panel) ? " dashed" : ""), "aria-hidden": "true" });
  e.style.setProperty("--c", inkOf(series));
  return e;
}
