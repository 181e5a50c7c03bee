// The one decoder: our own WebAssembly build, always. Native detectors are missing or broken on many phones.

function load(src) {
  return new Promise((done, failed) => {
    if (window.BarcodeDetectionAPI) return done();
    const script = Object.assign(document.createElement("script"), { src, onload: done, onerror: failed });
    return document.head.append(script);
  });
}

/** Load once what `data-detector`, `data-wasm` and `data-formats` name, and return something with detect(). */
export async function decoderFor({ detector, wasm, formats }) {
  await load(detector);
  const api = window.BarcodeDetectionAPI;
  const locateFile = (path, folder) => (path.endsWith(".wasm") ? wasm : folder + path);
  api.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return new api.BarcodeDetector({ formats: formats.split(",") });
}

/** True once a frame has any light in it: a camera that is refused politely sends black pictures. */
export function hasLight(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 16, 16);
  return pen.getImageData(0, 0, 16, 16).data.some((value, place) => place % 4 !== 3 && value > 12);
}

/** Reject when a promise takes longer than `ms`. */
export function within(ms, promise) {
  return Promise.race([promise, new Promise((_, late) => { setTimeout(() => late(new Error("late")), ms); })]);
}
