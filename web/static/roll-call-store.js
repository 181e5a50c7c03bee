// What a device keeps for a roll-call without a network: per shift a roster of card-hash beginnings with masked names,
// and the scans that wait to be sent. A card is kept as its SHA-256; the roster goes when the shift is over.

const NAME = "roll-call";
const PAGES = "roll-call-pages";
export const PREFIX_SIGNS = 16;

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("rosters", { keyPath: "shift" });
      asked.result.createObjectStore("scans", { keyPath: "nonce" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function inStore(store, mode, act) {
  const base = await opened();
  try {
    return await new Promise((done, failed) => {
      const work = base.transaction(store, mode);
      const asked = act(work.objectStore(store));
      work.oncomplete = () => done(asked.result);
      work.onerror = work.onabort = () => failed(work.error);
    });
  } finally { base.close(); }
}

export const keepRoster = (roster) => inStore("rosters", "readwrite", (store) => store.put(roster));
export const rosterOf = (shift) => inStore("rosters", "readonly", (store) => store.get(shift));
export const keepScan = (scan) => inStore("scans", "readwrite", (store) => store.put(scan));
export const dropScan = (nonce) => inStore("scans", "readwrite", (store) => store.delete(nonce));
export const waitingScans = () => inStore("scans", "readonly", (store) => store.getAll());

/** Keep a page for when there is no network. */
export async function keepPage(address) { await (await caches.open(PAGES)).add(address); }

/** Wipe every roster whose time is over, and the pages with it. */
export async function wipeOld(now) {
  const old = (await inStore("rosters", "readonly", (store) => store.getAll())).filter((each) => each.until < now);
  for (const each of old) {
    await inStore("rosters", "readwrite", (store) => store.delete(each.shift));
    await (await caches.open(PAGES)).delete(each.page);
  }
}

/** Return the SHA-256 of a text in hexadecimal. */
export async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0")).join("");
}
