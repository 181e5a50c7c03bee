"""Twelve digits on a slip of paper, copied by hand where no printer is: a one-time sign-in link that lives seven days.

The digits are turned into the link's token with a key that is not in the database, so that a stolen copy of it cannot
be searched through for them.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

from kernel import clock
from kernel.clock import DAY
from kernel.errors import DomainError
from kernel.keys import base32, derived_key
from people.card_errors import SlipIsUnknown, TooManySlips
from people.errors import NoSuchMember, TooManyTries
from people.limits import Purpose
from people.models import Invite
from people.roster import active
from people.sessions import token_hash
from people.signin import find_invite
from people.tallies import count, take_back

DIGITS = 12
SLIP_LIFE = 7 * DAY
# All wrong tries are counted together: nobody can guess from many places at once.
EVERYBODY = "everybody"


async def make_slip(book_id: int, person_id: int, by: int) -> str:
    """Make a one-time number for a volunteer and return its digits, which are kept nowhere else.

    Raises:
        NoSuchMember
    """
    if not await active(book_id).filter(person_id=person_id).exists():
        raise NoSuchMember
    digits, now = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", clock.now()
    await Invite.create(
        book_id=book_id,
        person_id=person_id,
        token_hash=token_hash(_token_of(digits)),
        made_by=by,
        made_at=now,
        expires_at=now + SLIP_LIFE,
    )
    return digits


def spoken(digits: str) -> str:
    """Return the digits in groups of four, as they are written down and read out."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


async def link_of_slip(text: str) -> str:
    """Return the token of the sign-in link that typed digits stand for; it is not used by that.

    Raises:
        SlipIsUnknown, TooManySlips
    """
    digits = re.sub(r"[\s\-.]", "", unicodedata.normalize("NFKC", text[:60]))
    try:
        await count(Purpose.SLIP, EVERYBODY)
    except TooManyTries:
        raise TooManySlips from None
    try:
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
            raise SlipIsUnknown(field="slip")
        await find_invite(_token_of(digits))
    except DomainError:
        # Unknown, used and out of date get one answer: a stranger learns nothing of numbers that exist.
        raise SlipIsUnknown(field="slip") from None
    await take_back(Purpose.SLIP, EVERYBODY)
    return _token_of(digits)


def _token_of(digits: str) -> str:
    return base32(hmac.new(derived_key("slip"), digits.encode(), hashlib.sha256).digest()[:16])
