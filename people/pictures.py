"""Pictures made small: a JPEG goes on, of a face 240 dots square or of a paper to be read, and nothing with it."""

import io
import warnings
from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from people.privacy_errors import PhotoIsTooLarge, PhotoIsUnreadable

MEGABYTE = 1024 * 1024
BYTES = 2 * MEGABYTE
PAPER_BYTES = 8 * MEGABYTE  # as a phone's camera writes it
DOTS = 24_000_000
SIDE = 240
PAPER_SIDE = 1600
QUALITY, PAPER_QUALITY = 82, 75
FORMATS = ("JPEG", "PNG", "WEBP")


def small_picture(data: bytes) -> bytes:
    """Return a picture upright, square and small, without place, time and camera. It takes a moment: not on the loop.

    Raises:
        PhotoIsUnreadable, PhotoIsTooLarge
    """
    return _redrawn(data, BYTES, 2 * SIDE, QUALITY, lambda whole: ImageOps.fit(whole, (SIDE, SIDE)))


def readable_picture(data: bytes) -> bytes:
    """Return a picture of a paper upright and whole, at most 1600 dots long, bare as a small one. Not on the loop.

    Raises:
        PhotoIsUnreadable, PhotoIsTooLarge
    """
    return _redrawn(data, PAPER_BYTES, PAPER_SIDE, PAPER_QUALITY, _within)


def _within(whole: Image.Image) -> Image.Image:
    if max(whole.size) <= PAPER_SIDE:
        return whole
    return ImageOps.contain(whole, (PAPER_SIDE, PAPER_SIDE))


def _redrawn(
    data: bytes, most: int, unpacked: int, quality: int, shape: Callable[[Image.Image], Image.Image]
) -> bytes:
    too_large = PhotoIsTooLarge(most=most // MEGABYTE, field="photo")
    if len(data) > most:
        raise too_large
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > DOTS:
                    raise too_large
                found.draft(
                    "RGB", (unpacked, unpacked)
                )  # A JPEG is not even unpacked at full size.
                shaped = shape(ImageOps.exif_transpose(found).convert("RGB"))
            return _bare(shaped, quality)
    except Image.DecompressionBombError:
        raise too_large from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise PhotoIsUnreadable(field="photo") from None


def _bare(picture: Image.Image, quality: int) -> bytes:
    """Return a new picture with these dots alone: whatever else the file said stays behind."""
    plain = Image.new("RGB", picture.size)
    plain.paste(picture)
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
