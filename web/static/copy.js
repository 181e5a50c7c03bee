// <p data-copy="ID" data-copied="…" hidden><button> <span role=status>: copies a readonly field; by hand it can always be.

document.querySelectorAll("[data-copy]").forEach((place) => {
  const field = document.getElementById(place.dataset.copy);
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    field.focus();
    field.select();
    // Old browsers, and pages without https, have no clipboard of their own.
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
      : document.execCommand("copy");
    if (copied) place.querySelector("[role=status]").textContent = place.dataset.copied;
  });
});
