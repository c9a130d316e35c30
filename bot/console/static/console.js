/* The queue and the case page by keyboard. Without this script every form still works. */
"use strict";

const page = document.body.dataset;
const live = document.getElementById("live");
const rows = document.getElementById("rows");
const reasons = document.getElementById("reasons");
const help = document.getElementById("help");
const casePage = document.querySelector(".case");

const KEYS_OFF = "veilleur-keys-off";
const GONE_S = 15;
const DIGITS = ["Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0"];

let current = null; // the row that keys act on
let last = page.last || null; // case of the last decision, for «undo»
let underWay = 0; // orders that were sent and not yet answered
let epoch = 0; // grows with every order: news asked for before it are stale
let refusing = null; // what the open reason chooser is about

const say = (text) => { live.textContent = ""; requestAnimationFrame(() => { live.textContent = text; }); };
const isOpen = (row) => row.dataset.state === "open";
const rowOf = (id) => document.getElementById(`case-${id}`);

/* --- orders ---------------------------------------------------------------------------- */

async function send(path, fields = {}, options = {}) {
  epoch += 1;
  underWay += 1;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": page.csrf },
      body: new URLSearchParams(fields),
      ...options,
    });
    return await answer.json();
  } catch {
    return { ok: false, kind: "offline", message: page.offline };
  } finally {
    underWay -= 1;
    epoch += 1;
  }
}

function fold(row, state, text) {
  row.dataset.state = state;
  row.querySelector(".row-body").hidden = true;
  const after = row.querySelector(".after");
  after.hidden = false;
  after.querySelector(".after-text").textContent = text;
  after.querySelector("form").hidden = state !== "approve" && state !== "reject";
  after.querySelector(".dismiss").hidden = state === "busy";
}

function unfold(row, notice) {
  clearInterval(row.timer);
  row.dataset.state = "open";
  row.querySelector(".row-body").hidden = false;
  row.querySelector(".after").hidden = true;
  const place = row.querySelector("[data-notice]");
  place.hidden = !notice;
  place.textContent = notice || "";
}

function countDown(row, seconds, shown) {
  clearInterval(row.timer);
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) { drop(row); return; }
    if (shown) row.querySelector(".countdown").textContent = `${left}\u00a0s`;
  };
  tick();
  row.timer = setInterval(tick, 250);
}

function drop(row) {
  clearInterval(row.timer);
  const held = row.contains(document.activeElement);
  const next = row === current ? neighbour(row) : current;
  row.remove();
  if (next !== current || held) mark(next, held);
  showEmpty();
}

async function decide(row, order, fields = {}) {
  if (!isOpen(row)) return;
  const id = row.dataset.case;
  fold(row, "busy", page.sending);
  if (row === current) mark(neighbour(row), true);
  const answer = await send(`/console/cases/${id}/${order}`, { version: row.dataset.version, ...fields });
  say(answer.message);
  if (answer.ok) {
    last = id;
    fold(row, order, answer.message);
    countDown(row, answer.undo_s, true);
  } else if (answer.kind === "taken" || answer.kind === "unknown") {
    fold(row, "gone", answer.message);
    countDown(row, GONE_S, false);
  } else {
    unfold(row, answer.message);
    if (!current) mark(row, true);
  }
  showEmpty();
  news();
}

async function skip(row) {
  if (!isOpen(row)) return;
  const next = neighbour(row);
  const answer = await send(`/console/cases/${row.dataset.case}/skip`);
  say(answer.message);
  if (!answer.ok) { unfold(row, answer.message); return; }
  rows.append(row);
  mark(next || row, true);
}

async function undo(id) {
  if (!id) { say(page.nothing); return; }
  const answer = await send(`/console/cases/${id}/undo`);
  say(answer.message);
  const row = rowOf(id);
  if (answer.ok) {
    if (last === id) last = null;
    document.getElementById("flash")?.remove();
    if (row) row.dataset.state = "stale";
    await news();
    const back = rowOf(id);
    if (back) mark(back, true);
  } else if (row) {
    fold(row, "gone", answer.message);
    countDown(row, GONE_S, false);
  }
}

/* --- which row is current -------------------------------------------------------------- */

function openRows() { return [...rows.children].filter(isOpen); }

function neighbour(row) {
  const all = [...rows.children];
  const at = all.indexOf(row);
  return all.slice(at + 1).find(isOpen) || all.slice(0, at).reverse().find(isOpen) || null;
}

