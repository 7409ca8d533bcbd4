"use strict";
const AT_ONCE = 50;
const [form, words, answer, interview, found, results, more, data] =
  ["form", "#words", "#answer", "#interview", "#found", "#results", "#more", "#data"].map(s => document.querySelector(s));
const { answers, interviews } = JSON.parse(data.textContent);
form.hidden = false;
let hits = [];

// What people said goes into the page as text only, never as markup.
function make(tag, text = "", properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.textContent = text;
  return made;
}

// A text with what was searched for marked.
function marked(text, sought) {
  const made = make("p");
  let at = 0;
  for (const hit of sought ? text.matchAll(sought) : []) {
    made.append(text.slice(at, hit.index), make("mark", hit[0]));
    at = hit.index + hit[0].length;
  }
  made.append(text.slice(at));
  return made;
}

function shown({ one, number, text, codes }, sought) {
  const labels = make("div", "", { className: "labels" });
  labels.append(make("a", `${one.name}, avsnitt ${number}`, { href: `${one.address}#p${number}` }));
  for (const code of codes) {
    const [name, colour] = answers[code];
    const label = make("span", name, { className: colour ? "label coded" : "label plain" });
    if (colour) label.style.setProperty("--code", colour);
    labels.append(label);
  }
  const made = make("li");
  made.append(marked(text, sought), labels);
  return made;
}

// The words that are sought, as patterns in which every sign stands for itself.
function patterns() {
  return words.value.normalize("NFC").split(/\s+/).filter(Boolean).map(w => w.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
}

function showMore() {
  const sought = patterns();
  const every = sought.length ? new RegExp(sought.join("|"), "giu") : null;
  const from = results.children.length;
  results.append(...hits.slice(from, from + AT_ONCE).map(hit => shown(hit, every)));
  more.hidden = results.children.length >= hits.length;
}

function search() {
  const tests = patterns().map(w => new RegExp(w, "iu"));
  hits = [];
  results.replaceChildren();
  const asked = tests.length || answer.value || interview.value;
  for (const [n, one] of interviews.entries()) {
    if (!asked || (interview.value && interview.value !== String(n))) continue;
    one.passages.forEach(([text, said], i) => {
      const codes = said.split(" ");
      if ((!answer.value || codes.includes(answer.value)) && tests.every(t => t.test(text))) hits.push({ one, number: i + 1, text, codes });
    });
  }
  const from = new Set(hits.map(hit => hit.one)).size;
  found.textContent = asked ? `${hits.length} avsnitt i ${from} intervju${from === 1 ? "" : "er"}.` : "";
  showMore();
}
for (const field of [words, answer, interview]) field.addEventListener("input", search);
more.addEventListener("click", () => {
  const next = results.children.length;
  showMore();
  results.children[next].querySelector("a").focus();
});
form.addEventListener("submit", event => event.preventDefault());
