// Tables: those of the report, those behind plots, and how they are copied and sorted.

// markdownOf is a table as Markdown. A bar in a cell would end it.
function markdownOf(head, rows) {
  const line = (cells) => "| " + cells.map((c) => String(c).replace(/\|/g, "\\|").replace(/\s+/g, " ")).join(" | ") + " |";
  return [line(head), "|" + head.map(() => " --- ").join("|") + "|", ...rows.map(line)].join("\n") + "\n";
}

// csvOf is a table as comma-separated values. A text that a spreadsheet would take for a
// formula begins with an apostrophe.
function csvOf(head, rows) {
  const cell = (c) => {
    let text = c === null || c === undefined ? "" : String(c);
    if (typeof c !== "number" && /^[=+@\t\r-]/.test(text)) text = "'" + text;
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [head, ...rows].map((r) => r.map(cell).join(",")).join("\n") + "\n";
}

// copying are the two buttons beside a table or a plot. of returns {head, rows, csv},
// where csv, if it is there, has a table with bare numbers.
function copying(what, of) {
  return h("span", { class: "copying", role: "group", "aria-label": `Copy ${what}` },
    button("Markdown", () => { const t = of(); copy(markdownOf(t.head, t.rows), "Markdown"); }, { title: `Copy ${what} as Markdown` }),
    button("CSV", () => { const t = of(); copy(csvOf((t.csv || t).head, (t.csv || t).rows), "CSV"); }, { title: `Copy ${what} as CSV` }));
}

// scrolled lets a wide table scroll by itself, for the keyboard too.
function scrolled(table, label) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}

// variantOf is the variant that a cell of the report names, if it names nothing else.
function variantOf(cell) {
  const m = /^`([^`]+)`/.exec(cell || "");
  return m && variants.has(m[1]) ? m[1] : null;
}

const variants = new Set(doc.panels.flatMap((p) => p.series.map((s) => s.name)));

// reportTable is a table of the report. id(row, column) is the address of a cell, values
// the bare numbers of its cells, if they are known.
function reportTable(block, label, id, values) {
  const { head, rows } = block;
  const inHead = head.map(variantOf);
  const inRow = rows.map((r) => variantOf(r[0]) || variantOf(r[1]));
  const isNumber = (column) => column > 0 && !(block.left || []).includes(column);
  const cell = (text, row, column) => {
    const address = id && column > 0 && id(row, column);
    const attributes = { id: address, class: isNumber(column) ? "number" : null, "data-variant": inHead[column] || inRow[row] };
    if (column === 0) return h("th", { scope: "row", ...attributes }, inline(text));
    const shown = isNumber(column) ? withInterval(text) : inline(text);
    return h("td", attributes, address ? h("a", { href: "#" + address, tabindex: "-1", class: "quiet" }, shown) : shown);
  };
  const table = h("table", {},
    h("thead", {}, h("tr", {}, head.map((t, i) => h("th", { scope: "col", class: isNumber(i) ? "number" : null, "data-variant": inHead[i] }, t ? inline(t) : h("span", { class: "offscreen" }, "row"))))),
    h("tbody", {}, rows.map((r, i) => h("tr", { "data-variant": inRow[i] }, r.map((t, k) => cell(t, i, k))))));
  const plain = () => ({
    head: head.map(plainText), rows: rows.map((r) => r.map(plainText)),
    csv: values && withBounds(head, rows, values),
  });
  return h("div", { class: "table" }, scrolled(table, label), h("div", { class: "under" }, copying(label, plain)));
}

// withInterval sets the interval behind a number in small print.
function withInterval(text) {
  const m = /^([^[]+) (\[[^\]]+\])(.*)$/.exec(text);
  return m ? [m[1], h("span", { class: "iv" }, " " + m[2]), m[3]] : inline(text);
}

// withBounds is a table of medians with a column for each end of the interval.
function withBounds(head, rows, values) {
  const names = head.slice(1).map(plainText);
  return {
    head: [plainText(head[0]), ...names.flatMap((n) => [n.replace(/, [^,]*$/, "") + " (base unit)", "low", "high"])],
    rows: rows.map((r, i) => [plainText(r[0]), ...values[i].flatMap((v) => [v[0], v[1], v[2]])]),
  };
}

// slug is a text as a part of an address.
function slug(text) {
  return plainText(text || "").toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, "-").replace(/^-+|-+$/g, "") || "-";
}

// addresses are those of the cells of tables that have no better ones: what the table is
// called, its row and its column. A second cell of the same name has none.
function addresses(base) {
  const taken = new Set();
  return (block, label) => (row, column) => {
    const names = block.rows[row].slice(0, 1 + (block.left || []).filter((c) => c === 1).length).map(slug);
    const address = [base, slug(label), ...names, slug(block.head[column])].join("/");
    if (taken.has(address)) return null;
    taken.add(address);
    return address;
  };
}

// blocks shows recorded pieces of the report. id and values are those of reportTable, by
// the place of the table among the pieces; named makes addresses where there is no id.
function blocks(list, label, id, values, named) {
  const nodes = [];
  let items = null;
  let table = 0;
  for (const b of list || []) {
    if (b.item) {
      if (!items) nodes.push((items = h("ul", {})));
      items.append(h("li", {}, inline(b.text)));
      continue;
    }
    items = null;
    if (b.title) nodes.push(h("h4", {}, inline(b.title)));
    else if (b.head) {
      const which = table++;
      nodes.push(reportTable(b, label, id ? (row, column) => id(which, row, column) : named && named(b, label), values && values[which]));
    }
    else if (b.note) nodes.push(h("p", { class: "note" }, b.note.map((n, i) => [i ? h("br") : null, inline(n)])));
    else if (b.fold) nodes.push(h("details", {}, h("summary", {}, b.fold), blocks(b.in, b.fold, null, null, named)));
    else nodes.push(h("p", {}, inline(b.text)));
  }
  return nodes;
}

// applyHidden hides what a view has of hidden variants and runs.
function applyHidden(root) {
  for (const e of root.querySelectorAll("[data-variant], [data-run]")) {
    e.hidden = chosen.hidden.has(e.dataset.variant) || chosen.runs.has(Number(e.dataset.run ?? -1));
  }
}
