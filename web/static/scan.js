// Reading codes with the camera or from a photo, on forms marked data-scanner (scanner() in _macros.html).
// The typed code is always there; the camera is offered when there is one, the photo when the camera will not open.

import { decoderFor, hasLight, within } from "./decoder.js";
import { isPlausible } from "./ean.js";

const OPEN_MS = 3000;
const AGAIN_MS = 2000;
const PAUSE_MS = 60;
const WISH = { video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } };
const pause = () => new Promise((next) => { setTimeout(next, PAUSE_MS); });

class Scanner {
  constructor(form) {
    const part = (name) => form.querySelector(`[data-${name}]`);
    Object.assign(this, { form, text: form.dataset, box: form.querySelector(".box input"), recent: new Map() });
    Object.assign(this, { start: part("start"), photo: part("photo"), says: part("says"), video: form.querySelector("video") });
    this.keeps = "keep" in this.text; // a roll-call: its script sends each code, and the camera stays open
    const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
    part("camera").hidden = false;
    part("wechat").hidden = !inWeChat;
    this.elsewhere = part("elsewhere");
    this.start.hidden = inWeChat || !navigator.mediaDevices;
    this.photo.hidden = !this.start.hidden;
    this.start.addEventListener("click", () => this.open().catch(() => this.fallBack()));
    this.photo.querySelector("input").addEventListener("change", (event) => this.readPhoto(event.target));
    window.addEventListener("pagehide", () => this.stop());
    if (!this.start.hidden) this.ready().catch(() => {});
  }

  ready() { this.decoder ??= decoderFor(this.text); return this.decoder; }

  async open() {
    const opening = navigator.mediaDevices.getUserMedia(WISH);
    this.stream = await within(OPEN_MS, opening).catch((error) => {
      opening.then((late) => late.getTracks().forEach((track) => track.stop()), () => {});
      throw error;
    });
    Object.assign(this.video, { srcObject: this.stream, hidden: false });
    this.start.hidden = true;
    this.says.textContent = this.text.looking;
    const blackUntil = performance.now() + OPEN_MS;
    await within(OPEN_MS, this.video.play());
    await this.look(await this.ready(), blackUntil);
  }

  async look(decoder, blackUntil) {
    let lit = false;
    while (this.stream) {
      lit ||= this.video.readyState > 1 && hasLight(this.video);
      if (!lit && performance.now() > blackUntil) throw new Error("black");
      const found = lit ? await decoder.detect(this.video) : [];
      if (this.stream && found.some((each) => this.take(each))) return;
      await pause();
    }
  }

  async readPhoto(input) {
    if (!input.files.length) return;
    const found = await this.ready().then((decoder) => decoder.detect(input.files[0])).catch(() => []);
    input.value = "";
    if (!found.length) this.says.textContent = this.text.unread;
    else this.take(found[0]);
  }

  /** The same code within two seconds counts once; a barcode whose check digit is wrong does not count. */
  take({ rawValue, format }) {
    const [code, now] = [rawValue.trim(), performance.now()];
    const fresh = now - (this.recent.get(code) ?? -AGAIN_MS) >= AGAIN_MS;
    if (!fresh) { if (this.keeps) this.recent.set(code, now); return false; }
    const clean = !format.startsWith("ean") || isPlausible(code);
    if (!clean) { this.says.textContent = this.text.misread; return false; }
    this.recent.set(code, now);
    this.box.value = code;
    if (!this.keeps) this.stop();
    this.form.requestSubmit ? this.form.requestSubmit() : this.form.submit();
    return !this.keeps;
  }

  fallBack() { this.stop(); this.start.hidden = this.photo.hidden = this.elsewhere.hidden = false; this.says.textContent = this.text.refused; }

  stop() { this.stream?.getTracks().forEach((track) => track.stop()); this.stream = null; this.video.hidden = true; }
}

document.querySelectorAll("form[data-scanner]").forEach((form) => new Scanner(form));
