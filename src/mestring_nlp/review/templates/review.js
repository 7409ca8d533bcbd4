"use strict";
// Keys and buttons ask the server to act, one after the other; what it answers is the interview around the focus.
const work = document.getElementById("work");
const memo = document.getElementById("memo");
const memoText = document.getElementById("memo-text");
const found = document.getElementById("found");
const only = document.getElementById("only");
let line = Promise.resolve(); // acts wait for those before them, so that a key means the passage that is shown
let shortcuts = true;
let memoTarget = "";
let whyOpen = false;
let listOpen = null; // the list of interviews: as it was left, once it was touched
let told = document.getElementById("state").dataset.notices; // the latest notice that this page has shown
let cut = null; // while a cut is being placed: the words' places, and which is chosen

const state = () => document.getElementById("state").dataset;
const focusNow = () => document.getElementById("focus");

function show(html, quietly) {
  cut = null;
  const keepFocus = quietly && !work.contains(document.activeElement);
  work.innerHTML = html;
  const now = state();
  document.getElementById("where").textContent = now.where;
  if (now.said || !quietly) tell([now.said, notice].filter(Boolean).join(" "));
  if (only.value !== now.only) only.value = now.only;
  const focus = focusNow();
  const why = work.querySelector(".why");
  if (why) why.open = whyOpen;
  const list = work.querySelector(".interviews");
  if (listOpen !== null) list.open = listOpen;
  here();
  if (!focus) { if (!keepFocus) work.focus(); return; }
  if (!keepFocus) focus.focus({ preventScroll: true });
  const box = focus.getBoundingClientRect();
  const head = document.querySelector("header").getBoundingClientRect().bottom;
  if (box.top < Math.max(head, 0) + 8 || box.bottom > innerHeight) focus.scrollIntoView({ block: box.height > innerHeight * .7 ? "start" : "center" });
}

// The address says where the coder is, for a page that is loaded again or come back to.
function here() {
  const { passage, only } = state();
  const address = `/review?${new URLSearchParams({ passage, only })}`;
  sessionStorage.setItem("review", address);
  try { history.replaceState(null, "", address); } catch { /* a browser that allows so many a minute */ }
}

function act(name, values = {}) {
  line = line.then(async () => {
    if (over) return;
    const now = state();
    if (!now.passage && !["filter", "interview", "undo", "queue", "show"].includes(name)) return;
    const body = { act: name, passage: Number(now.passage || 0), only: now.only, ...(name === "accept" ? { shown: now.shown } : {}), ...values };
    const answer = await ask("/act", body);
    show(await answer.text());
  }).catch(() => {});
  return line;
}

// Selections: a span of the transcript, in code points. Ends that lie outside the words, as after a triple
// click, are moved to the words, so that a code never goes to another passage than the one that is selected.
function selected() {
  const chosen = getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
  const range = chosen.getRangeAt(0);
  let start = null, end = null;
  for (const words of work.querySelectorAll(".words:not([hidden])")) {
    if (!range.intersectsNode(words)) continue;
    const inside = document.createRange();
    inside.selectNodeContents(words);
    const before = inside.cloneRange();
    if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) inside.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) inside.setEnd(range.endContainer, range.endOffset);
    if (inside.collapsed) continue;
    before.setEnd(inside.startContainer, inside.startOffset);
    const from = Number(words.dataset.start) + [...before.toString()].length;
    start ??= from;
    end = from + [...inside.toString()].length;
  }
  return start === null ? null : { start, end };
}

function mark(code = "") {
  const span = selected();
  if (!span) return false;
  getSelection().removeAllRanges();
  act("mark", { ...span, code });
  return true;
}

