// Draws what the stream tells. Everything from outside goes in as text, never as markup.
"use strict";

const LIGHTS = {none: "– nothing promised", green: "✓ on track", amber: "▲ at risk", red: "✕ breached"};
const WORST = ["none", "green", "amber", "red"];
const SOON = 60 * 60 * 1000;
const SILENCE = 40 * 1000; // two heartbeats and a bit
const AGAIN = 15 * 1000;

const find = (id) => document.getElementById(id);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit", second: "2-digit"});
const near = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
const far = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});

let source = null;
let receivedAt = 0; // by our own clock
let ahead = 0; // how far the server's clock is ahead of ours
let before = null; // the status drawn last

function cell(row, kind, text, light) {
  const made = row.appendChild(document.createElement(kind));
  made.textContent = text;
  if (light) made.className = light;
  return made;
}

function share(value) {
  return value === null ? "–" : `${(Math.floor(value * 100000) / 1000).toFixed(2)}%`;
}

function drawLine(body, line, only) {
  const row = body.insertRow();
  cell(row, "th", line.service ?? (only ? "all services" : "no service")).scope = "row";
  const tickets = cell(row, "td", line.tickets, line.tickets ? "" : "none");
  tickets.title = line.is_promised ? `${line.open} open promises` : "nothing is promised";
  cell(row, "td", line.at_risk, line.at_risk ? "amber" : "none");
  cell(row, "td", line.breached, line.breached ? "red" : "none");
  cell(row, "td", line.excused, line.excused ? "" : "none").title = "breaches that were approved beforehand";
  const available = cell(row, "td", share(line.availability), line.met === false ? "red" : "");
  if (line.promised !== null) available.title = `promised: ${share(line.promised)}`;
}

function drawNext(paragraph, lines) {
  const instants = lines.map((line) => line.next_at).filter((at) => at !== null).sort();
  if (!instants.length) {
    paragraph.textContent = "No deadline ahead.";
    return;
  }
  const at = new Date(instants[0]);
  const time = document.createElement("time");
  time.dateTime = instants[0];
  paragraph.replaceChildren("Next deadline ", time);
  drawTime(paragraph, time, at);
}

function drawTime(paragraph, time, at) {
  const left = at - (Date.now() + ahead);
  const sameDay = new Date(Date.now() + ahead).toDateString() === at.toDateString();
  time.textContent = `${(sameDay ? near : far).format(at)}, ${lasting(left)}`;
  paragraph.classList.toggle("soon", left < SOON);
}

function lasting(left) {
  if (left <= 0) return "now";
  const minutes = Math.ceil(left / 60000);
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10) return `in ${hours} h ${minutes % 60} min`;
  if (hours < 48) return `in ${hours} h`;
  return `in ${Math.round(hours / 24)} days`;
}

function drawCustomer(lines) {
  const card = find("customer").content.firstElementChild.cloneNode(true);
  const light = WORST[Math.max(...lines.map((line) => WORST.indexOf(line.rag_status)))];
  card.dataset.light = light;
  card.querySelector(".name").textContent = lines[0].name;
  const lamp = card.querySelector(".light");
  lamp.textContent = LIGHTS[light];
  lamp.dataset.light = light;
  const body = card.querySelector("tbody");
  for (const line of lines) drawLine(body, line, lines.length === 1);
  drawNext(card.querySelector(".next"), lines);
  return card;
}

function byCustomer(lines) {
  const found = new Map();
  for (const line of lines) {
    if (!found.has(line.customer)) found.set(line.customer, []);
    found.get(line.customer).push(line);
  }
  return found;
}

function draw(status) {
  const was = before && byCustomer(before.lines);
  const cards = [];
  const now = byCustomer(status.lines);
  for (const [customer, lines] of now) {
    const card = drawCustomer(lines);
    const same = was && JSON.stringify(was.get(customer)) === JSON.stringify(lines);
    card.classList.toggle("changed", Boolean(was) && !same);
    cards.push(card);
  }
  find("customers").replaceChildren(...cards);
  for (const box of document.querySelectorAll("[data-total]")) {
    const count = status[box.dataset.total];
    box.querySelector("dd").textContent = count;
    box.classList.toggle("some", count > 0);
  }
  find("totals").hidden = now.size < 2;
  document.title = status.breached ? `(${status.breached} breached) Promises` : "Promises – OpsDesk";
  tell(status);
  before = status;
}

// For ears: what got worse, in one sentence, and no table read aloud again.
function tell(status) {
  if (before && before.breached === status.breached && before.at_risk === status.at_risk) return;
  find("news").textContent =
    `${status.tickets} tickets open with ${status.open} promises, ${status.at_risk} at risk, ${status.breached} breached.`;
}

function markLive() {
  receivedAt = Date.now();
  show("live");
}

function show(state) {
  const connection = find("connection");
  connection.dataset.state = state;
  const at = before ? clock.format(new Date(receivedAt + ahead)) : "";
  const texts = {live: `live, ${at}`, waiting: "Connecting …", lost: at ? `Not connected; as of ${at}` : "Not connected"};
  if (connection.textContent !== texts[state]) connection.textContent = texts[state];
}

function listen() {
  if (source) source.close();
  source = new EventSource("/v1/status/stream");
  source.addEventListener("status", (event) => {
    const status = JSON.parse(event.data);
    ahead = new Date(status.at) - Date.now();
    receivedAt = Date.now();
    find("session").hidden = true;
    find("leave").hidden = false;
    draw(status);
    markLive();
  });
  source.addEventListener("beat", markLive);
  source.onerror = () => {
    show("lost");
    if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    forget();
    setTimeout(() => source?.readyState === EventSource.CLOSED && listen(), AGAIN);
  };
}

// The token has ended: what it showed must not stay for whoever comes by next.
function forget() {
  before = null;
  find("customers").replaceChildren();
  for (const box of document.querySelectorAll("[data-total] dd")) box.textContent = "–";
  find("totals").hidden = true;
  find("news").textContent = "";
  document.title = "Promises – OpsDesk";
  find("leave").hidden = true;
  find("session").hidden = false;
  show("lost");
}

async function leave() {
  source.close();
  source = null;
  forget();
  const answer = await fetch("/v1/status/session", {method: "DELETE"}).catch(() => null);
  // 401: the session had ended by itself.
  if (answer?.ok || answer?.status === 401) return find("token").focus();
  find("refused").textContent = "The server did not answer: close this window to end the session.";
}

async function enter(token) {
  const answer = await fetch("/v1/status/session", {
    method: "POST", headers: {Authorization: `Bearer ${token}`},
  });
  if (answer.ok) return listen();
  const problem = await answer.json().catch(() => ({}));
  find("refused").textContent = problem.detail ?? `The server answered ${answer.status}.`;
  find("session").hidden = false;
}

find("zone").textContent = zone;
find("session").addEventListener("submit", (event) => {
  event.preventDefault();
  find("refused").textContent = "";
  enter(find("token").value.trim());
  find("token").value = "";
});
find("leave").addEventListener("click", leave);
setInterval(() => {
  if (Date.now() - receivedAt > SILENCE && before) show("lost");
  if (!before) return;
  for (const time of document.querySelectorAll(".next time")) {
    drawTime(time.parentElement, time, new Date(time.dateTime));
  }
}, 10 * 1000);

// `opsdesk status --page` hands the token over behind the #, which never reaches a server's log.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  history.replaceState(null, "", location.pathname);
  enter(given);
} else {
  listen();
}
