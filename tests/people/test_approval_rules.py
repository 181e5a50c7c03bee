"""Who may decide a request, and whether it can still be decided, as plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import DAY
from kernel.errors import DomainError
from people.approval_rules import (
    MOST_POINTS_A_DAY,
    Verdict,
    digest_of,
    is_alone,
    judged,
    require_within_limit,
    written,
)
from people.approvals import Act, Outcome
from people.models import Role

MAKER, CHECKER, OTHER = 1, 2, 3
PAYLOAD = written({"person_id": OTHER, "points": 30})
DIGEST = digest_of(Act.ADJUSTMENT, PAYLOAD)
ROW = {
    "act": "adjustment",
    "payload": PAYLOAD,
    "digest": DIGEST,
    "made_by": MAKER,
    "made_at": 0,
    "beneficiary_id": OTHER,
    "alone": 0,
    "expires_at": 3 * DAY,
    "outcome": None,
}


def approval(by: int | None = CHECKER, at: int = 5, digest: str = DIGEST) -> Verdict:
    return Verdict(Outcome.APPROVED if by else Outcome.UNOPPOSED, by, at, digest)


@pytest.mark.parametrize(
    ("row", "verdict", "slug"),
    [
        ({}, approval(by=MAKER), "own-request"),
        ({}, approval(by=OTHER), "own-benefit"),
        ({}, approval(by=None, at=2 * DAY), "own-request"),
        ({"alone": 1}, approval(by=None, at=DAY - 1), "too-early-alone"),
        ({}, approval(at=3 * DAY), "request-has-lapsed"),
        ({"outcome": "lapsed"}, approval(), "request-has-lapsed"),
        ({"outcome": "approved"}, approval(), "request-already-decided"),
        ({"outcome": "withdrawn"}, approval(), "request-already-decided"),
        ({}, approval(digest="0" * 64), "request-not-as-seen"),
        ({"payload": PAYLOAD.replace("30", "300")}, approval(), "request-not-as-seen"),
        ({"act": "debt_write_off"}, approval(), "request-not-as-seen"),
    ],
)
def test_a_decision_is_refused(row, verdict, slug):
    with pytest.raises(DomainError) as told:
        judged({**ROW, **row}, verdict)
    assert told.value.slug == slug


def test_another_person_decides_in_time_on_what_was_seen():
    assert judged(ROW, approval(at=3 * DAY - 1)) == {
        "outcome": "approved",
        "decided_by": CHECKER,
        "decided_at": 3 * DAY - 1,
    }
    unopposed = judged({**ROW, "alone": 1}, approval(by=None, at=DAY))
    assert (unopposed["outcome"], unopposed["decided_by"]) == ("unopposed", None)


@given(st.sets(st.integers(1, 4)), st.integers(1, 4), st.integers(1, 4) | st.none())
def test_nobody_is_alone_whom_another_could_help(holders, maker, beneficiary):
    helpers = holders - {maker, beneficiary}
    try:
        alone = is_alone(holders, maker, beneficiary)
    except DomainError:
        assert not helpers
    else:
        assert alone == (not holders - {maker})
        assert alone or helpers


def test_over_the_daily_limit_only_an_administrator_approves():
    require_within_limit(MOST_POINTS_A_DAY, {Role.ORGANISER})
    require_within_limit(MOST_POINTS_A_DAY + 1, {Role.ADMIN})
    with pytest.raises(DomainError, match="500"):
        require_within_limit(MOST_POINTS_A_DAY + 1, {Role.ORGANISER})


def test_the_same_request_has_the_same_digest_whatever_the_order():
    assert written({"b": 1, "a": "王"}) == written({"a": "王", "b": 1}) == '{"a":"王","b":1}'