function mark(row, focus) {
  current?.classList.remove("is-current");
  current?.removeAttribute("aria-current");
  current = row;
  if (!row) return;
  row.classList.add("is-current");
  row.setAttribute("aria-current", "true");
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

function move(step) {
  const open = openRows();
  if (!open.length) return;
  const at = open.indexOf(current);
  if (at >= 0) { mark(open[Math.min(open.length - 1, Math.max(0, at + step))], true); return; }
  const next = current?.isConnected ? neighbour(current) : null;
  mark(next || open[0], true);
}

function showEmpty() {
  document.getElementById("empty").hidden = rows.children.length > 0;
}

/* --- news ------------------------------------------------------------------------------ */

async function news() {
  if (underWay) return;
  const asked = epoch;
  const shown = [...rows.children].filter(isOpen).map((row) => `${row.dataset.case}.${row.dataset.version}`);
  const lost = document.getElementById("lost");
  let told;
  try {
    const answer = await fetch(`/console/news?shown=${shown.join(",")}`, { headers: { Accept: "application/json" } });
    told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    lost.hidden = true;
  } catch (error) {
    lost.textContent = error.name === "Error" && error.message ? error.message : page.lost;
    lost.hidden = false;
    return;
  }
  if (asked !== epoch) return;
  take(told);
}

function take(told) {
  document.getElementById("summary").textContent = told.summary;
  for (const [id, text] of Object.entries(told.gone)) {
    const row = rowOf(id);
    if (!row || !isOpen(row)) continue;
    if (refusing === row) reasons.close();
    fold(row, "gone", text);
    countDown(row, GONE_S, false);
    if (row === current) say(text);
  }
  let arrived = 0;
  for (const id of told.order) {
    if (!(id in told.rows)) continue;
    const old = rowOf(id);
    const row = parsed(told.rows[id]);
    if (old) {
      clearInterval(old.timer);
      const focused = old.contains(document.activeElement);
      if (isOpen(old)) unfold(row, page.changed);
      old.replaceWith(row);
      if (old === current) mark(row, focused);
    } else {
      insert(row, told.order);
      arrived += 1;
    }
  }
  if (arrived) say((arrived === 1 ? page.newOne : page.newMany).replace("%", arrived));
  for (const row of openRows()) {
    const claim = row.querySelector("[data-claim]");
    claim.textContent = told.claims[row.dataset.case] || "";
    claim.hidden = !claim.textContent;
  }
  if (!current || !current.isConnected) mark(openRows()[0] || null, false);
  showEmpty();
}

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const row = holder.content.firstElementChild;
  row.classList.add("is-new");
  localise(row);
  return row;
}

/* In the queue's order, but never above the row that is being read: it must not jump. */
function insert(row, order) {
  const rank = order.indexOf(Number(row.dataset.case));
  const all = [...rows.children];
  const from = current ? all.indexOf(current) + 1 : 0;
  const before = all.slice(from).find((other) => isOpen(other) && order.indexOf(Number(other.dataset.case)) > rank);
  rows.insertBefore(row, before || null);
}

async function keepUpToDate() {
  if (!document.hidden) await news();
  setTimeout(keepUpToDate, Number(page.pollS) * 1000);
}

/* --- refusing --------------------------------------------------------------------------- */

function chooseReason(subject, words) {
  refusing = subject;
  const form = document.getElementById("reasons-form");
  form.reset();
  form.elements.reason.value = subject.dataset.reason;
  document.getElementById("reasons-words").textContent = words;
  reasons.returnValue = "";
  reasons.showModal();
  [...form.elements.reason].find((choice) => choice.checked)?.focus();
  send(`/console/cases/${subject.dataset.case}/claim`);
}

function reasonChosen() {
  const subject = refusing;
  refusing = null;
  if (!subject) return;
  if (reasons.returnValue !== "reject") {
    send(`/console/cases/${subject.dataset.case}/release`);
    subject.focus?.({ preventScroll: true });
    return;
  }
  const form = document.getElementById("reasons-form");
  const fields = { reason: form.elements.reason.value, note: form.elements.note.value };
  if (subject !== casePage) { decide(subject, "reject", fields); return; }
  const plain = casePage.querySelector('form[data-order="reject"]');
  plain.elements.reason.value = fields.reason;
  plain.elements.note.value = fields.note;
  plain.requestSubmit();
}

