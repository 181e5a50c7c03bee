"""Vouchers off the property fee in JSON; amounts are fen, 1/100 yuan."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.recognised import Recognised
from api.schemas.types import (
    MOST_FEN,
    Answer,
    Asked,
    Day,
    Fen,
    Id,
    Moment,
    Scanned,
    SentId,
    example,
    one,
)
from people import models as people
from redemption import models
from redemption.states import VoucherState
from redemption.voucher_codes import grouped, slip
from redemption.vouchers import code_of

_VOUCHER, _OFFER, _COMPANY = "482915093250080780", "482915093250080781", "482915093250080782"


class Offer(Answer):
    """A denomination that can be had for points."""

    model_config = ConfigDict(
        json_schema_extra=example(offer_id=_OFFER, face_fen=5000, price_points=100, months_valid=12)
    )
    offer_id: Id
    face_fen: int
    price_points: int
    months_valid: int

    @classmethod
    def of(cls, offer: models.VoucherOffer) -> Self:
        """Show an offer."""
        return cls(
            offer_id=offer.id,
            face_fen=offer.face_fen,
            price_points=offer.price_points,
            months_valid=offer.months_valid,
        )


class Company(Answer):
    """A property company that takes vouchers."""

    model_config = ConfigDict(json_schema_extra=example(company_id=_COMPANY, name="安和物业"))
    company_id: Id
    name: str

    @classmethod
    def of(cls, company: people.PropertyCompany) -> Self:
        """Show a company."""
        return cls(company_id=company.id, name=company.name)


class Offers(Answer):
    """What is on offer, and the companies that take it."""

    model_config = ConfigDict(
        json_schema_extra=example(items=[one(Offer)], companies=[one(Company)])
    )
    items: list[Offer]
    companies: list[Company]


class Limit(Answer):
    """What a household may have in vouchers in a calendar year; null is no limit."""

    model_config = ConfigDict(json_schema_extra=example(fen_a_year=30000))
    fen_a_year: int | None


class SetLimit(Asked):
    """Another limit of a year, or null for none."""

    model_config = ConfigDict(json_schema_extra=example(fen_a_year=30000))
    fen_a_year: Annotated[int, Field(ge=0, le=MOST_FEN)] | None


class Issue(Recognised):
    """A voucher for points: for the bearer, or by a clerk for the member named."""

    model_config = ConfigDict(json_schema_extra=example(offer_id=_OFFER, company_id=_COMPANY))
    offer_id: SentId
    company_id: SentId
    person_id: SentId | None = None


class Voucher(Answer):
    """A voucher as its owner sees it: `code` is what a QR code holds, `serial` what is typed."""

    model_config = ConfigDict(
        json_schema_extra=example(
            voucher_id=_VOUCHER,
            company_id=_COMPANY,
            company="安和物业",
            flat="3-2-601",
            serial="7Q2M-K9XW-4TP",
            code="IEAQABVTOBX5MAAAAAAACOEA",
            state="issued",
            face_fen=5000,
            remaining_fen=5000,
            points_paid=100,
            expires_on="2027-11-30",
            issued_at="2026-11-21T06:06:00Z",
        )
    )
    voucher_id: Id
    company_id: Id
    company: str
    flat: str
    serial: str
    code: str
    state: VoucherState
    face_fen: int
    remaining_fen: int
    points_paid: int
    expires_on: Day
    issued_at: Moment

    @classmethod
    def of(cls, voucher: models.Voucher) -> Self:
        """Show a voucher with its company."""
        return cls(
            voucher_id=voucher.id,
            company_id=voucher.company_id,
            company=voucher.company.name,
            flat=voucher.flat,
            serial=grouped(voucher.serial),
            code=code_of(voucher),
            state=voucher.state,
            face_fen=voucher.face_fen,
            remaining_fen=voucher.remaining_fen,
            points_paid=voucher.points_paid,
            expires_on=voucher.expires_on,
            issued_at=voucher.issued_at,
        )


class Vouchers(Answer):
    """A person's vouchers, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Voucher)]))
    items: list[Voucher]


class LookUp(Asked):
    """What the desk scanned, or the serial that somebody read out."""

    model_config = ConfigDict(json_schema_extra=example(code="7Q2M-K9XW-4TP"))
    code: Scanned


class Seen(Answer):
    """A good voucher as the property desk sees it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            voucher_id=_VOUCHER,
            serial="7Q2M-K9XW-4TP",
            name_masked="王*兰",
            flat="3-2-601",
            face_fen=5000,
            remaining_fen=5000,
            expires_on="2027-11-30",
        )
    )
    voucher_id: Id
    serial: str
    name_masked: str
    flat: str
    face_fen: int
    remaining_fen: int
    expires_on: Day

    @classmethod
    def of(cls, voucher: models.Voucher) -> Self:
        """Show a voucher with its person."""
        return cls(
            voucher_id=voucher.id,
            serial=grouped(voucher.serial),
            name_masked=voucher.person.masked_name,
            flat=voucher.flat,
            face_fen=voucher.face_fen,
            remaining_fen=voucher.remaining_fen,
            expires_on=voucher.expires_on,
        )


class Use(Asked):
    """How much goes off the bill; without an amount, all that is left."""

    model_config = ConfigDict(json_schema_extra=example(amount_fen=3000))
    amount_fen: Fen | None = None


class Used(Answer):
    """What went off one bill, under the slip number that desk and office both note."""

    model_config = ConfigDict(
        json_schema_extra=example(
            use_id="482915093250080783",
            voucher_id=_VOUCHER,
            slip="7Q2M-K9XW-4TP/1",
            name_masked="王*兰",
            flat="3-2-601",
            amount_fen=3000,
            remaining_fen=2000,
            used_at="2026-11-21T06:06:00Z",
            undone_at=None,
        )
    )
    use_id: Id
    voucher_id: Id
    slip: str
    name_masked: str
    flat: str
    amount_fen: int
    remaining_fen: int
    used_at: Moment
    undone_at: Moment | None

    @classmethod
    def of(cls, use: models.VoucherUse) -> Self:
        """Show a use with its voucher and the voucher's person."""
        return cls(
            use_id=use.id,
            voucher_id=use.voucher_id,
            slip=slip(use.voucher.serial, use.number),
            name_masked=use.voucher.person.masked_name,
            flat=use.voucher.flat,
            amount_fen=use.amount_fen,
            remaining_fen=use.voucher.remaining_fen,
            used_at=use.used_at,
            undone_at=use.undone_at,
        )


class Uses(Answer):
    """What the desk took today, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Used)]))
    items: list[Used]
