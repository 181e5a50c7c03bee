// The kiosk greets each arrival over the code: on the screen, and aloud where the browser has a voice, else by a sound.
// After some seconds the name is gone again.

import { beep } from "./beep.js";

const ASK_MS = 1500;
const SHOWN_MS = 6000;
const kiosk = document.querySelector("[data-kiosk]");
const place = kiosk.querySelector("[data-greeting]");
const button = kiosk.querySelector("[data-sound]");
let after = kiosk.dataset.after;

function aloud(text) {
  const voice = window.speechSynthesis;
  if (!voice?.getVoices().length) { beep("ok"); return; }
  const said = Object.assign(new SpeechSynthesisUtterance(text), { lang: document.documentElement.lang });
  voice.cancel();
  voice.speak(said);
}

async function ask() {
  let next = ASK_MS;
  try {
    const answer = await fetch(`${kiosk.dataset.kiosk}?after=${after}`, { cache: "no-store" });
    if (answer.status === 200 && !answer.redirected) {
      place.innerHTML = await answer.text();
      const greeting = place.firstElementChild;
      after = greeting.dataset.scan;
      aloud(greeting.dataset.aloud);
      setTimeout(() => { if (place.firstElementChild === greeting) place.replaceChildren(); }, SHOWN_MS);
      next = ASK_MS * 2;
    }
  } catch {
    // No network: venue-code.js says so.
  }
  setTimeout(ask, next);
}

// Browsers stay silent until the page was touched once.
button.hidden = false;
button.addEventListener("click", () => { button.hidden = true; beep("ok"); });
setTimeout(ask, ASK_MS);
