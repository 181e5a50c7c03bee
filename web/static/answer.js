// The sound of a big answer: once when it comes, also when it takes the place of another without a new page.

import { beep } from "./beep.js";

let heard = "";

function sound() {
  const answer = document.querySelector(".answer[data-sound]");
  const word = answer?.querySelector("h1, .answer-word")?.textContent ?? "";
  if (word && word !== heard) beep(answer.dataset.sound);
  heard = word;
}

document.addEventListener("htmx:afterSwap", sound);
sound();
