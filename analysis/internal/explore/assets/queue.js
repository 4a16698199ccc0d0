// When figures are drawn: those in sight at once, the others when the browser has nothing
// else to do, or when the reader comes to them. A page of many plots answers quickly so.

const waiting = new Map(); // figures that are not drawn as they should be, and what has changed

let idle = 0; // the request to draw more, or 0

// drawSoon draws figures anew, or, if only the seconds of the view have changed
// ("window"), those that show time. The texts of all are there at once.
function drawSoon(figures, what) {
  for (const f of figures) {
    if (f.texts && what !== "window") f.texts();
    if (waiting.get(f) !== "all") waiting.set(f, what === "window" ? what : "all");
  }
  drawInSight();
}

// inSight reports whether a part of an element is in the window, or nearly so.
function inSight(e) {
  const r = e.getBoundingClientRect();
  return r.bottom > -200 && r.top < innerHeight + 200;
}

// drawThese draws some of the figures that wait. All are measured before the first is
// drawn: the browser would lay out the page again for each.
function drawThese(which) {
  const some = [...waiting].filter(([f]) => which(f));
  const widths = some.map(([f]) => (f.width ? f.width() : 0));
  some.forEach(([f, what], i) => {
    waiting.delete(f);
    if (f.isConnected) f.draw(what, widths[i]);
  });
}

function drawInSight() {
  drawThese(inSight);
  if (waiting.size > 0 && !idle) idle = whenIdle(drawNext);
}

// drawNext draws one of those out of sight, and leaves the browser the time between two.
function drawNext() {
  idle = 0;
  const [first] = waiting.keys();
  drawThese((f) => f === first);
  if (waiting.size > 0) idle = whenIdle(drawNext);
}

// drawAll draws what waits, for print and for an address that is not there yet.
function drawAll() { drawThese(() => true); }

// forget is for figures of a view that is left.
function forget() { waiting.clear(); }

// whenIdle calls back when the browser has nothing else to do, or soon.
function whenIdle(f) {
  return window.requestIdleCallback ? requestIdleCallback(f, { timeout: 500 }) : setTimeout(f, 20);
}

addEventListener("scroll", () => { if (waiting.size > 0) drawInSight(); }, { passive: true });
