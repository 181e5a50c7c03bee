// Keys at the counter, for a clerk without a free hand: Enter in the empty box confirms, − takes the last line off,
// 1 and 2 answer a question, Esc goes back. Buttons say which key is theirs by data-act; without this they are pressed.

const SETTLE_MS = 500; // A gun may send a second Enter after the first: too early to mean anything.
const ALONE_MS = 150; // A gun's first sign is followed by others; a person's single key is not.
const KEYS = { "-": "-", "−": "-", "–": "-", "1": "1", "2": "2" };

const box = document.querySelector("input[data-gun]");
// Not imported from gun.js: under another address that module would watch the keys a second time.
const fold = (text) => text.normalize("NFKC").trim();
const act = (name) => document.querySelector(`[data-act="${name}"]:not([disabled])`);
let alone = 0;

function enter(event) {
  if (event.target !== box || fold(box.value) || event.isComposing) return;
  event.preventDefault();
  if (!event.repeat && performance.now() > SETTLE_MS) act("enter")?.click();
}

function escape() {
  if (box.value) box.value = "";
  else act("2")?.click();
}

// A gun that ends with two Enters, or an impatient one, sends its text once.
function sendOnce(form) {
  let sent = false;
  form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
}

if (box) {
  sendOnce(box.form);
  if (box.defaultValue) box.form.requestSubmit?.();
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") enter(event);
    else if (event.key === "Escape") escape();
  });
  box.addEventListener("input", () => {
    clearTimeout(alone);
    const name = KEYS[fold(box.value)];
    if (!name || !act(name)) return;
    alone = setTimeout(() => { box.value = ""; act(name).click(); }, ALONE_MS);
  });
}

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