function reasonKey(event) {
  if (event.target.matches("textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = DIGITS.indexOf(event.code); // by place, so that AZERTY needs no shift
  const choice = reasons.querySelectorAll('input[name="reason"]')[at];
  if (at >= 0 && choice) {
    event.preventDefault();
    choice.checked = true;
    reasons.close("reject");
  } else if (event.key === "Enter" && event.target.matches('input[name="reason"]')) {
    event.preventDefault();
    reasons.close("reject");
  }
}

/* --- keys ------------------------------------------------------------------------------- */

const inQueue = {
  j: () => move(1), ArrowDown: () => move(1),
  k: () => move(-1), ArrowUp: () => move(-1),
  a: () => current && decide(current, "approve"),
  r: () => current && isOpen(current) && chooseReason(current, current.querySelector(".words").textContent),
  s: () => current && skip(current),
  u: () => undo(last),
  Enter: () => { if (current && isOpen(current)) location.assign(`/console/cases/${current.dataset.case}`); },
  "?": () => help.showModal(),
};

const submit = (order) => casePage.querySelector(`form[data-order="${order}"]`)?.requestSubmit();
const inCase = {
  a: () => submit("approve"),
  r: () => { if (casePage.dataset.open === "yes") chooseReason(casePage, casePage.querySelector(".words.full").textContent); },
  s: () => submit("skip"),
  u: () => (casePage.querySelector('form[data-order="undo"]') ? submit("undo") : say(page.nothing)),
  Escape: () => location.assign("/console/"),
  "?": () => help.showModal(),
};

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key.length === 1 && !"jk".includes(event.key)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  if (localStorage.getItem(KEYS_OFF) && event.key.length === 1) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const bound = (rows ? inQueue : inCase)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!bound) return;
  event.preventDefault();
  bound();
}

/* --- set-up ------------------------------------------------------------------------------ */

function localise(root) {
  const language = document.documentElement.lang;
  for (const time of root.querySelectorAll("time[data-moment]")) {
    time.textContent = new Date(time.dateTime).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  }
  for (const time of root.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
    const [n, unit] = seconds < 60 ? [seconds, "s"] : seconds < 3600 ? [Math.floor(seconds / 60), "min"]
      : seconds < 172800 ? [Math.floor(seconds / 3600), "h"] : [Math.floor(seconds / 86400), language === "en" ? "d" : "j"];
    time.textContent = time.dataset.since.replace("%", `${n}\u00a0${unit}`);
  }
}

function onQueueClick(event) {
  const row = event.target.closest(".row");
  if (!row) return;
  if (event.target.closest(".dismiss")) { drop(row); return; }
  if (event.target.closest("summary")) {
    event.preventDefault();
    chooseReason(row, row.querySelector(".words").textContent);
  }
}

function onQueueSubmit(event) {
  const row = event.target.closest(".row");
  const order = event.target.dataset.order;
  if (!row || !order) return;
  event.preventDefault();
  if (order === "undo") undo(row.dataset.case);
  else if (order === "skip") skip(row);
  else decide(row, order);
}

function setUpQueue() {
  rows.addEventListener("click", onQueueClick);
  rows.addEventListener("submit", onQueueSubmit);
  rows.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row && row !== current && isOpen(row)) mark(row, false);
  });
  document.getElementById("flash")?.addEventListener("submit", (event) => {
    event.preventDefault();
    undo(last);
  });
  mark(openRows()[0] || null, false);
  setInterval(() => localise(rows), 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) news(); });
  setTimeout(keepUpToDate, Number(page.pollS) * 1000);
}

function setUpCase() {
  const path = `/console/cases/${casePage.dataset.case}`;
  casePage.querySelector("summary.reject")?.addEventListener("click", (event) => {
    event.preventDefault();
    inCase.r();
  });
  if (casePage.dataset.open !== "yes" || casePage.dataset.claimed === "yes") return;
  send(`${path}/claim`).then((answer) => {
    const form = casePage.querySelector(".claim-form");
    if (answer.ok && form) form.hidden = true;
  });
  window.addEventListener("pagehide", () => send(`${path}/release`, {}, { keepalive: true }));
}

if (reasons) {
  document.addEventListener("keydown", onKey);
  reasons.addEventListener("keydown", reasonKey);
  reasons.addEventListener("close", reasonChosen);
  reasons.querySelector("[data-close]").addEventListener("click", () => reasons.close());
  const on = document.getElementById("keys-on");
  on.checked = !localStorage.getItem(KEYS_OFF);
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
}
localise(document);
if (rows) setUpQueue();
if (casePage) setUpCase();