// Cutting: the cut moves from word to word.
function startCut() {
  const focus = focusNow();
  if (!focus) return;
  const words = focus.querySelector(".words");
  const text = words.textContent;
  const places = [...text.matchAll(/\s+(?=\S)/g)].map(one => one.index + one[0].length);
  if (!places.length) return;
  const chosen = getSelection();
  let caret = text.length / 2;
  if (chosen && chosen.rangeCount && chosen.anchorNode && chosen.anchorNode.parentElement === words && chosen.anchorOffset) caret = chosen.anchorOffset;
  let at = 0;
  places.forEach((place, index) => { if (Math.abs(place - caret) < Math.abs(places[at] - caret)) at = index; });
  cut = { text, places, at, start: Number(words.dataset.start) };
  words.hidden = true;
  drawCut();
}

function drawCut() {
  const line_ = focusNow().querySelector(".splitting");
  const place = cut.places[cut.at];
  const sign = document.createElement("span");
  sign.className = "cut";
  line_.replaceChildren(cut.text.slice(0, place), sign, cut.text.slice(place));
  line_.hidden = false;
  const near = cut.text.slice(0, place).split(/\s+/).slice(-5).join(" ") + "| " + cut.text.slice(place).split(/\s+/).slice(0, 4).join(" ");
  clearTimeout(telling);
  statusLine.textContent = `${near} – ${say.split}`;
}

function endCut(apply) {
  const { text, places, at, start } = cut;
  const focus = focusNow();
  cut = null;
  focus.querySelector(".splitting").hidden = true;
  focus.querySelector(".words").hidden = false;
  statusLine.textContent = "";
  if (apply) act("split", { position: start + [...text.slice(0, places[at])].length });
}

// Memos: what is typed stays in the page until it is saved.
async function openMemo(target) {
  if (memo.open) return;
  try {
    if (target !== memoTarget || !memoText.value) {
      const kept = await (await ask(`/memo?target=${encodeURIComponent(target)}`)).json();
      memoText.value = kept.text;
      document.getElementById("memo-title").textContent = kept.title;
      memoTarget = target;
    }
    memo.showModal();
    memoText.focus();
  } catch { /* told by the banner */ }
}

async function saveMemo() {
  const text = memoText.value;
  try {
    const now = state();
    const answer = await ask("/act", { act: "memo", passage: Number(now.passage), only: now.only, target: memoTarget, text });
    memoTarget = "";
    memo.close();
    show(await answer.text());
  } catch {
    if (over) document.getElementById("memo-title").after(banner); // above what is typed
  }
}

async function search() {
  const wanted = document.getElementById("q").value.trim();
  if (!wanted) return;
  try {
    const answer = await ask(`/search?q=${encodeURIComponent(wanted)}`);
    document.getElementById("found-list").innerHTML = await answer.text();
    if (!found.open) found.showModal();
    const first = found.querySelector("[data-go]");
    if (first) first.focus();
  } catch { /* told */ }
}

async function bulk() {
  const p = Number(document.getElementById("least").value) / 100;
  try {
    document.getElementById("bulk-found").innerHTML = await (await ask(`/bulk?p=${p}`)).text();
  } catch { /* told */ }
}

// That the machine learns is told as long as it does.
function learns({ learning }) {
  const button = document.getElementById("learn");
  if (button) button.textContent = learning ? say.learning : say.learn;
}

document.addEventListener("click", async event => {
  const button = event.target.closest("button");
  if (button) {
    const data = button.dataset;
    if (data.act) {
      if (data.act === "code" && selected()) mark(data.code);
      else act(data.act, data.code ? { code: data.code } : {});
    } else if (data.go) {
      if (found.open) found.close();
      act("show", { passage: Number(data.go) });
    } else if (data.interview) act("interview", { name: data.interview });
    else if (data.memo) openMemo(data.memo);
    else if (button.id === "split") startCut();
    else if (button.id === "mark") mark();
    else if (button.id === "memo-save") saveMemo();
    else if (button.id === "bulk-do") {
      act("accept_above", { probability: Number(data.p), shown: data.shown }).then(() => document.getElementById("bulk-found").replaceChildren());
    } else if (button.id === "learn") {
      focusNow()?.focus(); // so that the next Enter is not another press of the button
      ask("/learn", {}).then(answer => answer.json()).then(now => { learns(now); if (now.learning) tell(say.learning); }).catch(() => {});
    } else if (button.id === "end") {
      ask("/end", {}).then(() => stop(say.ended, true), () => {});
    }
    return;
  }
  const passage = event.target.closest(".passage:not(.focus)");
  if (passage && getSelection().isCollapsed) act("show", { passage: Number(passage.dataset.id) });
});

