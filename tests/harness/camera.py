"""Cameras that see what a test shows them.

`show_code(page, text)` swaps the picture of a page's stand-in camera; `film` makes a loop for Chromium's own
fake device, which takes the browser's whole camera path (`launch(playwright, *film_flags(path))`).
"""

import base64
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import qrcode
from PIL import Image
from playwright.sync_api import Page

SIZE = (1280, 720)

# Replaces getUserMedia by a canvas the test paints on. Pages outside a secure context have no mediaDevices: left so.
FAKE_CAMERA = """
(() => {
  if (!navigator.mediaDevices) return;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 720];
  const brush = canvas.getContext('2d');
  let picture = null, denied = false, black = false;
  setInterval(() => {
    brush.fillStyle = black ? '#000' : '#bbb';
    brush.fillRect(0, 0, 1280, 720);
    if (picture) brush.drawImage(picture, (1280 - picture.width) / 2, (720 - picture.height) / 2);
  }, 50);
  window.__camera = {
    async show(base64) {
      const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
      picture = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    },
    blank() { picture = null; },
    deny() { denied = true; },
    blacken() { black = true; },
  };
  navigator.mediaDevices.getUserMedia = async () => {
    if (denied) throw new DOMException('Permission denied', 'NotAllowedError');
    return canvas.captureStream(15);
  };
})();
"""


def code_picture(text: str) -> Image.Image:
    """A QR code as a camera would see it on a screen."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=10, border=4)
    code.add_data(text)
    picture: Image.Image = code.make_image().get_image()
    return picture.convert("RGB")


def show_code(page: Page, text: str) -> None:
    """Hold a QR code with `text` before the page's camera."""
    show_picture(page, code_picture(text))


def show_picture(page: Page, picture: Image.Image) -> None:
    """Hold any picture before the page's camera: a screenshot of another page, say."""
    png = BytesIO()
    picture.save(png, "PNG")
    page.evaluate("picture => __camera.show(picture)", base64.b64encode(png.getvalue()).decode())


def show_nothing(page: Page) -> None:
    """Take the picture away."""
    page.evaluate("__camera.blank()")


def deny_camera(page: Page) -> None:
    """Let the page's next request for the camera be refused."""
    page.evaluate("__camera.deny()")


def blacken_camera(page: Page) -> None:
    """Let the page's camera open and show nothing but black."""
    page.evaluate("__camera.blacken()")


def picture_of(page: Page, selector: str) -> Image.Image:
    """What a camera would see of a part of a screen."""
    return Image.open(BytesIO(page.locator(selector).first.screenshot(caret="initial"))).convert(
        "RGB"
    )


def scan(page: Page, picture: Image.Image) -> None:
    """Start the page's camera and hold a picture before it."""
    page.locator("[data-start]").click()
    show_picture(page, picture)


def film(path: Path, pictures: Iterable[Image.Image | None], frames_each: int = 15) -> Path:
    """Write a motion-JPEG loop of the pictures, None being an empty view: JPEG frames one after another."""
    with path.open("wb") as out:
        for picture in pictures:
            frame = Image.new("RGB", SIZE, "#bbbbbb")
            if picture is not None:
                frame.paste(
                    picture, ((SIZE[0] - picture.width) // 2, (SIZE[1] - picture.height) // 2)
                )
            jpeg = BytesIO()
            frame.save(jpeg, "JPEG", quality=90, subsampling="4:2:0")
            out.write(jpeg.getvalue() * frames_each)
    return path


def film_flags(path: Path) -> list[str]:
    """The flags by which Chromium's own fake camera plays a film; the context still needs permissions=["camera"]."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
