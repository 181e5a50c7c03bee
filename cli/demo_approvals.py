"""What takes two persons in the demo: a late return and points put right, approved; one more request that waits."""

from functools import partial

from cli.demo_community import Demo
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import plus_months
from ledger.books import zone_of
from people import roster
from people.approvals import Approval
from people.deciding import approve
from people.models import Role
from people.permissions import Viewer
from people.point_acts import ask_adjustment
from redemption.receipts import Receipt
from redemption.return_acts import ask_return
from web.acts import ACTS

POINTS_FORGOTTEN = 20


def plan_approvals(demo: Demo) -> None:
    """Plan one request that was approved three days ago, and one that still waits."""
    demo.timeline.at(demo.now - 3 * DAY, partial(_points_put_right, demo))
    demo.timeline.at(demo.now - 15 * MINUTE, partial(_points_asked, demo, Role.ADMIN, 3))


async def return_late(demo: Demo, receipt: Receipt) -> None:
    """Let the clerk ask for a piece that comes back the next day, and an organiser approve it."""
    parts = [(receipt.lines[0].line_id, 1)]
    clerk = await viewer_as(demo, receipt.clerk_id)
    request = await ask_return(ACTS, clerk, receipt.redemption_id, parts, "回家发现包装破损")
    demo.timeline.at(clock.now() + HOUR, partial(approved, demo, request))


async def _points_put_right(demo: Demo) -> None:
    request = await _points_asked(demo, Role.ORGANISER, 1)
    demo.timeline.at(clock.now() + HOUR, partial(approved, demo, request))


async def _points_asked(demo: Demo, role: Role, place: int) -> Approval:
    maker = await viewer_as(demo, demo.staff[role][-1])
    return await ask_adjustment(
        *(ACTS, maker, demo.residents[place].person_id, POINTS_FORGOTTEN),
        "夜间巡逻漏记一次，带队人已核对",
        expires_on=plus_months(demo.today, 24),
    )


async def approved(demo: Demo, request: Approval) -> None:
    """Let an organiser approve what was asked for."""
    organiser = await viewer_as(demo, demo.one(Role.ORGANISER))
    await approve(ACTS, organiser, request.id, request.digest)


async def viewer_as(demo: Demo, person_id: int) -> Viewer:
    """Return somebody who works here as they come in."""
    return Viewer(
        person_id,
        demo.book,
        name="",
        roles=await roster.roles_of(demo.book, person_id),
        session_id=0,
        zone=await zone_of(demo.book),
    )
