"""Sign up for a shift and withdraw: one at a time on each sheet, so that the last place is given once."""

from dataclasses import dataclass

from checkin.attending import alone
from checkin.errors import NotAMember, ShiftNotFound
from checkin.models import Shift, ShiftState
from checkin.places import LIVE, TAKEN, InLine, Settled, has_room, settle
from checkin.presence import refuse_cancelled
from checkin.shifts import refuse_capacity
from checkin.signup_errors import (
    NotSignedUp,
    OverlappingSignUp,
    ShiftIsCancelled,
    SignUpIsOver,
)
from checkin.signup_models import SignUp, SignUpSheet, SignUpWay, Standing
from kernel import clock
from kernel.database import transaction
from kernel.errors import DomainError
from people import roster


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of many: where the person stands now, or why not."""

    person_id: int
    sign_up: SignUp | None = None
    refusal: DomainError | None = None


async def sign_up(
    book_id: int,
    shift_id: int,
    person_id: int,
    *,
    by: int | None = None,
    way: SignUpWay = SignUpWay.OWN,
) -> SignUp:
    """Put somebody on a shift's sheet, or at the end of its line when it is full; take the place they are offered.

    `by` is the organiser who does it for them. Twice is once.

    Raises: ShiftNotFound, SignUpIsOver, ShiftIsCancelled, NotAMember, OverlappingSignUp.
    """
    async with transaction():
        # The person first and then the sheet, as whoever comes in: two sheets of one person meet here.
        await alone(book_id, person_id)
        shift, capacity = await alone_on_sheet(book_id, shift_id)
        if not await roster.active(book_id).filter(person_id=person_id).exists():
            raise NotAMember
        return await enter(shift, capacity, person_id, by=by, way=way)


async def enter(
    shift: Shift, capacity: int, person_id: int, *, by: int | None, way: SignUpWay
) -> SignUp:
    """Put somebody whose acts are held back on a sheet that the caller's transaction has for itself.

    Raises: SignUpIsOver, ShiftIsCancelled, OverlappingSignUp.
    """
    now = clock.now()
    _refuse_over(shift, now)
    rows = SignUp.filter(book_id=shift.book_id, shift_id=shift.id)
    found = await rows.filter(person_id=person_id).first()
    if found is not None and found.state is Standing.SIGNED:
        return found
    await refuse_overlap(shift, person_id)
    taken = await rows.filter(state__in=TAKEN).exclude(person_id=person_id).count()
    fits = has_room(capacity, taken)
    if found is not None and found.state is Standing.WAITING and not fits:
        return found
    was_offered = found is not None and found.state is Standing.OFFERED
    sign = found or SignUp(book_id=shift.book_id, shift_id=shift.id, person_id=person_id)
    sign.state = Standing.SIGNED if fits else Standing.WAITING
    if not was_offered:
        last = await rows.order_by("-turn").first()
        sign.turn = last.turn + 1 if last else 1
        sign.signed_at, sign.way, sign.entered_by = now, way, by
    sign.answer_by = None
    await sign.save()
    return sign


async def sign_up_all(book_id: int, shift_id: int, person_ids: list[int], by: int) -> list[Answer]:
    """Sign several up from a group's list, in its order; a refusal stops no other. Raises: ShiftNotFound."""
    answers = []
    for person_id in dict.fromkeys(person_ids):
        try:
            signed = await sign_up(book_id, shift_id, person_id, by=by, way=SignUpWay.GROUP)
        except (NotAMember, SignUpIsOver, ShiftIsCancelled, OverlappingSignUp) as refusal:
            answers.append(Answer(person_id, refusal=refusal))
        else:
            answers.append(Answer(person_id, signed))
    return answers


