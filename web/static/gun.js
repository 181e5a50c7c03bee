// A scanner gun is a keyboard: keep its box ready, fold what an input method made of the digits, and catch what it
// types while the focus is elsewhere. Marked by data-gun on the input; everything works by typing without this.

const FAST_MS = 35;
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

/** Keep the last run of fast keys; anything slower is a person. */
function watchKeys() {
  let run = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target === box || event.ctrlKey || event.altKey || event.metaKey) return;
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (event.key === "Enter") {
      const scanned = gap < FAST_MS && run.length >= SHORTEST ? run : "";
      run = "";
      if (!scanned) return;
      event.preventDefault();
      submit(scanned);
    } else if (event.key.length === 1) {
      run = gap < FAST_MS ? run + event.key : event.key;
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
