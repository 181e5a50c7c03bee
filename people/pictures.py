"""Pictures of faces made small: whatever came in, a square JPEG of 240 dots goes on, and nothing with it."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from people.privacy_errors import PhotoIsTooLarge, PhotoIsUnreadable

BYTES = 2 * 1024 * 1024
DOTS = 24_000_000
SIDE = 240
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")


def small_picture(data: bytes) -> bytes:
    """Return a picture upright, square and small, without place, time and camera. It takes a moment: not on the loop.

    Raises:
        PhotoIsUnreadable, PhotoIsTooLarge
    """
    if len(data) > BYTES:
        raise PhotoIsTooLarge(field="photo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _small(data)
    except (PhotoIsTooLarge, Image.DecompressionBombError):
        raise PhotoIsTooLarge(field="photo") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise PhotoIsUnreadable(field="photo") from None


def _small(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        if found.width * found.height > DOTS:
            raise PhotoIsTooLarge(field="photo")
        found.draft("RGB", (2 * SIDE, 2 * SIDE))  # A JPEG is not even unpacked at full size.
        upright = ImageOps.exif_transpose(found)
        square = ImageOps.fit(upright.convert("RGB"), (SIDE, SIDE))
    # A new picture with these dots alone: whatever else the file said stays behind.
    plain = Image.new("RGB", square.size)
    plain.paste(square)
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
