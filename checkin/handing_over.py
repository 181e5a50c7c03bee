"""What becomes of sign-ups when a record is closed: they follow the person to the record that is kept, or end."""

from checkin.attending import hold_back
from checkin.models import Shift
from checkin.places import LIVE, TAKEN
from checkin.signing import alone_on_sheet, refuse_overlap, settle_sheet
from checkin.signup_errors import OverlappingSignUp
from checkin.signup_models import SignUp, Standing, StandingSignUp
from kernel import clock
from kernel.database import transaction
from people.closed import closed_among, survivor_of


async def hand_over_closed(book_id: int) -> int:
    """Hand over what closed records are still signed up for, and return of how many records."""
    live = SignUp.filter(book_id=book_id, state__in=LIVE, shift__starts_at__gt=clock.now())
    crews = StandingSignUp.filter(book_id=book_id)
    people = {row.person_id for row in await live} | {row.person_id for row in await crews}
    closed = await closed_among(book_id, people)
    for person_id in sorted(closed):
        await hand_over(book_id, person_id)
    return len(closed)


async def hand_over(book_id: int, person_id: int) -> None:
    """Give the sign-ups of a closed record to the one it was joined into; without one its places become free."""
    to = await survivor_of(book_id, person_id)
    await _crews(book_id, person_id, to)
    rows = SignUp.filter(
        book_id=book_id, person_id=person_id, state__in=LIVE, shift__starts_at__gt=clock.now()
    )
    for shift_id in [row.shift_id for row in await rows.order_by("shift_id")]:
        async with transaction():
            await hold_back(book_id, (person_id, to))
            await _one(book_id, shift_id, person_id, to)


async def _one(book_id: int, shift_id: int, person_id: int, to: int) -> None:
    shift, capacity = await alone_on_sheet(book_id, shift_id)
    rows = SignUp.filter(book_id=book_id, shift_id=shift_id)
    old = await rows.filter(person_id=person_id, state__in=LIVE).first()
    if old is None:
        return
    new = None if to == person_id else await rows.filter(person_id=to).first()
    place = (old.state, old.answer_by, old.turn)
    old.state, old.answer_by = Standing.WITHDRAWN, None
    if to != person_id and await _is_free(shift, to):
        if new is None:
            old.person_id = to
            old.state, old.answer_by, old.turn = place
        elif new.state not in LIVE or (place[0] in TAKEN and new.state is not Standing.SIGNED):
            new.state, new.answer_by, _ = place
            await new.save(update_fields=["state", "answer_by"])
    await old.save(update_fields=["person_id", "state", "answer_by", "turn"])
    await settle_sheet(shift, capacity, clock.now())


async def _is_free(shift: Shift, person_id: int) -> bool:
    """Say whether somebody is on no other sheet at the time of a shift."""
    try:
        await refuse_overlap(shift, person_id)
    except OverlappingSignUp:
        return False
    return True


async def _crews(book_id: int, person_id: int, to: int) -> None:
    """Let the record that is kept come every week instead."""
    for row in await StandingSignUp.filter(book_id=book_id, person_id=person_id):
        crew = StandingSignUp.filter(book_id=book_id, template_id=row.template_id, person_id=to)
        if to == person_id or await crew.exists():
            await StandingSignUp.filter(book_id=book_id, id=row.id).delete()
        else:
            await StandingSignUp.filter(book_id=book_id, id=row.id).update(person_id=to)
