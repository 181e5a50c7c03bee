"""Barcodes: GTIN check digits, and the in-store range (prefix 20) for goods without a maker's code."""

import unicodedata

IN_STORE = "20"
IN_STORE_NUMBERS = 10**10


def check_digit(digits: str) -> str:
    """Return the GTIN check digit of all digits before it (weights 3 and 1 from the right)."""
    weighted = sum(
        int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits))
    )
    return str(-weighted % 10)


def in_store(number: int) -> str:
    """Return the EAN-13 of the shop's own `number`, 0 to 9 999 999 999."""
    if not 0 <= number < IN_STORE_NUMBERS:
        raise ValueError(f"{number} does not fit into ten digits")
    body = f"{IN_STORE}{number:010d}"
    return body + check_digit(body)


def folded(text: str) -> str:
    """Return what a scanner or a hand meant: full-width digits made plain, spaces and hyphens dropped."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if not sign.isspace() and sign not in "-‐‑–")


def valid_ean(text: str) -> bool:
    """Say whether plain digits are a whole EAN-13, UPC-A or EAN-8."""
    if not (text.isascii() and text.isdigit()) or len(text) not in (8, 12, 13):
        return False
    return check_digit(text[:-1]) == text[-1]


def read(text: str) -> str | None:
    """Return the barcode that was scanned or typed, a UPC-A as EAN-13; None if it does not add up."""
    digits = folded(text)
    if not valid_ean(digits):
        return None
    return "0" + digits if len(digits) == 12 else digits  # noqa: PLR2004  a UPC-A has 12 digits
