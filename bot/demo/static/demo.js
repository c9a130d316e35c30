// Keeps the list of comments fresh and lets the suggestions fill the form without a page load.
"use strict";

const list = document.getElementById("list");
const text = document.getElementById("text");
const news = document.getElementById("news");
let shown = list.innerHTML;

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(list.dataset.address, { headers: { "X-Requested-With": "demo" } });
    if (!answer.ok) return;
    const html = await answer.text();
    if (html === shown) return;
    shown = html;
    const before = states();
    list.innerHTML = html; // made by our own autoescaping template
    announce(before);
  } catch {
    // the site is being restarted: the next turn will tell
  }
}

function states() {
  return new Map([...list.querySelectorAll("[data-state]")].map((item) => [item.id, item.dataset.state]));
}

// Screen readers hear what became of one's own comment, not the whole list again.
function announce(before) {
  for (const [id, state] of states()) {
    const line = document.querySelector(`#${CSS.escape(id)} .state`);
    if (line && before.get(id) !== state) news.textContent = line.textContent.replace(/\s+/g, " ").trim();
  }
}

for (const button of document.querySelectorAll("[data-fill]")) {
  const fill = (event) => {
    event.preventDefault();
    text.value = button.dataset.fill;
    text.focus();
  };
  button.addEventListener("click", fill);
  button.addEventListener("keydown", (event) => { if (event.key === " ") fill(event); });
}

const name = document.getElementById("name");
try {
  name.value = name.value || localStorage.getItem("name") || "";
  name.addEventListener("change", () => localStorage.setItem("name", name.value));
} catch {
  // storage is switched off: the name is typed again
}

setInterval(refresh, 1000);
document.addEventListener("visibilitychange", refresh);
