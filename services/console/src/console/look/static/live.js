// Parts of the page are asked for again when something has changed; never under somebody's hand.
const parts = () => [...document.querySelectorAll("[data-part]")];
const bar = document.querySelector("[data-live]");
const say = document.getElementById("script-texts")?.dataset ?? {};
const stale = new Map(), waiting = new Map();
const CHANNEL = new BroadcastChannel("opsdesk");
let paused = false, blind = null, away = false, source = null, letGo = () => {};

const status = () => {
  const state = paused ? say.paused : away ? say.away : blind === null ? "" : blind ? say.blind : say.seeing;
  const line = bar.querySelector("[role=status]");
  if (line.textContent !== state) line.textContent = state;
};
// What differs only in how much time is left is the same.
const meaning = (part) => {
  const copy = part.cloneNode(true);
  for (const one of copy.querySelectorAll("time,.left,.when,meter,[data-moves]")) one.remove();
  return copy;
};
const lines = (part) => {
  const found = new Map([...part.querySelectorAll("[data-row]")].map((one) => [one.dataset.row, meaning(one).textContent]));
  return found.size ? found : new Map([["", meaning(part).textContent]]);
};
const differences = (before, after) => {
  const [was, is] = [lines(before), lines(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key)).length;
};
const isBusy = (part) => part.matches(":hover") || part.contains(document.activeElement)
  || part.querySelector("input:checked,dialog[open]");

const swap = (part, fresh) => {
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  [...fresh.querySelectorAll("details")].forEach((one, number) => { one.open ||= open[number] ?? false; });
  drop(part.id);
  part.replaceWith(fresh);
  document.dispatchEvent(new Event("swapped"));
};
const drop = (id) => {
  waiting.get(id)?.notice.remove();
  waiting.delete(id);
};
const hold = (part, fresh, number) => {
  drop(part.id);
  const notice = document.createElement("p"), show = document.createElement("button");
  notice.className = "changed";
  notice.setAttribute("role", "status");
  notice.append((number === 1 ? say.changedOne : say.changed).replace("#", number), " ", show);
  show.textContent = say.show;
  show.className = "second";
  show.addEventListener("click", () => {
    const here = document.getElementById(part.id);
    swap(here, fresh);
    fresh.tabIndex = -1;
    fresh.focus();
  });
  part.before(notice);
  waiting.set(part.id, { notice });
};

const refresh = async (part) => {
  stale.delete(part.id);
  let text;
  try {
    const answer = await fetch(part.dataset.part, { redirect: "manual" });
    if (!answer.ok) throw answer.status;
    text = await answer.text();
    away = false;
  } catch {
    away = true;
    return status();
  }
  status();
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
  const here = document.getElementById(part.id);
  if (!fresh || !here) return;
  const number = differences(here, fresh);
  if (!isBusy(here)) swap(here, fresh);
  else if (number) hold(here, fresh, number);
};
const ask = (part) => {
  if (paused || document.hidden) stale.set(part.id, part);
  else if (!stale.has(part.id)) {
    stale.set(part.id, part);
    setTimeout(() => (paused || document.hidden ? 0 : refresh(document.getElementById(part.id))), 100 + Math.random() * 500);
  }
};
const askAll = () => parts().forEach(ask);
const hear = ({ event, names }) => {
  if (event === "changed") {
    for (const part of parts()) {
      if (part.dataset.hints.split(" ").some((one) => names.includes(one))) ask(part);
    }
    return;
  }
  blind = event === "blind";
  status();
};
CHANNEL.onmessage = ({ data }) => hear(data);

const tell = (message) => {
  hear(message);
  CHANNEL.postMessage(message);
};
// One stream a browser: who holds the lock listens for all; a hidden page lets go.
const inTurn = (run) => (navigator.locks ? navigator.locks.request("opsdesk-live", run) : run());
const listen = () => inTurn(() => new Promise((resolve) => {
  if (document.hidden) return resolve();
  letGo = () => {
    source.close();
    letGo = () => {};
    resolve();
  };
  source = new EventSource("/live");
  source.addEventListener("seeing", () => tell({ event: "seeing" }));
  source.addEventListener("blind", () => tell({ event: "blind" }));
  source.addEventListener("changed", ({ data }) => tell({ event: "changed", names: JSON.parse(data) }));
  source.onerror = () => {
    tell({ event: "blind" });
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { letGo(); if (!document.hidden) listen(); }, 30000);
  };
}));

if (bar && parts().length) {
  bar.hidden = false;
  bar.querySelector("[data-pause]").addEventListener("click", ({ currentTarget }) => {
    paused = !paused;
    currentTarget.textContent = paused ? say.resume : say.pause;
    status();
    if (!paused) { stale.clear(); askAll(); }
  });
  status();
  listen();
  // What nobody waits for is asked for once the page is there.
  parts().filter((one) => "later" in one.dataset).forEach(ask);
  // Without hints every 30 seconds, else once a minute, as what is left of a promise runs down.
  let beats = 0;
  setInterval(() => { if (++beats % 2 === 0 || blind) { stale.clear(); askAll(); } }, 30000);
  // What a service did not say is asked for again sooner than what only runs down.
  setInterval(() => parts().filter((one) => one.querySelector("[data-missing]")).forEach(ask), 10000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return letGo();
    stale.clear();
    askAll();
    listen();
  });
}
