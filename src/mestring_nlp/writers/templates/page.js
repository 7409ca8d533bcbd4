"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const [shown, reset, why, keys, strip] = ["#shown", "#all", "#why", "#keys", ".strip"].map(s => document.querySelector(s));
const passages = all(".passage");
const boxes = all(".codes input");
for (const tool of all(".tools")) tool.hidden = false;
// Where the codebook stands above the interview, it would fill the first screen.
document.querySelector("#book").open = !matchMedia("(max-width: 60rem)").matches;

// Shows the passages with an answer that is ticked, and the question before each; all if none is ticked.
function filter() {
  const wanted = boxes.filter(b => b.checked).map(b => b.value);
  const every = wanted.length === 0;
  for (const p of passages) p.hidden = !every && !p.dataset.answers.split(" ").some(a => wanted.includes(a));
  for (const p of all(".loose")) p.hidden = !every && p.closest(".answered") !== null;
  let answered = false;
  for (const turn of all(".turn").reverse()) {
    const own = turn.querySelector(".passage:not([hidden])") !== null;
    turn.hidden = !every && !own && !(answered && turn.matches(".asked"));
    answered = own;
  }
  for (const path of all("path", strip)) path.classList.toggle("off", !every && !wanted.includes(path.dataset.answer));
  shown.textContent = every ? "" : `Viser ${passages.filter(p => !p.hidden).length} av ${passages.length} avsnitt.`;
  reset.hidden = every;
}
function showAll() {
  for (const b of boxes) b.checked = false;
  filter();
}
for (const b of boxes) b.addEventListener("change", filter);
reset.addEventListener("click", () => { showAll(); why.focus(); });

why.addEventListener("click", () => {
  const open = why.getAttribute("aria-pressed") === "false";
  why.setAttribute("aria-pressed", open);
  for (const d of all(".passage details")) d.open = open;
});

// A link to a passage, from the index or the drawing, shows it whatever is ticked.
function find() {
  const p = passages.find(p => `#${p.id}` === location.hash);
  if (p && p.hidden) { showAll(); p.scrollIntoView(); }
}
window.addEventListener("hashchange", find);
strip.addEventListener("click", event => {
  const { left, width } = strip.getBoundingClientRect();
  const p = passages[Math.floor((event.clientX - left) / width * passages.length)];
  if (p) location.hash = p.id;
});

// Paper has nothing to click: what is closed is opened for it, and closed again.
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  for (const d of closed) d.open = true;
});
window.addEventListener("afterprint", () => { for (const d of closed) d.open = false; });

document.addEventListener("keydown", event => {
  if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") showAll();
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const open = passages.filter(p => !p.hidden);
  const at = open.indexOf(document.activeElement.closest(".passage"));
  const next = open[at < 0 ? (step > 0 ? 0 : open.length - 1) : at + step];
  if (next) { next.querySelector("summary").focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
  event.preventDefault();
});
