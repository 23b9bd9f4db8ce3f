// What is written is saved on the server, each text under its own address; and who else is here.
const form = document.body.dataset.form;
const texts = document.getElementById("script-texts")?.dataset ?? {};
let writing = 0;
for (const field of document.querySelectorAll("textarea[data-draft]")) {
  const note = field.form.querySelector("[data-draft-note]");
  let saved = field.value, timer = 0;
  const keep = async () => {
    clearTimeout(timer);
    const text = field.value;
    if (text === saved) return;
    const before = saved;
    saved = text;
    try {
      const sent = new URLSearchParams({ form, text, contact: field.form.elements.contact?.value ?? "" });
      const answer = await fetch(field.dataset.draft, { method: "PUT", body: sent, keepalive: true, redirect: "manual" });
      if (!answer.ok) throw answer.status;
      note.textContent = text.trim() ? texts.saved : "";
    } catch {
      saved = before;
      note.textContent = texts.notSaved;
    }
  };
  field.addEventListener("input", () => {
    writing = Date.now();
    clearTimeout(timer);
    timer = setTimeout(keep, 1000);
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  addEventListener("pagehide", keep);
  field.form.addEventListener("submit", () => {
    clearTimeout(timer);
    saved = field.value;
  });
}

const there = document.querySelector("[data-presence]");
const say = async () => {
  if (document.hidden) return;
  const doing = Date.now() - writing < 20000 ? "writing" : "looking";
  try {
    const sent = new URLSearchParams({ form, doing });
    const answer = await fetch(there.dataset.presence, { method: "POST", body: sent, redirect: "manual" });
    if (!answer.ok) return;
    const text = await answer.text();
    if (text.trim() !== there.innerHTML.trim()) there.innerHTML = text;
  } catch {
    // Who is here is not known then; it is asked again.
  }
};
if (there) {
  say();
  setInterval(say, 20000);
  document.addEventListener("visibilitychange", say);
}
