"""QR codes as inline SVG, drawn from the matrix so that nothing but our own tokens reaches the page."""

from functools import lru_cache

import qrcode
from markupsafe import Markup

QUIET = 4  # modules of white around the code; scanners need them
# Paper is worn and folded: a code in print may lose a quarter of itself, one on a screen a seventh.
SCREEN, PRINT = qrcode.constants.ERROR_CORRECT_M, qrcode.constants.ERROR_CORRECT_Q


@lru_cache(maxsize=256)
def matrix(text: str, level: int = SCREEN) -> tuple[int, tuple[tuple[bool, ...], ...]]:
    """Return the version (1 to 40) and the dark modules of the smallest code at a level of correction."""
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(text)
    code.make(fit=True)
    return int(code.version), tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix())


def version(text: str) -> int:
    """Return the version of the code that holds a text: 4 or below reads well on a phone."""
    return matrix(text)[0]


def path(rows: tuple[tuple[bool, ...], ...]) -> str:
    """Return the dark modules as one SVG path, a run of modules at a time."""
    parts = []
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                parts.append(f"M{start + QUIET} {y + QUIET}h{x - start}v1h-{x - start}z")
                start = None
    return "".join(parts)


def svg(text: str, label: str, *, printed: bool = False) -> Markup:
    """Return a code as an SVG that says to a screen reader what it is for."""
    number, rows = matrix(text, PRINT if printed else SCREEN)
    side = len(rows) + 2 * QUIET
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" data-version="{2}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}H0z"/>'
        '<path fill="#000" d="{3}"/></svg>'
    ).format(side, label, number, path(rows))
