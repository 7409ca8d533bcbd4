"use strict";
// A difference is decided with a line of reason; what is typed stays if the program has ended.
const key = document.querySelector('meta[name="review-key"]').content;
document.addEventListener("submit", async event => {
  const form = event.target.closest(".difference");
  if (!form) return;
  event.preventDefault();
  const { a, b, transcript, start, end } = form.dataset;
  const codes = [...form.querySelectorAll("input[name=code]:checked")].map(box => box.value);
  const body = { a, b, transcript, start: Number(start), end: Number(end), codes, none: form.elements.none.checked, reason: form.elements.reason.value };
  const status = document.getElementById("status");
  try {
    const answer = await fetch("/settle", { method: "POST", headers: { "content-type": "application/json", "x-review-key": key }, body: JSON.stringify(body) });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.problem);
    const names = [...form.querySelectorAll("input:checked")].map(box => box.parentElement.textContent.trim());
    form.querySelector("legend").textContent = "✓ " + names.join(", ");
    status.textContent = "✓";
    document.getElementById("banner").hidden = true;
    document.getElementById("left-open").textContent = told.open;
    const next = form.nextElementSibling?.querySelector("input");
    if (next) next.focus();
  } catch (error) {
    const banner = document.getElementById("banner");
    banner.textContent = error instanceof TypeError ? document.body.dataset.lost : error.message;
    banner.hidden = false;
  }
});
