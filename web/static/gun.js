// A scanner gun is a keyboard: keep its box ready, fold what an input method made of the digits, and catch what it
// types while the focus is elsewhere. Marked by data-gun on the input; everything works by typing without this.

const FAST_MS = 35; // on average, from the first key to Enter
const PAUSE_MS = 150;
const SHORTEST = 8;

const box = document.querySelector("input[data-gun]");

/** Full-width characters (１２３, ＡＢＣ) become plain ones; blanks at the ends go. */
export function fold(text) {
  return text.normalize("NFKC").replace(/[\u0000-\u001f\u007f]/g, "").trim();
}

function isTyping(target) {
  return target !== box && target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
}

function submit(text) {
  box.value = fold(text);
  if (box.value) box.form.requestSubmit ? box.form.requestSubmit() : box.form.submit();
}

/** Keep the last run of keys; on the whole faster than any person types, it was a gun. */
function watchKeys() {
  let run = "";
  let began = 0;
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target === box || event.ctrlKey || event.altKey || event.metaKey) return;
    const fresh = event.timeStamp - last > PAUSE_MS;
    last = event.timeStamp;
    if (event.key === "Enter") {
      const fast = run !== null && run.length >= SHORTEST && (last - began) / run.length < FAST_MS;
      const scanned = fast && !fresh ? run : "";
      run = "";
      if (!scanned) return;
      event.preventDefault();
      submit(scanned);
    } else if (event.key.length === 1 && !event.isComposing) {
      if (fresh || run === "") [run, began] = [event.key, last];
      else if (run !== null) run += event.key;
    } else if (event.key !== "Shift") {
      run = null; // an input method ate a key: half a code is worse than none
    }
  }, true);
}

function keepReady() {
  const ready = () => {
    if (!isTyping(document.activeElement ?? document.body)) box.focus({ preventScroll: true });
  };
  document.addEventListener("pointerup", (event) => {
    if (!event.target.closest("a, button, label, summary, input, select, textarea, video")) setTimeout(ready, 50);
  });
  document.addEventListener("htmx:after:swap", () => setTimeout(ready, 0));
  window.addEventListener("focus", ready);
}

if (box) {
  box.form.addEventListener("submit", () => { box.value = fold(box.value); }, true);
  watchKeys();
  keepReady();
}
