// <p data-print hidden><button>: a button that prints the page; without scripts the browser's own menu does it.

document.querySelectorAll("[data-print]").forEach((place) => {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
});
