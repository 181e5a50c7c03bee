"""A printed sheet of ten one-time codes: a second factor for whoever has no phone at work."""

import re
import secrets
from collections.abc import Sequence

from kernel import clock
from kernel.database import transaction
from kernel.keys import base32
from people.factor_errors import WrongCode
from people.factors import SheetCode
from people.models import Person
from people.naming import folded
from people.sessions import token_hash

CODES = 10
GROUPS, GROUP = 3, 4  # twelve signs of base32: 60 bits
LOOKALIKES = str.maketrans("018", "OIB")  # base32 has none of these digits


def new_codes() -> tuple[str, ...]:
    """Return ten fresh codes as they are printed: ABCD-EFGH-JKLM."""
    return tuple(_printed(base32(secrets.token_bytes(8))) for _ in range(CODES))


def _printed(signs: str) -> str:
    return "-".join(signs[place : place + GROUP] for place in range(0, GROUPS * GROUP, GROUP))


def read_code(text: str) -> str:
    """Return a typed code as it is compared: capital signs alone, and 0, 1 and 8 read as O, I and B."""
    return re.sub(r"[^A-Z0-9]", "", folded(text[:200]).upper()).translate(LOOKALIKES)


def _hash(person_id: int, code: str) -> str:
    return token_hash(f"sheet/{person_id}/{read_code(code)}")


async def keep(person_id: int, codes: Sequence[str], typed: str | None = None) -> None:
    """Make ten codes the person's own in place of an earlier sheet.

    Where `typed` is given, it must be one of them, which shows that the sheet is in somebody's hand, and is used up.

    Raises:
        WrongCode
    """
    wanted = read_code(typed) if typed is not None else None
    if wanted is not None and wanted not in {read_code(code) for code in codes}:
        raise WrongCode(field="code")
    now = clock.now()
    async with transaction():
        await Person.filter(id=person_id).select_for_update().first()
        await SheetCode.filter(person_id=person_id).delete()
        for code in codes:
            await SheetCode.create(
                person_id=person_id,
                code_hash=_hash(person_id, code),
                made_at=now,
                used_at=now if read_code(code) == wanted else None,
            )


async def use_code(person_id: int, code: str) -> bool:
    """Say whether this is an unused code of the person's sheet, and use it up."""
    fitting = SheetCode.filter(
        person_id=person_id, code_hash=_hash(person_id, code), used_at__isnull=True
    )
    return bool(await fitting.update(used_at=clock.now()))


async def codes_left(person_id: int) -> int | None:
    """Return how many codes of the sheet are unused; None without a sheet."""
    found = await SheetCode.filter(person_id=person_id)
    return sum(code.used_at is None for code in found) if found else None
