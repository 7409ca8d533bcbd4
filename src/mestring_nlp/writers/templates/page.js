"use strict";
const passages = [...document.querySelectorAll(".passage")];
const buttons = [...document.querySelectorAll("button[data-code]")];
function show(code) {
  for (const p of passages) p.classList.toggle("dimmed", code !== "" && !p.dataset.codes.split(" ").includes(code));
  for (const b of buttons) {
    const pressed = b.dataset.code === code;
    b.setAttribute("aria-pressed", pressed);
    b.textContent = pressed ? "Vis alle" : "Vis bare disse";
  }
}
for (const b of buttons) b.addEventListener("click", () => show(b.getAttribute("aria-pressed") === "true" ? "" : b.dataset.code));
window.addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") { document.activeElement.blur(); show(""); return; }
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const open = passages.filter(p => !p.classList.contains("dimmed"));
  const at = open.indexOf(document.activeElement);
  const next = open[at < 0 ? (step > 0 ? 0 : open.length - 1) : at + step];
  if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "center" }); }
  event.preventDefault();
});
