"use strict";
// What all pages of a review do: ask the program, and tell what it says.
const statusLine = document.getElementById("status");
const banner = document.getElementById("banner");
const key = document.querySelector('meta[name="review-key"]').content;
const say = document.body.dataset;
let over = false; // it has ended, or does not answer
let telling = 0;
let notice = ""; // what the program told beside the answers; it stays a while, however fast the keys are

// What was done is told for a while, so that it does not cover the text below.
function tell(text) {
  clearTimeout(telling);
  statusLine.textContent = text;
  telling = setTimeout(() => { statusLine.textContent = notice; }, 5000);
}

function stop(message, calm) {
  over = true;
  banner.textContent = message;
  banner.classList.toggle("calm", Boolean(calm));
  banner.hidden = false;
}

async function ask(address, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json", "x-review-key": key },
    body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    if (!over) stop(say.lost);
    throw new Error("lost");
  }
  if (answer.status === 403 || answer.status === 421) {
    if (!over) stop(say.lost);
    throw new Error("lost");
  }
  if (!answer.ok) {
    const problem = await answer.json().then(value => value.problem, () => answer.statusText);
    clearTimeout(telling);
    statusLine.textContent = say.failed + problem;
    throw new Error(problem);
  }
  if (over && !banner.classList.contains("calm")) { // it answers again
    over = false;
    banner.hidden = true;
  }
  return answer;
}

// A file that cannot be made is told on the page, and not by a download that fails.
async function download(link) {
  try {
    const file = document.createElement("a");
    file.href = URL.createObjectURL(await (await ask(link.href)).blob());
    file.download = link.download;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60000);
  } catch { /* told */ }
}

document.addEventListener("click", event => {
  const link = event.target.closest("a[download]");
  if (link) { event.preventDefault(); download(link); }
});
