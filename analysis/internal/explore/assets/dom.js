// Elements and texts. Nothing here takes markup: every text becomes a text node.

// h makes an element. Attributes that are functions are listeners; false, null and
// undefined leave an attribute out. Children are elements, texts, or arrays of these.
function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") e.addEventListener(name, value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

// inline turns the inline Markdown of the report into nodes: bold, code, and <code> with
// entities. A name in code that is a scenario of this page links to its view.
function inline(text) {
  const nodes = [];
  const token = /\*\*(.+?)\*\*|`([^`]+)`|<code>(.*?)<\/code>/g;
  let at = 0;
  for (let m; (m = token.exec(text)); at = token.lastIndex) {
    if (m.index > at) nodes.push(text.slice(at, m.index));
    if (m[1] !== undefined) nodes.push(h("strong", {}, inline(m[1])));
    else nodes.push(code(m[2] !== undefined ? m[2] : entities(m[3])));
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

// code is a name or a piece of a program.
function code(text) {
  const panel = doc.panels.find((p) => p.scenario === text);
  const e = h("code", {}, text);
  return panel ? h("a", { href: "#" + panel.key }, e) : e;
}

// entities undoes the numeric entities with which the report escapes what servers said.
function entities(text) {
  return text.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(+n));
}

// plainText is the inline Markdown without its marks, for tables that are copied.
function plainText(text) {
  return entities(text.replace(/<\/?code>|\*\*|`/g, ""));
}

// announce says something to readers who do not see the page.
function announce(text) {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

// copy puts a text on the clipboard. The older way is for pages that may not use the
// newer one, such as files in some browsers.
async function copy(text, what) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    const area = h("textarea", { class: "offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  toast(done ? `${what} copied` : "The browser did not allow to copy");
}

// download gives the reader a text as a file.
function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// toast shows a short message for a moment.
function toast(text) {
  announce(text);
  const e = h("div", { class: "toast", "aria-hidden": "true" }, text);
  document.body.append(e);
  setTimeout(() => e.remove(), 1600);
}

// button is a small button with a text.
function button(text, act, more) {
  return h("button", { type: "button", class: "button", click: act, ...more }, text);
}
