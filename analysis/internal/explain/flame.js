(function () {
  "use strict";
  var svg = document.documentElement, margin = 10, drawn = 1200 - 2 * margin, width = drawn, charWidth = 6.6;
  // fit shortens a name to what a box has room for, without the folder of its package.
  function fit(name, w) {
    var room = Math.floor((w - 6) / charWidth);
    name = name.slice(name.lastIndexOf("/") + 1);
    if (room < 3) return "";
    return name.length <= room ? name : name.slice(0, room - 1) + "…";
  }
  function place(box, x, w) {
    var rect = box.querySelector("rect"), text = box.querySelector("text");
    box.style.display = w > 0.3 && x + w > margin - 0.01 && x < margin + width + 0.01 ? "" : "none";
    rect.setAttribute("x", x);
    rect.setAttribute("width", Math.max(0, w));
    text.setAttribute("x", Math.max(x, margin) + 3);
    text.textContent = fit(box.dataset.n, w);
  }
  var graphs = [];
  document.querySelectorAll(".graph").forEach(function (graph) {
    var boxes = Array.prototype.slice.call(graph.querySelectorAll(".box"));
    if (!boxes.length) return;
    // zoom makes a box as wide as the picture. What calls it keeps the whole width.
    var last = boxes[0];
    function zoom(chosen) {
      last = chosen;
      var x0 = +chosen.dataset.x, w0 = +chosen.dataset.w, level = +chosen.dataset.l;
      boxes.forEach(function (box) {
        var x = +box.dataset.x, w = +box.dataset.w;
        var above = +box.dataset.l < level && x <= x0 + 0.002 && x + w >= x0 + w0 - 0.002;
        if (above) return place(box, margin, width);
        if (+box.dataset.l < level) return place(box, 0, 0);
        place(box, margin + (x - x0) * width / w0, w * width / w0);
      });
    }
    boxes.forEach(function (box) {
      box.addEventListener("click", function () { zoom(box); });
    });
    var search = graph.querySelector(".search"), hits = graph.querySelector(".hits");
    search.addEventListener("click", function () {
      var wanted = window.prompt("Part of a function's name; nothing clears the search");
      if (wanted === null) return;
      var count = 0;
      boxes.forEach(function (box) {
        var found = wanted !== "" && box.dataset.n.toLowerCase().indexOf(wanted.toLowerCase()) >= 0;
        box.classList.toggle("found", found);
        if (found) count++;
      });
      hits.textContent = wanted === "" ? "" : count + " boxes hold “" + wanted + "”";
    });
    graphs.push(function () { zoom(last); });
  });
  // fill makes the picture as wide as a window that is narrower than it was drawn for.
  function fill() {
    var all = Math.min(drawn + 2 * margin, Math.max(320, window.innerWidth));
    if (svg.localName !== "svg" || all - 2 * margin === width) return;
    width = all - 2 * margin;
    svg.setAttribute("width", all);
    svg.setAttribute("viewBox", "0 0 " + all + " " + svg.getAttribute("height"));
    graphs.forEach(function (draw) { draw(); });
  }
  window.addEventListener("resize", fill);
  fill();
})();
