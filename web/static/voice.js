// The counter says aloud what was just scanned and what is left, where the browser has a voice. Off until switched on;
// the choice stays in this browser.

const KEY = "counter-voice";
const button = document.querySelector("[data-voice]");
const counter = document.querySelector("[data-counter]");
const voice = window.speechSynthesis;
let said = document.querySelector("[data-aloud]")?.dataset.aloud;

const on = () => localStorage.getItem(KEY) === "1";
const label = () => { button.setAttribute("aria-pressed", on() ? "true" : "false"); };

function speak(text) {
  if (!on() || !text || text === said) return;
  voice.cancel();
  voice.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: document.documentElement.lang }));
}

if (button && voice) {
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, on() ? "0" : "1");
    label();
  });
  if (counter) new MutationObserver(() => {
    const text = document.querySelector("[data-aloud]")?.dataset.aloud ?? "";
    speak(text);
    said = text;
  }).observe(counter, { attributes: true, attributeFilter: ["data-turn"] });
}
