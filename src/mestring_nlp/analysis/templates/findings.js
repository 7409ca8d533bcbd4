"use strict";
const AT_ONCE = 50;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = selector => document.querySelector(selector);
const { codes, cases, documents, coders, who, texts, near } = JSON.parse(one("#data").textContent);
const CASE = 0, DOCUMENT = 1, TURN = 2, CODES = 3, TEXT = 4, TENTH = 5;
for (const tool of all(".tools")) tool.hidden = false;

// What people said goes into the page as text only, never as markup.
function make(tag, text = "", properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.textContent = text;
  return made;
}

// The passages that a cell counts: a case and a code, two codes together, a group of cases, a question, a list, a tenth.
function asked(ask) {
  const [kind, by, ...rest] = ask.split(":");
  const passages = who[by];
  const numbers = rest.map(Number);
  const name = code => codes[code][0];
  if (kind === "c") {
    const [inCase, code] = numbers;
    const title = [code < 0 ? "Alle koder" : name(code), inCase < 0 ? "" : cases[inCase]].filter(Boolean).join(", ");
    return [title, passages.filter(p => (inCase < 0 || p[CASE] === inCase) && (code < 0 ? p[CODES].length : p[CODES].includes(code)))];
  }
  if (kind === "g") {
    const inside = new Set(rest[1].split(",").map(Number));
    return [`${name(numbers[0])} i gruppen`, passages.filter(p => inside.has(p[CASE]) && p[CODES].includes(numbers[0]))];
  }
  if (kind === "t") {
    return [`${name(numbers[0])}, ${10 * numbers[1]}–${10 * numbers[1] + 10} % inn i intervjuet`, passages.filter(p => p[TENTH] === numbers[1] && p[CODES].includes(numbers[0]))];
  }
  if (kind === "q") return [`${name(numbers[0])}, etter spørsmålet`, rest[1].split(",").map(i => passages[i])];
  if (kind === "l") return ["Tale uten kode", rest[0].split(",").map(i => passages[i])];
  const [relation, a, b] = [rest[0], numbers[1], numbers[2]];
  const title = `${name(a)} og ${name(b)}`;
  const either = p => p[CODES].includes(a) || p[CODES].includes(b);
  if (relation === "passage") return [title, passages.filter(p => p[CODES].includes(a) && p[CODES].includes(b))];
  if (relation === "turn") {
    const turns = new Map();
    for (const p of passages) {
      const key = `${p[DOCUMENT]}:${p[TURN]}`;
      const said = turns.get(key) || new Set();
      p[CODES].forEach(code => said.add(code));
      turns.set(key, said);
    }
    return [title, passages.filter(p => either(p) && [a, b].every(code => turns.get(`${p[DOCUMENT]}:${p[TURN]}`).has(code)))];
  }
  const beside = (i, code) => {
    for (let j = Math.max(0, i - near); j <= i + near && j < passages.length; j++) {
      if (j !== i && passages[j][DOCUMENT] === passages[i][DOCUMENT] && passages[j][CODES].includes(code)) return true;
    }
    return false;
  };
  return [title, passages.filter((p, i) => (p[CODES].includes(a) && beside(i, b)) || (p[CODES].includes(b) && beside(i, a)))];
}

const [dialog, list, more] = ["#passages", "#list", "#more"].map(one);
let hits = [];
function showMore() {
  const from = list.children.length;
  list.append(...hits.slice(from, from + AT_ONCE).map(p => {
    const labels = make("div", "", { className: "labels" });
    labels.append(make("span", `${documents[p[DOCUMENT]]}, tur ${p[TURN]}`));
    for (const code of p[CODES]) {
      const label = make("span", codes[code][0], { className: "label coded" });
      label.style.setProperty("--code", codes[code][1]);
      labels.append(label);
    }
    const made = make("li");
    made.append(make("p", texts[p[TEXT]]), labels);
    return made;
  }));
  more.hidden = list.children.length >= hits.length;
}
document.addEventListener("click", event => {
  const button = event.target.closest("button.open");
  if (!button) return;
  const ask = button.dataset.ask;
  const [title, found] = asked(ask);
  hits = found;
  one("#asked").textContent = title;
  one("#count").textContent = `${hits.length} avsnitt${coders.length > 1 ? `, kodet av ${coders[ask.split(":")[1]]}` : ""}.`;
  list.replaceChildren();
  showMore();
  dialog.showModal();
  dialog.scrollTop = 0;
});
more.addEventListener("click", showMore);
one("#close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });

// Headings become buttons that sort; figures from the largest on, texts by the alphabet.
for (const table of all("table.sortable")) {
  const headings = all("thead th", table);
  headings.forEach((heading, column) => {
    if (table.matches(".core") && column === headings.length - 1) return;
    const button = make("button", heading.textContent, { type: "button" });
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const body = table.tBodies[0];
      const rows = [...body.rows];
      const value = row => row.cells[column].dataset.sort;
      const figures = rows.every(row => value(row) === "" || !isNaN(value(row)));
      const was = heading.getAttribute("aria-sort");
      const falls = was ? was === "ascending" : figures;
      rows.sort((x, y) => {
        const [a, b] = [value(x), value(y)];
        if (a === "" || b === "") return (a === "") - (b === "");
        return (falls ? -1 : 1) * (figures ? a - b : a.localeCompare(b, "nb", { numeric: true }));
      });
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falls ? "descending" : "ascending");
      body.append(...rows);
    });
  });
}

// What the matrix shows: passages, words or shares, with their own shades.
one("#measure").addEventListener("change", event => {
  const at = event.target.value;
  for (const cell of all("td[data-values]")) {
    const shade = +cell.dataset.numbers.split("|")[at];
    (cell.querySelector("button") || cell).textContent = cell.dataset.values.split("|")[at];
    cell.dataset.sort = shade;
    cell.style.setProperty("--share", `${shade ? 6 + 44 * shade : 0}%`);
  }
});
one("#measure").dispatchEvent(new Event("change"));

// Paper has nothing to click: what is closed is opened for it, and closed again.
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  for (const folded of closed) folded.open = true;
});
window.addEventListener("afterprint", () => { for (const folded of closed) folded.open = false; });
