"""Service cards: made and printed once, found by what was scanned or typed, and stopped for good."""

from dataclasses import dataclass, field

from checkin.alone_errors import CardIsImpossible, ServiceCardDead, ServiceCardUnknown
from checkin.alone_models import CardKind, How, ServiceCard
from checkin.arriving import refuse_guessing
from checkin.models import CheckinScan, Purpose
from checkin.service_card_codes import is_service_card, new_number, new_token, number_in
from kernel import clock
from kernel.database import transaction
from people import roster
from people.codes import read_scanned
from people.sessions import token_hash

LONGEST = 40


@dataclass(frozen=True, slots=True)
class PrintedServiceCard:
    """A card to be printed, with the token that is kept nowhere else."""

    card: ServiceCard
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card that was scanned or typed, and when (UTC microseconds)."""

    text: str
    at: int

    @property
    def how(self) -> How:
        """Say whether its code was scanned or its number typed."""
        return How.CARD if is_service_card(read_scanned(self.text)) else How.NUMBER


async def make(
    book_id: int, kind: CardKind, label: str, *, by: int, person_id: int | None = None
) -> PrintedServiceCard:
    """Make a card for a place or for somebody served. Raises: CardIsImpossible, NoSuchMember."""
    label = " ".join(label.split())
    if not label or len(label) > LONGEST or (kind is CardKind.PLACE and person_id is not None):
        raise CardIsImpossible(field="label")
    if person_id is not None:
        await roster.member(book_id, person_id)
    token = new_token()
    async with transaction():
        number = new_number()
        while await ServiceCard.exists(book_id=book_id, number=number):
            number = new_number()
        card = await ServiceCard.create(
            book_id=book_id,
            kind=kind,
            label=label,
            person_id=person_id,
            number=number,
            token_hash=token_hash(token),
            made_by=by,
            made_at=clock.now(),
        )
    return PrintedServiceCard(card, token)


async def revoke(book_id: int, card_id: int, by: int) -> ServiceCard:
    """Stop a card for good; stopped twice is stopped once. Raises: ServiceCardUnknown."""
    async with transaction():
        card = await ServiceCard.filter(book_id=book_id, id=card_id).select_for_update().first()
        if card is None:
            raise ServiceCardUnknown
        if card.revoked_at is None:
            card.revoked_at, card.revoked_by = clock.now(), by
            await card.save(update_fields=["revoked_at", "revoked_by"])
    return card


async def cards(book_id: int) -> list[ServiceCard]:
    """Return a community's cards with their `person`: the good ones first, by what is written on them."""
    found = await ServiceCard.filter(book_id=book_id).select_related("person")
    return sorted(found, key=lambda card: (card.revoked_at is not None, card.label, card.id))


async def found(book_id: int, text: str) -> ServiceCard:
    """Return the card of a scanned code or a typed number. Raises: ServiceCardUnknown, ServiceCardDead."""
    return await _good(book_id, text, held=False)


async def held(book_id: int, text: str) -> ServiceCard:
    """Return the same, and keep it from being stopped until the transaction ends.

    Raises: ServiceCardUnknown, ServiceCardDead.
    """
    return await _good(book_id, text, held=True)


async def look(book_id: int, text: str, person_id: int) -> ServiceCard:
    """Return the card that a person has scanned or typed; wrong tries are kept, and a few of them end the guessing.

    Raises: TooManyTries, ServiceCardUnknown, ServiceCardDead.
    """
    now = clock.now()
    await refuse_guessing(book_id, person_id, now)
    try:
        return await found(book_id, text)
    except ServiceCardUnknown as unknown:
        await CheckinScan.create(
            book_id=book_id,
            person_id=person_id,
            purpose=Purpose.ARRIVING,
            way="place",
            refusal=unknown.slug,
            scanned_at=now,
        )
        raise


async def _good(book_id: int, text: str, *, held: bool) -> ServiceCard:
    token, number = read_scanned(text), number_in(text)
    rows = ServiceCard.filter(book_id=book_id)
    if is_service_card(token):
        rows = rows.filter(token_hash=token_hash(token))
    elif number:
        rows = rows.filter(number=number)
    else:
        raise ServiceCardUnknown
    card = await (rows.select_for_update() if held else rows).first()
    if card is None:
        raise ServiceCardUnknown
    if card.revoked_at is not None:
        raise ServiceCardDead
    return card
