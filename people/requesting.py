"""Ask for an act that takes two persons, and take the request back."""

from collections.abc import Mapping
from typing import Any

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import is_duplicate, transaction
from kernel.days import day_of, plus_days, start_of
from ledger.books import zone_of
from people.approval_errors import (
    AlreadyDecided,
    NoSuchRequest,
    OwnBenefit,
    RequestHasLapsed,
    RequestNeedsReason,
)
from people.approval_rules import MOST_POINTS_A_DAY, digest_of, is_alone, require_role, written
from people.approvals import CARRIED_OUT, LIVES, Act, Approval, Outcome
from people.errors import TextTooLong
from people.models import Role, RoleGrant
from people.permissions import Viewer
from people.two_persons import Acts, TwoPersonAct

REASON_LIMIT = 200


def reason_of(text: str) -> str:
    """Return a reason as it is kept. Raises: RequestNeedsReason, TextTooLong."""
    if not text.strip():
        raise RequestNeedsReason(field="reason")
    if len(text.strip()) > REASON_LIMIT:
        raise TextTooLong(field="reason", limit=REASON_LIMIT)
    return text.strip()


async def ask(
    acts: Acts,
    viewer: Viewer,
    act: Act,
    payload: Mapping[str, Any],
    *,
    beneficiary_id: int | None,
    points: int = 0,
) -> Approval:
    """Ask for an act; the same request again, while the first one waits, is that first one.

    Raises: RoleNeeded, OwnBenefit, NobodyMayDecide, and whatever speaks against the act as things stand.
    """
    rule, now = acts[act], clock.now()
    require_role(viewer.roles, rule.asked_by)
    if beneficiary_id == viewer.person_id and not rule.for_oneself:
        raise OwnBenefit
    text = written(payload)
    request = Approval(
        book_id=viewer.book_id,
        act=act,
        payload=text,
        digest=digest_of(act, text),
        points=points,
        made_by=viewer.person_id,
        made_at=now,
        beneficiary_id=beneficiary_id,
        expires_at=now + LIVES,
    )
    if (outlook := await rule.look(request)).refusal:
        raise outlook.refusal
    holders = await approvers_of(acts, request)
    request.alone = int(is_alone(holders, viewer.person_id, beneficiary_id))
    return await _kept(request)


async def _kept(request: Approval) -> Approval:
    same = {"book_id": request.book_id, "made_by": request.made_by, "digest": request.digest}
    for _ in range(2):
        if (found := await Approval.filter(**same, outcome__isnull=True).first()) is not None:
            return found
        try:
            await request.save(force_create=True)
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
        else:
            return request
    raise AlreadyDecided  # The same request came and was decided this very moment.


async def approvers_of(acts: Acts, request: Approval) -> set[int]:
    """Return who holds a role now that could approve a request: over the daily limit, only administrators."""
    rule = acts[request.act]
    over = rule.limited and await points_of_the_day(acts, request) > MOST_POINTS_A_DAY
    roles = {Role.ADMIN} if over else rule.decided_by
    grants = RoleGrant.filter(
        book_id=request.book_id, revoked_at__isnull=True, role__in=sorted(roles)
    )
    return {grant.person_id for grant in await grants}


async def points_of_the_day(acts: Acts, request: Approval) -> int:
    """Return the points that the maker's requests of that local day move, this one included, up and down alike.

    What was refused, withdrawn or lapsed is left out. Every request of the day stands there before any of them is
    decided, so that no order of approvals brings a maker past the limit unseen.
    """
    zone = await zone_of(request.book_id)
    day = day_of(request.made_at, zone)
    others = await Approval.filter(
        book_id=request.book_id,
        made_by=request.made_by,
        made_at__gte=start_of(day, zone),
        made_at__lt=start_of(plus_days(day, 1), zone),
        act__in=[each.act for each in acts.values() if each.limited],
    )
    live = (None, *CARRIED_OUT)
    counted = [each for each in others if each.outcome in live and each.id != request.id]
    return sum(abs(int(each.points)) for each in (request, *counted))


def may_see(rule: TwoPersonAct, viewer: Viewer, request: Approval) -> bool:
    """Say whether somebody may read a request: its maker, who decides, who audits; all staff if they may object."""
    readers = (*rule.decided_by, Role.AUDITOR)
    own = request.made_by == viewer.person_id
    return own or viewer.has(*readers) or (bool(request.alone) and viewer.is_staff)


async def request_of(acts: Acts, viewer: Viewer, request_id: int) -> Approval:
    """Return one request, if the viewer may see it. Raises: NoSuchRequest."""
    found = await Approval.get_or_none(book_id=viewer.book_id, id=request_id)
    if found is None or not may_see(acts[found.act], viewer, found):
        raise NoSuchRequest
    return found


async def withdraw(acts: Acts, viewer: Viewer, request_id: int) -> Approval:
    """Take one's own request back. Raises: NoSuchRequest, AlreadyDecided, RequestHasLapsed."""
    request = await request_of(acts, viewer, request_id)
    if request.made_by != viewer.person_id:
        raise NoSuchRequest
    async with transaction():
        await close(request, Outcome.WITHDRAWN)
    return await request_of(acts, viewer, request_id)


async def close(
    request: Approval, outcome: Outcome, by: int | None = None, reason: str = ""
) -> None:
    """End a request that waits, without carrying it out. Raises: AlreadyDecided, RequestHasLapsed."""
    now = clock.now()
    waiting = Approval.filter(book_id=request.book_id, id=request.id, outcome__isnull=True)
    values = {"outcome": outcome, "decided_by": by, "decided_at": now, "reason": reason}
    if now >= request.expires_at and outcome is not Outcome.LAPSED:
        raise RequestHasLapsed
    if not await waiting.update(**values):
        raise AlreadyDecided


async def lapse_due(book_id: int) -> int:
    """Let the requests of a book lapse that nobody decided in time; return how many did."""
    now = clock.now()
    due = Approval.filter(book_id=book_id, outcome__isnull=True, expires_at__lte=now)
    return int(await due.update(outcome=Outcome.LAPSED, decided_at=now))
