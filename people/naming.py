"""How names, phones and flats are written down: folded, trimmed, within limits."""

import re
import unicodedata

from people.errors import NameIsEmpty, PhoneIsInvalid, TextTooLong

NAME_LIMIT = 40
COMMUNITY_LIMIT = 80
FLAT_LIMIT = 40
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def folded(text: str) -> str:
    """Return a text in one form: full-width folded (NFKC), unseen signs out, blanks single and trimmed."""
    wide = unicodedata.normalize("NFKC", text)
    seen = "".join(" " if sign.isspace() else sign for sign in wide if _is_seen(sign))
    return " ".join(seen.split())


def _is_seen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in UNSEEN


def folded_name(text: str, *, limit: int = NAME_LIMIT, field: str = "name") -> str:
    """Return a name as it is kept.

    Raises:
        NameIsEmpty, TextTooLong
    """
    name = within(text, limit, field)
    if not name:
        raise NameIsEmpty(field=field)
    return name


def folded_flat(text: str) -> str:
    """Return a flat (`3-2-501`) as it is kept; it may be empty.

    Raises:
        TextTooLong
    """
    return within(text, FLAT_LIMIT, "flat")


def folded_phone(text: str) -> str:
    """Return a phone number as digits alone, without China's +86; it may be empty.

    Raises:
        PhoneIsInvalid
    """
    digits = re.sub(r"[\s().\-‐‑–—]", "", folded(text[:200]))
    digits = re.sub(r"^(\+|00)86(?=\d{11}$)", "", digits).removeprefix("+")
    if digits and not re.fullmatch(r"[0-9]{5,15}", digits):
        raise PhoneIsInvalid(field="phone")
    return digits


def within(text: str, limit: int, field: str) -> str:
    """Return the folded text if it fits.

    Raises:
        TextTooLong
    """
    # Folding may lengthen a text many times over, so an absurd one is not folded at all.
    kept = folded(text) if len(text) <= 20 * limit else text
    if len(kept) > limit:
        raise TextTooLong(field=field, limit=limit)
    return kept
