"""A partner's code: with it and a PIN of one's own a browser comes to stand at that partner's desk."""

import secrets

from tortoise import fields
from tortoise.models import Model

from kernel import clock
from kernel.database import transaction
from kernel.ids import new_id
from people.events import Happening, happened
from people.factor_errors import NoSuchPartner, WrongDeskCode
from people.limits import Purpose
from people.models import RESTRICT, PropertyCompany
from people.naming import folded
from people.sessions import token_hash
from people.tallies import count, take_back

# Without those that are read as one another when they are said over a telephone or copied from paper.
LETTERS = "ACDEFGHJKLMNPQRTUVWXY3479"
LENGTH = 8


class DeskCode(Model):
    """A partner's code, kept as its SHA-256. A newer one ends it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    company_id: int
    company: fields.ForeignKeyRelation[PropertyCompany] = fields.ForeignKeyField(
        "caihong.PropertyCompany", related_name="desk_codes", on_delete=RESTRICT
    )
    code_hash = fields.CharField(max_length=64, unique=True)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    replaced_at = fields.BigIntField(null=True)

    class Meta:
        table = "desk_code"
        indexes = (("book_id", "company_id"),)


def grouped(code: str) -> str:
    """Return a code as it is read out and copied: ACDE FGHJ."""
    return f"{code[:4]} {code[4:]}"


async def partner(book_id: int, company_id: int) -> PropertyCompany:
    """Return one of the community's partners. Raises: NoSuchPartner."""
    found = await PropertyCompany.get_or_none(book_id=book_id, id=company_id)
    if found is None:
        raise NoSuchPartner
    return found


async def renew(book_id: int, company_id: int, by: int) -> str:
    """Make a partner's code, the only time that it is told; the one before opens nothing any more.

    Raises: NoSuchPartner.
    """
    company, now = await partner(book_id, company_id), clock.now()
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    async with transaction():
        # Two who renew at once take turns here, or both codes would stand.
        await PropertyCompany.filter(book_id=book_id, id=company.id).select_for_update().first()
        before = DeskCode.filter(book_id=book_id, company_id=company.id, replaced_at__isnull=True)
        await before.update(replaced_at=now)
        await DeskCode.create(
            book_id=book_id,
            company=company,
            code_hash=token_hash(code),
            made_by=by,
            made_at=now,
        )
        await happened(Happening.DESK_CODE_MADE, book_id, by=by, detail=str(company.id))
    return code


async def standing(book_id: int, company_id: int) -> DeskCode | None:
    """Return what is known of a partner's present code, if there is one."""
    return await DeskCode.get_or_none(
        book_id=book_id, company_id=company_id, replaced_at__isnull=True
    )


async def partner_of(text: str, network: str) -> PropertyCompany:
    """Return the partner that a typed code names. Raises: WrongDeskCode, TooManyTries."""
    code = "".join(folded(text[:40]).upper().split())
    if network:
        await count(Purpose.DESK_CODE_NETWORK, network)
    found = await DeskCode.get_or_none(
        code_hash=token_hash(code), replaced_at__isnull=True
    ).prefetch_related("company")
    if found is None:
        raise WrongDeskCode(field="code")
    if network:
        await take_back(Purpose.DESK_CODE_NETWORK, network)
    return found.company
