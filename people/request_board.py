"""What waits for a second person: what a viewer could decide, what all may object to, and what they asked for."""

from dataclasses import dataclass

from kernel import clock
from people.approvals import Approval
from people.deciding import may_decide
from people.permissions import Viewer
from people.two_persons import Acts

MOST = 200
LAST_FEW = 20


@dataclass(frozen=True, slots=True)
class Board:
    """Open requests as one viewer sees them, the oldest first.

    `unopposed` are those that nobody but their maker could approve: shown to all who work here, who may object.
    """

    to_decide: tuple[Approval, ...] = ()
    unopposed: tuple[Approval, ...] = ()


async def board(acts: Acts, viewer: Viewer) -> Board:
    """Return what waits now."""
    waiting = (
        await Approval.filter(
            book_id=viewer.book_id, outcome__isnull=True, expires_at__gt=clock.now()
        )
        .order_by("made_at", "id")
        .limit(MOST)
    )
    return Board(
        tuple(each for each in waiting if may_decide(acts[each.act], viewer, each)),
        tuple(each for each in waiting if each.alone),
    )


async def own(viewer: Viewer) -> list[Approval]:
    """Return what the viewer asked for last, latest first."""
    asked = Approval.filter(book_id=viewer.book_id, made_by=viewer.person_id)
    return await asked.order_by("-made_at", "-id").limit(LAST_FEW)
