"""What takes two persons: the requests that wait, one of them as it would come out now, and its decision."""

from api.asking import Decider, Staff
from api.routing import Id
from api.routing import router as _router
from api.schemas.approvals import Approval, Approvals, Decide, LookedAt
from people import deciding, request_board, requesting
from people.two_persons import Outlook
from web.acts import ACTS
from web.approval_words import say_all

router = _router("approvals")


@router.get("/approvals")
async def list_approvals(viewer: Staff) -> Approvals:
    """List what waits for the bearer's decision, and what the bearer asked for."""
    found = await request_board.board(ACTS, viewer)
    own = await request_board.own(viewer)
    return Approvals(
        waiting=[Approval.of(each) for each in await say_all(viewer, found.to_decide)],
        own=[Approval.of(each) for each in await say_all(viewer, own)],
    )


@router.get("/approvals/{approval_id}")
async def one_approval(viewer: Staff, approval_id: Id) -> LookedAt:
    """Return a request and, while it waits, what would change if it were carried out now."""
    found = await requesting.request_of(ACTS, viewer, approval_id)
    outlook = Outlook() if found.outcome else await ACTS[found.act].look(found)
    [said] = await say_all(viewer, [found])
    return LookedAt.of(said, outlook)


@router.post("/approvals/{approval_id}/decision", status_code=201)
async def decide_approval(viewer: Decider, approval_id: Id, body: Decide) -> Approval:
    """Approve exactly what was seen, which carries it out once, or refuse it for a reason."""
    if body.outcome == "approved":
        found = await deciding.approve(ACTS, viewer, approval_id, body.digest)
    else:
        found = await deciding.refuse(ACTS, viewer, approval_id, body.reason or "")
    [said] = await say_all(viewer, [found])
    return Approval.of(said)


@router.post("/approvals/{approval_id}/withdrawal", status_code=201)
async def withdraw_approval(viewer: Staff, approval_id: Id) -> Approval:
    """Take one's own request back; nothing is done."""
    found = await requesting.withdraw(ACTS, viewer, approval_id)
    [said] = await say_all(viewer, [found])
    return Approval.of(said)
