// Single letters, each of which presses or focuses something that the page shows: `[data-key]`.
const body = document.body;
const words = document.getElementById("script-texts")?.dataset ?? {};
const keyed = (key) => [...document.querySelectorAll("[data-key]")]
  .find((one) => one.dataset.key === key && (one.dataset.says || one.getClientRects().length));
const FIELD = "input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]";
let begun = "", begunAt = 0;

const rows = () => [...document.querySelectorAll("[data-row] a[href]")]
  .filter((one) => one === one.closest("[data-row]").querySelector("a[href]"));
const row = () => document.activeElement?.closest("[data-row]");
const step = (by) => {
  const all = rows(), here = all.findIndex((one) => one.closest("[data-row]") === row());
  all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))]?.focus();
};
const ROW_KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => row()?.querySelector("a[href]")?.click(),
  x: () => row()?.querySelector("input[type=checkbox]")?.click(),
};
const SAME = { ArrowDown: "j", ArrowUp: "k" };

const press = (one) => {
  if (one.dataset.says) return ROW_KEYS[one.dataset.key]?.();
  if (one.matches(FIELD)) return one.focus();
  if (!one.matches("summary")) return one.click();
  one.parentElement.open = true;
  one.parentElement.querySelector(FIELD + ",button")?.focus();
};

const help = () => {
  document.getElementById("keys")?.remove();
  const box = document.createElement("dialog"), list = document.createElement("dl");
  box.id = "keys";
  const heading = document.createElement("h2");
  heading.textContent = words.keys;
  for (const one of document.querySelectorAll("[data-key]")) {
    if (keyed(one.dataset.key) !== one) continue;
    const line = document.createElement("div"), key = document.createElement("kbd");
    const term = document.createElement("dt"), name = document.createElement("dd");
    key.textContent = one.dataset.key;
    name.textContent = one.dataset.says || one.dataset.name || one.getAttribute("aria-label")
      || (one.labels?.[0] ?? one).textContent.trim().replace(/\s+/g, " ").slice(0, 80);
    term.append(key);
    line.append(term, name);
    list.append(line);
  }
  const close = document.createElement("button");
  close.textContent = words.close;
  close.addEventListener("click", () => box.close());
  box.append(heading, list, close);
  box.setAttribute("aria-label", words.keys);
  body.append(box);
  box.showModal();
};
for (const one of document.querySelectorAll("[data-key='?']")) {
  one.hidden = false;
  one.addEventListener("click", help);
}

document.addEventListener("keydown", (event) => {
  const target = event.target, types = target.matches?.(FIELD);
  if (event.defaultPrevented || event.isComposing || event.repeat && types) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    if (event.key === "k") document.getElementById("find")?.focus();
    else if (event.key === "Enter" && target.form) target.form.requestSubmit();
    else return;
    event.preventDefault();
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) return;
  if (event.key === "Escape" && types) return target.blur();
  if (body.dataset.keys !== "on" || types || document.querySelector("dialog[open]")) return;
  const key = SAME[event.key] ?? event.key;
  const pair = begun && event.timeStamp - begunAt < 1500 ? `${begun} ${key}` : "";
  begun = "";
  const found = (pair && keyed(pair)) || keyed(key);
  if (found) {
    event.preventDefault();
    press(found);
  } else if (key === "g") {
    [begun, begunAt] = [key, event.timeStamp];
  }
});

if (body.dataset.keys === "on") {
  for (const one of document.querySelectorAll("[data-key]")) {
    if (!one.dataset.says) one.setAttribute("aria-keyshortcuts", one.dataset.key);
    if (!one.dataset.says && !one.title) one.title = `[${one.dataset.key}]`;
  }
}
