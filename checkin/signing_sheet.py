"""The list on paper for a shift without any device: who is likely to come, and room for others."""

from collections.abc import Sequence
from dataclasses import dataclass

from checkin.models import Attendance, Shift
from checkin.places import TAKEN
from checkin.shifts import find
from checkin.signup_models import SignUp
from people import roster
from people.models import Membership

MOST_NAMES, BLANK_ROWS = 60, 8


@dataclass(frozen=True, slots=True)
class SigningSheet:
    """A shift with the members to be listed, by number, and how many empty rows follow."""

    shift: Shift
    members: Sequence[Membership]
    blank_rows: int


async def of_shift(book_id: int, shift_id: int) -> SigningSheet:
    """Return the list of a shift: who signed up, and who came to this activity lately. Raises: ShiftNotFound."""
    shift = await find(book_id, shift_id)
    signed = await SignUp.filter(book_id=book_id, shift_id=shift_id, state__in=TAKEN)
    came = Attendance.filter(book_id=book_id, shift__activity_id=shift.activity_id)
    latest = await came.order_by("-id").limit(10 * MOST_NAMES)
    known = dict.fromkeys([each.person_id for each in signed] + [each.person_id for each in latest])
    likely = await roster.memberships(book_id, list(known)[:MOST_NAMES])
    in_order = sorted(likely.values(), key=lambda member: member.number)
    return SigningSheet(shift, in_order, BLANK_ROWS)
