// A photo straight from a camera is larger than we take: it is made smaller here, before it is sent.
const SIDE = 960;
const SMALL_ENOUGH = 1_000_000;

async function shrunk(file, side) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return blob && new File([blob], "photo.jpg", { type: "image/jpeg" });
}

for (const input of document.querySelectorAll("input[data-shrink]")) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file || file.size <= SMALL_ENOUGH) return;
    const button = input.form.querySelector("button:not([type=button])");
    button.disabled = true;
    try {
      const small = await shrunk(file, Number(input.dataset.shrink) || SIDE);
      if (small) {
        const files = new DataTransfer();
        files.items.add(small);
        input.files = files.files;
      }
    } catch {
      // What this browser cannot read is sent as it is; the server says what is wrong with it.
    } finally {
      button.disabled = false;
    }
  });
}
