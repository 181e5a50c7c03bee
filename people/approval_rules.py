"""Who may decide a request, and whether it can still be decided: pure, over plain values."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from people.approval_errors import (
    AdministratorNeeded,
    AlreadyDecided,
    NobodyMayDecide,
    OwnBenefit,
    OwnRequest,
    RequestHasChanged,
    RequestHasLapsed,
    TooEarlyAlone,
)
from people.approvals import DELAY, Act, Outcome
from people.errors import RoleNeeded
from people.models import Role

MOST_POINTS_A_DAY = 500  # that one person's requests may move with an organiser's approval

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided: by whom (nobody, if its maker carries it out unopposed), when, and on what was seen."""

    outcome: Outcome
    by: int | None
    at: int
    digest: str


def written(payload: Mapping[str, Any]) -> str:
    """Return what is asked for as text, the same for the same."""
    return _canonical(dict(payload))


def digest_of(act: Act, payload: str) -> str:
    """Return the SHA-256 by which an approver says what they saw."""
    return hashlib.sha256(f"{act.value}\n{payload}".encode()).hexdigest()


def judged(row: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """Return what carrying out a request writes on its row, as it stands now.

    Raises: AlreadyDecided, RequestHasLapsed, RequestHasChanged, OwnRequest, OwnBenefit, TooEarlyAlone.
    """
    if row["outcome"] == Outcome.LAPSED or (
        row["outcome"] is None and verdict.at >= row["expires_at"]
    ):
        raise RequestHasLapsed
    if row["outcome"] is not None:
        raise AlreadyDecided
    if not row["digest"] == verdict.digest == digest_of(Act(row["act"]), row["payload"]):
        raise RequestHasChanged
    _require_another_person(row, verdict)
    return {
        "outcome": verdict.outcome.value,
        "decided_by": verdict.by,
        "decided_at": verdict.at,
    }


def _require_another_person(row: Mapping[str, Any], verdict: Verdict) -> None:
    if verdict.by is None:
        if not row["alone"]:
            raise OwnRequest
        if verdict.at < row["made_at"] + DELAY:
            raise TooEarlyAlone
    elif verdict.by == row["made_by"]:
        raise OwnRequest
    elif verdict.by == row["beneficiary_id"]:
        raise OwnBenefit


def require_role(roles: Collection[Role], wanted: Collection[Role]) -> None:
    """Refuse who has none of the roles. Raises: RoleNeeded."""
    if not set(roles) & set(wanted):
        raise RoleNeeded(role=next(iter(sorted(wanted))).value)


def require_within_limit(points_of_the_day: int, roles: Collection[Role]) -> None:
    """Refuse an approver who is no administrator once a maker's day is over the limit. Raises: AdministratorNeeded."""
    if points_of_the_day > MOST_POINTS_A_DAY and Role.ADMIN not in roles:
        raise AdministratorNeeded(most=MOST_POINTS_A_DAY)


def is_alone(holders: Collection[int], made_by: int, beneficiary_id: int | None) -> bool:
    """Say whether only the maker of a request could approve it, of all who hold a role to do so.

    Raises: NobodyMayDecide, if others could but for its being about themselves, or nobody holds such a role.
    """
    others = set(holders) - {made_by}
    if not others and made_by in holders:
        return True
    if not others - {beneficiary_id}:
        raise NobodyMayDecide
    return False
