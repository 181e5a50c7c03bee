// The property desk without a network: a scanned voucher is authentic or it is not, and nothing is taken. Whatever else
// there is to say about it only the server knows. Online, this keeps the page for later and shows what was noted down.

import { keepPage } from "./roll-call-store.js";

const NOTES = "desk-notes";
const AT = "/desk/noted";
const [TYPE, HEAD, SIGNATURE, MOST] = [0x41, 18, 64, 50];
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const checking = document.querySelector("[data-voucher-key]");
const noted = document.querySelector("[data-noted]");

async function notes() {
  const kept = await (await caches.open(NOTES)).match(AT);
  return kept ? kept.json() : [];
}

async function keep(list) {
  await (await caches.open(NOTES)).put(AT, new Response(JSON.stringify(list.slice(-MOST))));
  await showNotes();
}

async function showNotes() {
  const list = await notes();
  const blank = document.querySelector("template[data-note]");
  noted.hidden = !list.length;
  noted.querySelector("ul").replaceChildren(...list.map((each) => {
    const row = blank.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-what]").textContent = `${new Date(each.at).toLocaleString()} ${each.amount}`;
    const code = row.querySelector("[name=code]");
    if (code) code.value = each.token;
    row.querySelector("[data-drop]").addEventListener("click", async () => keep((await notes()).filter((one) => one.at !== each.at)));
    return row;
  }));
}

/** The bytes of a canonical base32 text, or null. */
function bytes(text) {
  let [bits, value] = [0, 0];
  const found = [];
  for (const sign of text) {
    const part = SIGNS.indexOf(sign);
    if (part < 0) return null;
    value = ((value << 5) | part) & 0xfff;
    bits += 5;
    if (bits >= 8) { bits -= 8; found.push((value >> bits) & 0xff); }
  }
  return bits < 5 && !(value & ((1 << bits) - 1)) ? Uint8Array.from(found) : null;
}

/** What a scanned text says: null where it is no voucher of this book, as the server judges too. */
async function read(token, { voucherKey, book }) {
  const all = bytes(token);
  const size = all ? all.length - SIGNATURE : 0;
  if (size <= HEAD || size > HEAD + 8 || all[0] !== TYPE || all[1] !== 1) return null;
  const body = all.slice(0, size);
  const domain = new TextEncoder().encode("caihong/voucher/1");
  const signed = new Uint8Array(domain.length + 8 + size);
  signed.set(domain);
  new DataView(signed.buffer).setBigUint64(domain.length, BigInt(book));
  signed.set(body, domain.length + 8);
  const raw = Uint8Array.from(atob(voucherKey), (sign) => sign.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  if (!await crypto.subtle.verify("Ed25519", key, all.slice(size), signed)) return null;
  const view = new DataView(body.buffer);
  const company = [...body.slice(HEAD)].reduce((sum, each) => (sum << 8n) | BigInt(each), 0n);
  return { fen: view.getUint32(10), day: view.getUint32(14), company: String(company) };
}

const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;
const asDay = (day) => `${Math.floor(day / 10000)}-${String(day).slice(4, 6)}-${String(day).slice(6)}`;

async function judge(text) {
  const { voucherKey, book, company, ...words } = checking.dataset;
  const plain = text.normalize("NFKC").trim().toUpperCase();
  const token = /\/Q\/([^/?#\s]*)/.exec(plain)?.[1] ?? plain;
  const answer = checking.querySelector("[data-answer]");
  const say = (kind, word, sentence, found) => {
    answer.hidden = false;
    answer.className = `checked ${kind}`;
    answer.querySelector("[data-word]").textContent = word;
    answer.querySelector("[data-says]").textContent = sentence;
    const button = answer.querySelector("[data-note-down]");
    button.hidden = !found;
    button.onclick = async () => {
      button.hidden = true;
      await keep([...await notes(), { at: Date.now(), token, amount: yuan(found.fen) }]);
    };
  };
  if (token.length < 100) { say("orange", words.typed, words.typedSays); return; }
  let found;
  try { found = await read(token, { voucherKey, book }); } catch { say("orange", words.cannot, words.cannotSays); return; }
  if (!found) say("red", words.forged, words.forgedSays);
  else if (found.company !== company) say("red", words.other, words.otherSays);
  else say("orange", words.authentic, words.authenticSays.replace("{amount}", yuan(found.fen)).replace("{day}", asDay(found.day)), found);
}

if (checking) {
  const form = document.querySelector("form[data-keep]");
  const box = form.querySelector("input[data-gun]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value;
    box.value = "";
    if (text.trim()) judge(text);
  });
} else {
  keepPage("/desk/offline").then(() => navigator.serviceWorker?.register("/sw.js")).catch(() => {});
}
showNotes().catch(() => {});