async def withdraw(book_id: int, shift_id: int, person_id: int) -> SignUp:
    """Take somebody off a sheet; their place is offered to the next in line.

    Raises: ShiftNotFound, SignUpIsOver, NotSignedUp.
    """
    async with transaction():
        shift, capacity = await alone_on_sheet(book_id, shift_id)
        now = clock.now()
        _refuse_over(shift, now)
        rows = SignUp.filter(book_id=book_id, shift_id=shift_id, person_id=person_id)
        found = await rows.filter(state__in=LIVE).first()
        if found is None:
            raise NotSignedUp
        found.state, found.answer_by = Standing.WITHDRAWN, None
        await found.save()
        await settle_sheet(shift, capacity, now)
    return found


async def set_capacity(book_id: int, shift_id: int, capacity: int) -> SignUpSheet:
    """Give a shift another number of places (0 is no limit); nobody who is signed up loses theirs.

    Raises: ShiftNotFound, CapacityIsImpossible.
    """
    refuse_capacity(capacity)
    async with transaction():
        shift, _ = await alone_on_sheet(book_id, shift_id)
        sheet = await SignUpSheet.get_or_none(book_id=book_id, shift_id=shift_id)
        sheet = sheet or SignUpSheet(book_id=book_id, shift_id=shift_id)
        sheet.capacity = capacity
        await sheet.save()
        await settle_sheet(shift, capacity, clock.now())
    return sheet


async def settle_due(book_id: int) -> int:
    """Let the offers of a community lapse that nobody answered, offer the places on, and return on how many sheets."""
    due = SignUp.filter(book_id=book_id, state=Standing.OFFERED, answer_by__lte=clock.now())
    shifts = {each.shift_id for each in await due}
    for shift_id in sorted(shifts):
        async with transaction():
            await alone_on_sheet(book_id, shift_id)
    return len(shifts)


async def alone_on_sheet(book_id: int, shift_id: int) -> tuple[Shift, int]:
    """Return a shift and its places, its sheet settled up to now and nobody else's until the transaction ends.

    Raises: ShiftNotFound.
    """
    rows = Shift.filter(book_id=book_id, id=shift_id, on_call=False)
    shift = await rows.select_for_update().first()
    if shift is None:
        raise ShiftNotFound
    sheet = await SignUpSheet.get_or_none(book_id=book_id, shift_id=shift_id)
    capacity = 0 if sheet is None else sheet.capacity
    await settle_sheet(shift, capacity, clock.now())
    return shift, capacity


async def refuse_overlap(shift: Shift, person_id: int) -> None:
    others = SignUp.filter(
        book_id=shift.book_id,
        person_id=person_id,
        state__in=LIVE,
        shift__starts_at__lt=shift.ends_at,
        shift__ends_at__gt=shift.starts_at,
    )
    others = others.exclude(shift_id=shift.id).exclude(shift__state=ShiftState.CANCELLED)
    other = await others.select_related("shift__activity").first()
    if other is not None:
        raise OverlappingSignUp(activity=other.shift.activity.title)


async def settle_sheet(shift: Shift, capacity: int, now: int) -> Settled:
    """Let old offers of a sheet lapse and offer its free places down the line; the caller has it for itself."""
    if shift.state is ShiftState.CANCELLED:
        return Settled((), (), None)
    rows = SignUp.filter(book_id=shift.book_id, shift_id=shift.id)
    lines = [
        InLine(each.id, each.state, each.turn, each.answer_by)
        for each in await rows.filter(state__in=LIVE)
    ]
    due = settle(capacity, shift.starts_at, lines, now)
    if due.lapsed:
        await rows.filter(id__in=due.lapsed).update(state=Standing.LAPSED, answer_by=None)
    if due.offered:
        await rows.filter(id__in=due.offered).update(
            state=Standing.OFFERED, answer_by=due.answer_by
        )
    return due


def _refuse_over(shift: Shift, now: int) -> None:
    refuse_cancelled(shift)
    if shift.state is ShiftState.CLOSED or now >= shift.starts_at:
        raise SignUpIsOver
