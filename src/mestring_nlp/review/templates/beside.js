"use strict";
// A difference is decided with a line of reason; what is typed stays if the program has ended.
const key = document.querySelector('meta[name="review-key"]').content;
const status_ = document.getElementById("status");
const banner = document.getElementById("banner");

// Back to where the interview was left.
document.querySelector("header a").href = sessionStorage.getItem("review") || "/review";

async function send(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json", "x-review-key": key }, body: JSON.stringify(body) });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.problem);
    banner.hidden = true;
    return told;
  } catch (error) {
    banner.textContent = error instanceof TypeError ? document.body.dataset.lost : error.message;
    banner.hidden = false;
    return null;
  }
}

async function settle(form, withdraw) {
  const { a, b, transcript, start, end } = form.dataset;
  const codes = [...form.querySelectorAll("input[name=code]:checked")].map(box => box.value);
  const told = await send("/settle", { a, b, transcript, start: Number(start), end: Number(end), codes, none: form.elements.none.checked, reason: form.elements.reason.value, withdraw });
  if (!told) return;
  const names = [...form.querySelectorAll("input:checked")].map(box => box.parentElement.textContent.trim());
  form.querySelector("legend").textContent = withdraw ? document.body.dataset.undecided : "✓ " + names.join(", ");
  form.querySelector("[data-withdraw]").hidden = withdraw;
  status_.textContent = document.body.dataset.saved;
  document.getElementById("left-open").textContent = told.open;
  const next = withdraw ? form : form.nextElementSibling;
  next?.querySelector("input")?.focus();
}

async function undo() {
  const told = await send("/unsettle", {});
  if (told?.undone) location.reload();
  else if (told) status_.textContent = document.body.dataset.nothing;
}

document.addEventListener("submit", event => {
  const form = event.target.closest(".difference");
  if (!form) return;
  event.preventDefault();
  settle(form, false);
});
document.addEventListener("click", event => {
  if (event.target.closest("#unsettle")) undo();
  else if (event.target.closest("[data-take]")) {
    const form = event.target.closest(".difference");
    const codes = event.target.dataset.take.split(" ").filter(Boolean);
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = box.name === "none" ? !codes.length : codes.includes(box.value);
    form.elements.reason.focus();
  } else if (event.target.closest("[data-withdraw]")) settle(event.target.closest(".difference"), true);
});
document.addEventListener("keydown", event => {
  if (event.key === "z" && !event.ctrlKey && !event.altKey && !event.metaKey && document.getElementById("unsettle") && !event.target.closest("input:not([type=checkbox]), select")) undo();
});
