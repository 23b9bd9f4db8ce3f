// Lists: from a ticket to the next one of the list that one came from; ticking, and how many are ticked.
const texts = document.getElementById("script-texts")?.dataset ?? {};
const here = location.pathname;
const rowsOf = () => [...document.querySelectorAll("[data-row]")].map((one) => one.dataset.row).filter((one) => one.startsWith("/"));
const keep = () => {
  const keys = rowsOf();
  if (keys.length) sessionStorage.setItem("list", JSON.stringify({ at: here + location.search, keys, name: document.querySelector("h1").textContent.trim() }));
};
const walk = () => {
  const list = JSON.parse(sessionStorage.getItem("list") ?? "null");
  const number = list ? list.keys.indexOf(here) : -1;
  const bar = document.querySelector("[data-walk]");
  if (number < 0 || !bar) return;
  const link = (address, text, key, name) => {
    const one = document.createElement("a");
    one.href = address;
    one.textContent = text;
    one.dataset.key = key;
    one.dataset.name = name;
    one.title = `[${key}]`;
    bar.append(one, " ");
  };
  link(list.at, `‹ ${list.name} (${number + 1}/${list.keys.length})`, "u", list.name);
  if (number > 0) link(list.keys[number - 1], texts.previous, "[", texts.previous);
  const next = list.keys[number + 1];
  if (next) link(next, texts.next, "]", texts.next);
  bar.hidden = false;
  const then = document.querySelector("[data-finished]")?.dataset.finished;
  if (then === "back" || (then === "next" && !next)) location.replace(list.at);
  else if (then === "next") location.replace(next);
};
if (document.querySelector("[data-list]")) {
  keep();
  document.addEventListener("swapped", keep);
} else walk();

const bulk = document.querySelector("[data-bulk]");
let last = null;
const count = () => {
  const number = document.querySelectorAll("[data-row] input:checked").length;
  bulk.querySelector("[data-count]").textContent = number ? texts.chosen.replace("#", number) : texts.noneChosen;
};
if (bulk) {
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-row] input[type=checkbox]");
    if (!box) return;
    const all = [...document.querySelectorAll("[data-row] input[type=checkbox]")];
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    count();
  });
  document.addEventListener("swapped", count);
  count();
}
