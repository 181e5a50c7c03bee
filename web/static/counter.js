// The counter without a free hand. On the counter's own page a scan changes only the parts that it touches: no page is
// loaded anew, and an open camera stays open. Without a network the cart waits and goes on by itself, one thing after
// the other; a sale is sent only once the server answers, so that until then nothing can have been taken off.
// Keys: Enter in the empty box confirms, − takes the last line off, 1 2 3 answer a question, F2 finds a person, F8 parks,
// F9 recalls, P prints, Esc goes back. Buttons say which key is theirs by data-act; without this they are pressed.

const SETTLE_MS = 500; // A gun may send a second Enter after the first: too early to mean anything.
const ALONE_MS = 150; // A gun's first sign is followed by others; a person's single key is not.
const AGAIN_MS = 2000;
const PATIENCE_MS = 8000;
const KEYS = { "-": "-", "−": "-", "–": "-", "1": "1", "2": "2", "3": "3", p: "p", P: "p" };
const PRESSED = { F8: "F8", F9: "F9" };

const box = document.querySelector("input[data-gun]");
const counter = document.querySelector("[data-counter]");
const waits = document.querySelector("[data-waits]");
// Not imported from gun.js: under another address that module would watch the keys a second time.
const fold = (text) => text.normalize("NFKC").trim();
const act = (name) => document.querySelector(`[data-act="${name}"]:not([disabled])`);
const pause = (ms) => new Promise((next) => { setTimeout(next, ms); });
const jobs = [];
let alone = 0;
let quietUntil = SETTLE_MS;
let confirming = false;

function enter(event) {
  if (event.target !== box || fold(box.value) || event.isComposing) return;
  event.preventDefault();
  if (!event.repeat && !jobs.length && performance.now() > quietUntil) (act("enter") ?? act("3"))?.click();
}

function escape() {
  if (box.value) box.value = "";
  else (act("3") ?? act("2"))?.click();
}

// A gun that ends with two Enters, or an impatient one, sends its text once.
function sendOnce(form) {
  let sent = false;
  form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
}

/** Draw what the server answered into the parts of this page; anything but the counter is opened as a page. */
async function draw(answer) {
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector("[data-counter]")) {
    location.assign(answer.redirected ? answer.url : "/counter");
    await new Promise(() => {});
  }
  document.querySelectorAll("[data-part]").forEach((part) => {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    part.replaceChildren(...(fresh ? fresh.childNodes : []));
    globalThis.htmx?.process(part);
  });
  quietUntil = performance.now() + SETTLE_MS;
  counter.dataset.turn = Number(counter.dataset.turn ?? 0) + 1;
}

async function answered(job) {
  for (;;) {
    try {
      const answer = await fetch(job.action, { method: "POST", body: job.body, signal: AbortSignal.timeout(PATIENCE_MS) });
      waits.hidden = true;
      return answer;
    } catch {
      waits.hidden = false;
      await pause(AGAIN_MS);
    }
  }
}

async function quickly(action, body) {
  jobs.push({ action, body });
  if (jobs.length > 1) return;
  while (jobs.length) {
    await draw(await answered(jobs[0]));
    jobs.shift();
  }
  if (box && !document.activeElement?.matches("input, select, textarea, summary")) box.focus({ preventScroll: true });
}

async function reached() {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}

/** Send a sale once the server is there. That it was sent is remembered: should the answer get lost, the page asks. */
async function confirm(form, submitter) {
  if (confirming || jobs.length) return;
  confirming = true;
  while (!(await reached())) {
    waits.hidden = false;
    await pause(AGAIN_MS);
  }
  waits.hidden = true;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `sent=${form.dataset.confirm}; path=/; max-age=43200; samesite=lax${secure}`;
  const elsewhere = submitter?.getAttribute("formaction");
  if (elsewhere) form.action = elsewhere;
  form.submit();
}

function send(event) {
  const form = event.target;
  if (event.defaultPrevented || !counter || !form.closest("main")) return;
  const action = new URL(event.submitter?.getAttribute("formaction") ?? form.action, location.href);
  if ("confirm" in form.dataset) {
    event.preventDefault();
    confirm(form, event.submitter);
  } else if (action.pathname.startsWith("/counter/") && form.method === "post") {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    form.querySelectorAll(".box input").forEach((input) => { input.value = ""; });
    quickly(action.href, body);
  }
}

document.addEventListener("submit", send);
window.addEventListener("pageshow", () => { confirming = false; });

document.addEventListener("keydown", (event) => {
  if (event.key === "F2" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (PRESSED[event.key]) {
    event.preventDefault();
    if (!event.repeat && !jobs.length) act(PRESSED[event.key])?.click();
  } else if (KEYS[event.key] === "p" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select")) {
    act("p")?.click();
  }
});

if (box) {
  if (!counter) sendOnce(box.form);
  if (box.defaultValue) box.form.requestSubmit?.();
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") enter(event);
    else if (event.key === "Escape") escape();
  });
  box.addEventListener("input", () => {
    clearTimeout(alone);
    const name = KEYS[fold(box.value)];
    if (!name || !act(name)) return;
    alone = setTimeout(() => { box.value = ""; act(name)?.click(); }, ALONE_MS);
  });
}

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