// What was opened stays open, and what was closed closed, when the interview is drawn anew.
work.addEventListener("click", event => {
  const opened = event.target.closest("summary")?.parentElement;
  if (opened?.matches(".why")) whyOpen = !opened.open;
  else if (opened) listOpen = !opened.open;
});

document.addEventListener("selectionchange", () => {
  const button = document.getElementById("mark");
  if (button) button.hidden = !selected();
});

document.getElementById("search").addEventListener("submit", event => { event.preventDefault(); search(); });
document.getElementById("bulk")?.addEventListener("submit", event => { event.preventDefault(); bulk(); });
document.getElementById("learn-alone")?.addEventListener("change", event => { ask("/learn", { alone: event.target.checked }).catch(() => {}); });
document.getElementById("keys").addEventListener("change", event => { shortcuts = event.target.checked; });
found.addEventListener("close", () => focusNow()?.focus());
only.addEventListener("change", () => act("filter", { only: only.value }));

const KEYS = {
  Enter: "accept", n: "none", u: "unsure", j: "next", k: "previous", ArrowDown: "next", ArrowRight: "next",
  ArrowUp: "previous", ArrowLeft: "previous", z: "undo", g: "queue", "+": "merge",
};

document.addEventListener("keydown", event => {
  if (memo.open) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); saveMemo(); }
    return;
  }
  if (!shortcuts || found.open || event.ctrlKey || event.altKey || event.metaKey) return;
  const within = event.target.closest("input, select, textarea, button, summary, a");
  const typed = within?.matches("input:not([type=checkbox]), select, textarea");
  if (cut) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step) { cut.at = Math.min(Math.max(cut.at + step, 0), cut.places.length - 1); drawCut(); }
    else if (event.key === "Enter") endCut(true);
    else if (event.key === "Escape") endCut(false);
    else return;
    event.preventDefault();
    return;
  }
  if (typed) {
    if (event.key === "Escape") { within.blur(); focusNow()?.focus(); }
    return;
  }
  if (within && (event.key === "Enter" || event.key === " " || event.key.startsWith("Arrow"))) return;
  if (event.key === "/") document.getElementById("q").focus();
  else if (event.key === "m") { const now = state(); line.then(() => openMemo(`passage:${state().passage || now.passage}`)); }
  else if (event.key === "s") line.then(startCut);
  else if (event.key === "v") mark();
  else if (KEYS[event.key]) act(KEYS[event.key]);
  else {
    const button = [...work.querySelectorAll("[data-key]")].find(one => one.dataset.key === event.key);
    if (!button) return;
    if (!mark(button.dataset.code)) act("code", { code: button.dataset.code });
  }
  event.preventDefault();
});

// Another browser may decide too, and the program may end.
async function poll() {
  if (banner.classList.contains("calm")) return;
  try {
    const now = await (await ask(`/poll?told=${told}`)).json();
    if (now.ended) stop(say.ended, true);
    learns(now);
    if (now.notice) {
      notice = now.notice;
      tell(notice);
      setTimeout(() => { notice = ""; tell(""); }, 8000);
    }
    told = String(now.notices);
    if ((now.notices > Number(state().notices) || now.event > Number(state().event)) && !memo.open && !found.open && !cut) {
      line = line.then(async () => {
        const here = state();
        const answer = await ask("/act", { act: "show", passage: Number(here.passage || 0), only: here.only });
        show(await answer.text(), true);
      }).catch(() => {});
    }
  } catch { /* told */ }
}
setInterval(poll, 2000);
document.getElementById("where").textContent = state().where;
here();
focusNow()?.focus();
