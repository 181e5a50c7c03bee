"""Making cards: one good card a person, its token told once, the one before dead at that moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tortoise.expressions import Subquery

from kernel import clock
from kernel.database import transaction
from people.card_codes import is_card, new_card_token
from people.card_errors import CardsExist, NobodyChosen, SheetIsGone, TooManyCards
from people.cards import Card, Revoked
from people.errors import NoSuchMember
from people.models import Membership
from people.roster import active
from people.sessions import token_hash

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A card to be printed: whose it is, and the token that is kept nowhere else."""

    member: Membership
    version: int
    token: str = field(repr=False)


async def issue_cards(
    book_id: int, person_ids: Iterable[int], by: int, *, replace: bool = False
) -> list[PrintedCard]:
    """Make a card for each of these volunteers; with `replace` also for those whose card is good, and that one ends.

    Raises:
        NobodyChosen, TooManyCards, NoSuchMember, CardsExist
    """
    wanted = sorted(set(person_ids))
    if not wanted:
        raise NobodyChosen
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyCards(most=MOST_AT_ONCE)
    async with transaction():
        # Locked, so that two desks do not both draw the next version; a report of a loss waits here too.
        members = await (
            Membership.filter(book_id=book_id, person_id__in=wanted)
            .order_by("id")
            .select_for_update()
        )
        known = {member.person_id: member for member in await _volunteers(book_id, wanted)}
        if len(known) < len(wanted) or len(members) < len(wanted):
            raise NoSuchMember
        living = await Card.filter(
            book_id=book_id, person_id__in=wanted, revoked_at__isnull=True
        ).count()
        if living and not replace:
            raise CardsExist(count=living)
        in_order = sorted(known.values(), key=lambda member: member.number)
        return [await _issue(book_id, member, by) for member in in_order]


async def _volunteers(book_id: int, person_ids: list[int]) -> list[Membership]:
    return await active(book_id).filter(person_id__in=person_ids)


async def _issue(book_id: int, member: Membership, by: int) -> PrintedCard:
    now = clock.now()
    own = Card.filter(book_id=book_id, person_id=member.person_id)
    last = await own.order_by("-version").first()
    version = last.version + 1 if last else 1
    token = new_card_token(version)
    await own.filter(revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by, why=Revoked.REISSUED.value
    )
    await Card.create(
        book_id=book_id,
        person_id=member.person_id,
        version=version,
        token_hash=token_hash(token),
        made_by=by,
        made_at=now,
    )
    return PrintedCard(member, version, token)


async def good_card(book_id: int, person_id: int) -> Card | None:
    """Return the card that is good for a person now, if there is one."""
    return await Card.get_or_none(book_id=book_id, person_id=person_id, revoked_at__isnull=True)


async def card_of(book_id: int, token: str) -> Card | None:
    """Return the card of a token, good or not; None for another community's."""
    return await Card.get_or_none(book_id=book_id, token_hash=token_hash(token))


async def without_card(book_id: int, limit: int = MOST_AT_ONCE) -> list[Membership]:
    """Return the volunteers who have no good card, by number."""
    holders = Card.filter(book_id=book_id, revoked_at__isnull=True).values("person_id")
    lacking = active(book_id).exclude(person_id__in=Subquery(holders))
    return await lacking.order_by("number").limit(limit)


async def on_sheet(book_id: int, tokens: Iterable[str], by: int) -> list[PrintedCard]:
    """Return the cards of a sheet whose page is still open before the one who made them, for its other form.

    Raises:
        SheetIsGone
    """
    wanted = [token for token in tokens if is_card(token)][:MOST_AT_ONCE]
    hashes = {token_hash(token): token for token in wanted}
    found = await Card.filter(
        book_id=book_id, token_hash__in=list(hashes), made_by=by, revoked_at__isnull=True
    )
    if not found or len(found) < len(hashes):
        raise SheetIsGone
    members = await _volunteers(book_id, [card.person_id for card in found])
    by_person = {card.person_id: card for card in found}
    return [
        PrintedCard(
            member,
            by_person[member.person_id].version,
            hashes[by_person[member.person_id].token_hash],
        )
        for member in sorted(members, key=lambda member: member.number)
    ]
