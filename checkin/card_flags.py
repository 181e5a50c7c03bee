"""What is odd about hours that rest on a card: ends too near each other, or too many people on one card in a day.

A card can be photographed and scanned at home. Nothing here proves that; it says where somebody should ask.
"""

from collections.abc import Collection
from dataclasses import dataclass

from checkin.alone_models import About, CardKind, Witness
from kernel.clock import DAY, MINUTE

TOO_QUICK, MANY_PEOPLE = "card-ends-too-near", "card-many-people"
QUICK = 10 * MINUTE
# A person is helped by few in a day; a canteen sends out many.
MOST = {CardKind.PERSON: 3, CardKind.PLACE: 15}


@dataclass(frozen=True, slots=True)
class Use:
    """One showing of a card: by whom, and when (UTC microseconds)."""

    person_id: int
    at: int


def flag_of(kind: CardKind, first: int, last: int, uses: Collection[Use]) -> str:
    """Return what is odd about a card shown at two moments, by everybody's uses of it; empty if nothing is."""
    if last - first < QUICK:
        return TOO_QUICK
    people = {use.person_id for use in uses if abs(use.at - first) < DAY // 2}
    return MANY_PEOPLE if len(people) > MOST[kind] else ""


async def card_flags(book_id: int, attendance_ids: Collection[int]) -> dict[int, str]:
    """Return, of some attendances, those that are odd by their cards, with the flag."""
    ids = sorted(attendance_ids)
    rows = Witness.filter(book_id=book_id, attendance_id__in=ids, card_id__isnull=False)
    shown: dict[int, dict[About, Witness]] = {}
    for row in await rows.select_related("card"):
        shown.setdefault(row.attendance_id, {})[row.about] = row
    both = {
        each: (ends[About.ARRIVING], ends[About.LEAVING])
        for each, ends in shown.items()
        if About.ARRIVING in ends and About.LEAVING in ends
    }
    uses = await _uses(book_id, [came for came, _ in both.values()])
    found: dict[int, str] = {}
    for each, (came, went) in both.items():
        card = came.card
        if card is not None:
            flag = flag_of(card.kind, came.said_at, went.said_at, uses.get(card.id, ()))
            found |= {each: flag} if flag else {}
    return found


async def _uses(book_id: int, shown: Collection[Witness]) -> dict[int, list[Use]]:
    if not shown:
        return {}
    moments = [row.said_at for row in shown]
    rows = Witness.filter(
        book_id=book_id,
        card_id__in=sorted({row.card_id or 0 for row in shown}),
        said_at__gt=min(moments) - DAY,
        said_at__lt=max(moments) + DAY,
    )
    uses: dict[int, list[Use]] = {}
    for row in await rows:
        uses.setdefault(row.card_id or 0, []).append(Use(row.person_id, row.said_at))
    return uses
