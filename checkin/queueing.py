"""When many stand before one code: codes for a queue are offered to the organiser, who decides."""

from checkin.board import Board
from checkin.models import CheckinScan, CodeMode
from checkin.venue_codes import CODE_LIVES
from kernel import clock

MANY = 5
READ = ("code", "typed")


def is_offered(mode: CodeMode, asking: int, lately: int) -> bool:
    """Say whether more than five wait for an answer, or came within the life of one code.

    Never where codes are for one person each: somebody has wanted it strict.
    """
    return mode is CodeMode.SHARED and max(asking, lately) > MANY


async def is_offered_at(seen: Board) -> bool:
    """Say whether codes for a queue are to be offered at a shift now."""
    shift = seen.shift
    lately = CheckinScan.filter(
        book_id=shift.book_id,
        shift_id=shift.id,
        way__in=READ,
        scanned_at__gt=clock.now() - CODE_LIVES,
    )
    return is_offered(shift.code_mode, len(seen.asking), await lately.count())
