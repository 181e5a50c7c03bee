// The roll-call: every code that camera, gun or keys bring is one small request, answered in one line. Without a
// network a scan is kept on this device with its time, shown in amber, and sent when the network is back.

import { beep } from "./beep.js";
import {
  PREFIX_SIGNS, dropScan, keepPage, keepRoster, keepScan, rosterOf, sha256, waitingScans, wipeOld,
} from "./roll-call-store.js";

const form = document.querySelector("form[data-keep]");
const list = document.querySelector("[data-calls]");
const words = list.dataset;
const box = form.querySelector("input[data-gun]");
const blank = document.querySelector("template[data-kept]");
const MICRO = 1000;
const MOST = 60;
const AGAIN_MS = 10_000;
const GIVE_UP_MS = 8000;
const page = location.pathname;
let roster;
let turn = Promise.resolve();
let sending = false;

const says = (text) => { document.querySelector("[data-network]").textContent = text; };
const purpose = () => form.querySelector("[name=purpose]:checked")?.value ?? "in";

function show(row) {
  list.prepend(row);
  while (list.children.length > MOST) list.lastElementChild.remove();
  beep(row.dataset.sound);
}

async function call(code) {
  const body = new URLSearchParams(new FormData(form));
  body.set("code", code);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
  let answer;
  try {
    const headers = { "HX-Request": "true" };
    answer = await fetch(form.action, { method: "POST", body, headers, cache: "no-store", signal: giveUp.signal });
    if (answer.status >= 500 || answer.redirected) throw new Error(String(answer.status));
  } catch { await keep(code); return; } finally { clearTimeout(timer); }
  const got = new DOMParser().parseFromString(await answer.text(), "text/html");
  const row = got.querySelector(".call");
  if (!row) { location.reload(); return; } // signed out meanwhile: the page itself says what to do
  show(document.importNode(row, true));
  const count = got.querySelector("[data-here]");
  if (count) document.querySelector("[data-here]").textContent = count.textContent;
}

/** The token of an address, or the text itself, as the server reads it. */
function token(code) {
  const plain = code.normalize("NFKC").trim().toUpperCase();
  return decodeURIComponent(/\/Q\/([^/?#\s]*)/.exec(plain)?.[1] ?? plain);
}

async function keep(code) {
  const text = token(code);
  const isCard = /^[A-Z2-7]{29}$/.test(text);
  const hash = await sha256(text);
  const at = Date.now();
  const scan = {
    nonce: crypto.randomUUID(), shift: words.shift, purpose: purpose(), device_at: at * MICRO, offset: roster?.offset ?? null,
    card_hash: isCard ? hash : "", text: isCard ? "" : text.slice(0, 512),
  };
  await keepScan(scan);
  const name = isCard ? roster?.names[hash.slice(0, PREFIX_SIGNS)] : "";
  const row = blank.content.firstElementChild.cloneNode(true);
  row.dataset.nonce = scan.nonce;
  row.querySelector("[data-name]").textContent = name || (isCard ? words.unknown : text.slice(0, 12));
  row.querySelector("[data-at]").textContent = new Date(at).toTimeString().slice(0, 5);
  show(row);
  await sayWaiting();
}

async function sayWaiting() {
  const count = (await waitingScans()).length;
  if (count) says(words.waiting.replace("{n}", count));
  else says(roster ? words.ready : "");
  return count;
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    const waiting = await waitingScans();
    for (const shift of new Set(waiting.map((each) => each.shift))) {
      const those = waiting.filter((each) => each.shift === shift).slice(0, MOST);
      const scans = JSON.stringify(those.map(({ shift: _, ...rest }) => rest));
      const body = new URLSearchParams({ csrf: form.querySelector("[name=csrf]").value, sent_at: Date.now() * MICRO, scans });
      const answer = await fetch(`/shifts/${shift}/stored-scans`, { method: "POST", body, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      for (const each of (await answer.json()).items) { await dropScan(each.nonce); judged(each); }
    }
  } catch {
    // Still no network, or signed out: they wait, and nothing is lost.
  } finally { sending = false; }
  if (await sayWaiting() === 0) document.querySelector("[data-look]").hidden = !list.querySelector(".judged.orange");
}

function judged({ nonce, kind, word }) {
  const row = list.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`);
  if (!row) return;
  row.className = `call judged ${kind}`;
  row.querySelector("[data-word]").textContent = word;
  row.querySelector("[data-says]").textContent = kind === "green" ? "" : words.doubt;
}

async function getReady() {
  await wipeOld(Date.now());
  roster = await rosterOf(words.shift);
  try {
    const asked = Date.now();
    const answer = await fetch(`/shifts/${words.shift}/device-roster`, { cache: "no-store" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const { names, kept_until: until, now } = await answer.json();
    const offset = now - Math.round((asked + Date.now()) / 2) * MICRO;
    roster = { shift: words.shift, page, names, until: (until - offset) / MICRO, offset };
    await keepRoster(roster);
    await Promise.all([keepPage(page), navigator.serviceWorker?.register("/sw.js").then(() => navigator.serviceWorker.ready)]);
    setTimeout(() => wipeOld(Date.now()), Math.max(0, Math.min(roster.until - Date.now() + 1000, 2 ** 31 - 1)));
  } catch {
    // Without a network the roster of before serves; without storage the roll-call needs the network.
  }
  await send();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = box.value.trim();
  box.value = "";
  if (code) turn = turn.then(() => call(code)).catch(() => {});
});
window.addEventListener("online", () => send());
setInterval(() => { if (navigator.onLine) waitingScans().then((those) => { if (those.length) send(); }, () => {}); }, AGAIN_MS);
if (words.running) getReady().catch(() => {});
