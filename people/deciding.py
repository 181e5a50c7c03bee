"""Decide a request: approve what was seen, which carries it out once, or refuse it for a reason."""

from dataclasses import replace

from kernel import clock
from people.approval_errors import AdministratorNeeded, AlreadyDecided, OwnBenefit, OwnRequest
from people.approval_rules import Verdict, judged, require_role, require_within_limit
from people.approvals import CARRIED_OUT, Approval, Outcome
from people.permissions import Viewer
from people.requesting import approvers_of, close, points_of_the_day, reason_of, request_of
from people.two_persons import Acts, TwoPersonAct


async def approve(acts: Acts, viewer: Viewer, request_id: int, digest: str) -> Approval:
    """Approve what was seen, known by its digest, and carry it out at once; twice is once.

    Its maker can do so only if nobody else could, and when a day has passed without an objection.

    Raises: NoSuchRequest, RoleNeeded, OwnRequest, OwnBenefit, TooEarlyAlone, AdministratorNeeded, AlreadyDecided,
        RequestHasLapsed, RequestHasChanged; what the act itself is refused for leaves the request as it is.
    """
    request = await request_of(acts, viewer, request_id)
    if _carried_out_by(viewer, request):
        return request
    verdict = await _verdict(acts, viewer, request, digest)
    judged(request.row, verdict)
    await acts[request.act].carry_out(request, verdict)
    done = await request_of(acts, viewer, request_id)
    if not _carried_out_by(viewer, done):  # Somebody else was first, and their entry answered.
        raise AlreadyDecided
    return done


def _carried_out_by(viewer: Viewer, request: Approval) -> bool:
    by = request.made_by if request.outcome is Outcome.UNOPPOSED else request.decided_by
    return request.outcome in CARRIED_OUT and by == viewer.person_id


async def _verdict(acts: Acts, viewer: Viewer, request: Approval, digest: str) -> Verdict:
    rule = acts[request.act]
    require_role(viewer.roles, rule.decided_by)
    if refusal := await over_limit(acts, viewer, request):
        raise refusal
    verdict = Verdict(Outcome.APPROVED, viewer.person_id, clock.now(), digest)
    if request.made_by != viewer.person_id:
        return verdict
    # Somebody may have become able to approve it meanwhile.
    others = await approvers_of(acts, request) - {request.made_by}
    if not request.alone or others:
        raise OwnRequest
    return replace(verdict, outcome=Outcome.UNOPPOSED, by=None)


async def refuse(acts: Acts, viewer: Viewer, request_id: int, reason: str) -> Approval:
    """Refuse a request, and say why. Where nobody else could approve, whoever works here may object.

    Raises: NoSuchRequest, RoleNeeded, OwnRequest, OwnBenefit, RequestNeedsReason, TextTooLong, AlreadyDecided,
        RequestHasLapsed.
    """
    request = await request_of(acts, viewer, request_id)
    if not request.alone:
        require_role(viewer.roles, acts[request.act].decided_by)
    if request.made_by == viewer.person_id:
        raise OwnRequest
    if request.beneficiary_id == viewer.person_id:
        raise OwnBenefit
    why = reason_of(reason)
    if request.outcome is Outcome.REFUSED and request.decided_by == viewer.person_id:
        return request
    await close(request, Outcome.REFUSED, viewer.person_id, why)
    return await request_of(acts, viewer, request_id)


async def over_limit(acts: Acts, viewer: Viewer, request: Approval) -> AdministratorNeeded | None:
    """Return what this person would be refused for, if only an administrator may still approve a request."""
    if not acts[request.act].limited:
        return None
    try:
        require_within_limit(await points_of_the_day(acts, request), viewer.roles)
    except AdministratorNeeded as refusal:
        return refusal
    return None


def may_decide(rule: TwoPersonAct, viewer: Viewer, request: Approval) -> bool:
    """Say whether somebody could decide a request, as far as their roles and the persons in it go."""
    concerned = viewer.person_id in (request.made_by, request.beneficiary_id)
    return not concerned and viewer.has(*rule.decided_by)


def may_refuse(rule: TwoPersonAct, viewer: Viewer, request: Approval) -> bool:
    """Say whether somebody could refuse a request: who decides, and whoever works here if nobody else can."""
    concerned = viewer.person_id in (request.made_by, request.beneficiary_id)
    return not concerned and (
        may_decide(rule, viewer, request) or (bool(request.alone) and viewer.is_staff)
    )
