// The service worker (/sw.js; FILES and SHELL come before this text): it keeps the files of the roll-call page and of the desk's
// page without a network, and shows a kept one when there is none. It keeps no other page, and forgets these when somebody
// signs out.

const PAGES = "roll-call-pages";
const DESK = "/desk";
const DESK_OFFLINE = "/desk/offline"; // what stands in for the desk: it names nobody
const ROLL_CALL = /^\/shifts\/\d+\/roll-call$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("shell-") && name !== FILES).map((name) => caches.delete(name)),
  ));
  event.waitUntil(old.then(() => self.clients.claim()));
});

/** Rosters and kept pages go; scans that were not sent yet stay: they name nobody, and nothing is to be lost. */
function forget() {
  return new Promise((done) => {
    const asked = indexedDB.open("roll-call");
    asked.onerror = done;
    asked.onsuccess = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains("rosters")) { base.close(); indexedDB.deleteDatabase("roll-call"); done(); return; }
      const work = base.transaction("rosters", "readwrite");
      work.objectStore("rosters").clear();
      work.oncomplete = work.onerror = () => { base.close(); done(); };
    };
  }).then(() => caches.delete(PAGES));
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (event.request.method === "POST" && address.pathname === "/sign-out") event.waitUntil(forget());
  if (event.request.method !== "GET") return;
  const path = address.pathname + address.search;
  if (SHELL.includes(path)) {
    event.respondWith(caches.match(path).then((kept) => kept ?? fetch(event.request)));
  } else if (event.request.mode === "navigate" && (ROLL_CALL.test(address.pathname) || [DESK, DESK_OFFLINE].includes(address.pathname))) {
    event.respondWith(fetch(event.request).catch(async (gone) => {
      const name = address.pathname === DESK ? DESK_OFFLINE : address.pathname;
      const kept = await (await caches.open(PAGES)).match(name);
      if (kept) return kept;
      throw gone;
    }));
  }
});
