"use strict";
const pick = selector => document.querySelector(selector);
const { columns, rows } = JSON.parse(pick("#data").textContent);
const DECISION = columns.indexOf("decision"), KIND = columns.indexOf("kind"), TEXT = columns.indexOf("text");
const WORDS = { keep: "behold", replace: "erstatt", add: "lagt til", "": "" };
const items = [...document.querySelectorAll(".find")];
const added = [], history = [];
let at = 0, saved = true;
for (const tools of document.querySelectorAll(".tools[hidden]")) tools.hidden = false;

function draw(number) {
  if (number >= items.length) return; // rows of other interviews, which only stay in the table
  const item = items[number], decision = rows[number][DECISION];
  item.querySelector(".decided").textContent = WORDS[decision];
  item.classList.toggle("kept", decision === "keep");
  for (const button of item.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.decision === decision));
  }
}

// The same words are decided on together, as the next run would do; one by one a person can differ.
function decide(number, decision, alike = true) {
  const before = rows.map(row => row[DECISION]);
  const same = alike && rows.slice(0, items.length).every(row => row[TEXT] !== rows[number][TEXT] || row[DECISION] === rows[number][DECISION]);
  rows.forEach((row, other) => {
    if (other === number || (same && other < items.length && row[TEXT] === rows[number][TEXT])) row[DECISION] = decision;
  });
  history.push(before);
  changed();
}

function undo() {
  const before = history.pop();
  if (!before) return;
  before.forEach((decision, number) => { rows[number][DECISION] = decision; });
  changed();
}

function changed() {
  rows.forEach((_, number) => draw(number));
  saved = false;
  const decided = rows.filter(row => row[DECISION]).length;
  pick("#state").textContent = `${decided} bestemt, ${added.length} lagt til. Ikke lagret ennå.`;
}

const visible = () => items.map((_, number) => number).filter(number => !items[number].hidden);

function go(step) {
  const shown = visible();
  if (!shown.length) return;
  const next = shown[Math.max(0, Math.min(shown.length - 1, shown.indexOf(at) + step))];
  focus(next);
}

function focus(number) {
  items[at].tabIndex = -1;
  at = number;
  items[at].tabIndex = 0;
  items[at].focus();
  items[at].scrollIntoView({ block: "nearest" });
}

function filter() {
  const kind = pick("#kind").value;
  items.forEach((item, number) => { item.hidden = Boolean(kind) && rows[number][KIND] !== kind; });
  pick("#shown").textContent = `${visible().length} funn vises`;
  if (items.length && items[at].hidden && visible().length) focus(visible()[0]);
}

function cell(value) {
  const text = String(value);
  const guarded = /^[\s\u200b-\u200f]*[=+\-@|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

function save() {
  const extra = added.map(([kind, text]) => columns.map(name => ({ kind, text, decision: "add" })[name] ?? ""));
  const lines = [columns, ...rows, ...extra].map(row => row.map(cell).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\n"), "\n"], { type: "text/csv" }));
  link.download = "funn.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  saved = true;
  pick("#state").textContent = "Lastet ned som funn.csv. Legg den der den gamle tabellen ligger, eller gi den med --decisions.";
}

pick("#rows").addEventListener("click", event => {
  const item = event.target.closest(".find");
  if (!item) return;
  const number = items.indexOf(item), button = event.target.closest("button");
  if (button) {
    const decision = button.dataset.decision;
    decide(number, rows[number][DECISION] === decision ? "" : decision);
  }
  if (number !== at && !button) focus(number);
  else at = number;
});
pick("#adding").addEventListener("submit", event => {
  event.preventDefault();
  const text = pick("#words").value.trim();
  if (!text) return;
  added.push([pick("#as").value, text]);
  const item = document.createElement("li");
  item.textContent = text;
  pick("#added").append(item);
  pick("#words").value = "";
  changed();
});
pick("#kind").addEventListener("change", filter);
pick("#save").addEventListener("click", save);
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const does = {
    j: () => go(1), k: () => go(-1), b: () => { decide(at, "keep"); go(1); }, e: () => { decide(at, "replace"); go(1); },
    u: undo, n: () => pick("#words").focus(), s: save,
  }[event.key];
  if (!does || (!items.length && event.key !== "n")) return;
  event.preventDefault();
  does();
});
addEventListener("beforeunload", event => { if (!saved) event.preventDefault(); });
filter();
