"""Pure decisions about places on a sheet: who gets one, who is next, and until when an offered one waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from checkin.signup_models import Standing
from kernel.clock import HOUR

ANSWER_WITHIN = 24 * HOUR
ANSWER_BEFORE = 12 * HOUR  # From then on there is no time to ask around: whoever is first takes it.
TAKEN = (Standing.SIGNED, Standing.OFFERED)
LIVE = (*TAKEN, Standing.WAITING)


@dataclass(frozen=True, slots=True)
class InLine:
    """One live line of a sheet, as far as a decision reads it."""

    sign_up_id: int
    state: Standing
    turn: int
    answer_by: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What is due on a sheet: offers that nobody answered, and to whom a place is offered until when."""

    lapsed: tuple[int, ...]
    offered: tuple[int, ...]
    answer_by: int | None


def answer_by(now: int, starts_at: int) -> int | None:
    """Return until when an offered place waits; None in the last twelve hours, when nothing is offered any more."""
    last = starts_at - ANSWER_BEFORE
    return min(now + ANSWER_WITHIN, last) if now < last else None


def settle(capacity: int, starts_at: int, lines: Iterable[InLine], now: int) -> Settled:
    """Return what is due on a sheet (capacity 0 is no limit): old offers lapse, free places go down the line."""
    standing = sorted(lines, key=lambda line: line.turn)
    lapsed = [
        each.sign_up_id
        for each in standing
        if each.state is Standing.OFFERED and (each.answer_by or 0) <= now
    ]
    taken = sum(each.state in TAKEN for each in standing) - len(lapsed)
    waiting = [each.sign_up_id for each in standing if each.state is Standing.WAITING]
    until = answer_by(now, starts_at)
    room = len(waiting) if capacity == 0 else max(0, capacity - taken)
    offered = waiting[:room] if until is not None else []
    return Settled(tuple(lapsed), tuple(offered), until if offered else None)


def has_room(capacity: int, taken: int) -> bool:
    """Say whether one more fits on a sheet."""
    return capacity == 0 or taken < capacity
