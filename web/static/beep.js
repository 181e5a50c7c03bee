// Three short sounds: ok, warn, bad. Browsers allow them once somebody has touched the page; until then all is quiet.

const TONES = { ok: [[880, 0, 0.12]], warn: [[520, 0, 0.1], [520, 0.16, 0.1]], bad: [[220, 0, 0.4]] };
let audio;

export function beep(kind) {
  try {
    audio ??= new AudioContext();
    audio.resume?.();
    for (const [pitch, after, long] of TONES[kind] ?? []) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + after;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + long);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + long);
    }
  } catch {
    // No sound here: colour and word say the same.
  }
}
