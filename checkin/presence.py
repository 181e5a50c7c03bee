"""Pure decisions about coming and going: the window of a shift, and times that can be."""

from collections.abc import Sequence

from checkin.errors import ShiftIsClosed, TimesAreImpossible, TooEarly, TooLate
from checkin.hours_errors import BreaksAreImpossible
from checkin.models import Shift, ShiftState
from checkin.signup_errors import ShiftIsCancelled
from kernel.clock import MINUTE

OPENS_BEFORE = 30 * MINUTE
CLOSES_AFTER = 60 * MINUTE


def is_in_window(state: str, starts_at: int, ends_at: int, at: int) -> bool:
    """Say whether a shift takes a check-in at a moment."""
    return state == ShiftState.OPEN and starts_at - OPENS_BEFORE <= at <= ends_at + CLOSES_AFTER


def refuse_cancelled(shift: Shift) -> None:
    """Refuse what only a shift that takes place can be asked for. Raises: ShiftIsCancelled."""
    if shift.state is ShiftState.CANCELLED:
        raise ShiftIsCancelled(reason=shift.cancelled_because)


def refuse_arrival(state: ShiftState, starts_at: int, ends_at: int, at: int) -> None:
    """Refuse a check-in outside the shift's window. Raises: ShiftIsClosed, TooEarly, TooLate."""
    if at < starts_at - OPENS_BEFORE:
        raise TooEarly
    refuse_departure(ends_at, at)
    if state is ShiftState.CLOSED:
        raise ShiftIsClosed


def refuse_departure(ends_at: int, at: int) -> None:
    """Refuse a check-out long after the end; a closed shift still lets people go. Raises: TooLate."""
    if at > ends_at + CLOSES_AFTER:
        raise TooLate


def refuse_times(starts_at: int, ends_at: int, came: int, went: int | None, now: int) -> None:
    """Refuse corrected times that cannot be. Raises: TimesAreImpossible."""
    last = came if went is None else went
    within = starts_at - OPENS_BEFORE <= came <= last <= ends_at + CLOSES_AFTER
    if not within or last > now:
        raise TimesAreImpossible


def refuse_breaks(came: int, went: int | None, breaks: Sequence[tuple[int, int]]) -> None:
    """Refuse breaks that do not lie apart between coming and leaving. Raises: BreaksAreImpossible."""
    free_from = came
    for begins, ends in sorted(breaks):
        if went is None or not free_from <= begins < ends <= went:
            raise BreaksAreImpossible
        free_from = ends
