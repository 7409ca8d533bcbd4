"use strict";
// A difference is decided with a line of reason; what is typed stays if the program has ended.

// Back to where the interview was left.
document.querySelector("header a").href = sessionStorage.getItem("review") || "/review";

async function settle(form, withdraw) {
  const { a, b, transcript, start, end } = form.dataset;
  const codes = [...form.querySelectorAll("input[name=code]:checked")].map(box => box.value);
  const asked = { a, b, transcript, start: Number(start), end: Number(end), codes, none: form.elements.none.checked, reason: form.elements.reason.value, withdraw };
  let told;
  try { told = await (await ask("/settle", asked)).json(); } catch { return; }
  const names = [...form.querySelectorAll("input:checked")].map(box => box.parentElement.textContent.trim());
  form.querySelector("legend").textContent = withdraw ? say.undecided : "✓ " + names.join(", ");
  form.querySelector("[data-withdraw]").hidden = withdraw;
  tell(say.saved);
  document.getElementById("left-open").textContent = told.open;
  const next = withdraw ? form : form.nextElementSibling;
  next?.querySelector("input")?.focus();
}

async function undo() {
  try {
    const { undone } = await (await ask("/unsettle", {})).json();
    if (undone) location.reload();
    else tell(say.nothing);
  } catch { /* told */ }
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
