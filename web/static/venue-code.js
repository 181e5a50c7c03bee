// The code on the organiser's screen: fetch its fragment every few seconds and keep the screen awake.
// <div data-venue-code="/shifts/1/code" data-every="8" data-offline="…">; without scripts a meta refresh reloads the page.

const SECOND = 1000;
const SLOWEST = 5;

async function keepAwake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible") return;
  await navigator.wakeLock.request("screen").catch(() => {});
}

function start(place) {
  const { venueCode: address, every, offline } = place.dataset;
  const says = document.querySelector("[data-venue-says]");
  let waiting;
  let shown = Date.now();

  async function refresh() {
    clearTimeout(waiting);
    try {
      // A code for one person: the server says whether the one that is shown was used.
      const mark = place.querySelector("[data-mark]")?.dataset.mark;
      const asked = mark ? `${address}${address.includes("?") ? "&" : "?"}seen=${mark}` : address;
      const answer = await fetch(asked, { headers: { "HX-Request": "true" }, cache: "no-store", credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      if (answer.status !== 204) place.innerHTML = await answer.text();
      shown = Date.now();
      place.classList.remove("stale");
      if (says) says.textContent = "";
    } catch {
      // An old code would be refused at the door: better to say so than to let people scan it.
      if (Date.now() - shown > SLOWEST * every * SECOND) place.classList.add("stale");
      if (says) says.textContent = offline;
    }
    waiting = setTimeout(refresh, every * SECOND);
  }

  waiting = setTimeout(refresh, every * SECOND);
  keepAwake();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    keepAwake();
    refresh();
  });
  place.addEventListener("click", () => { document.fullscreenElement || document.documentElement.requestFullscreen?.().catch(() => {}); });
}

document.querySelectorAll("[data-venue-code]").forEach(start);
