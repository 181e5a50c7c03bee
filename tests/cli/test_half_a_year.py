"""The whole demo: its size, its books made anew from the raw scans, and every odd case about attendance in it."""

import sqlite3
from contextlib import closing

import pytest

from audit.reconcile import reconcile
from kernel import clock
from kernel.database import connected
from ledger import checks
from people.models import Community
from tests.cli.half_a_year import A_WEDNESDAY, HalfAYear, half_a_year
from tests.harness.databases import in_a_thread


@pytest.fixture(scope="module")
def lived() -> HalfAYear:
    return half_a_year()


@pytest.fixture
def ask(lived):
    """Ask the demo's database one question that has one number for an answer."""
    with closing(sqlite3.connect(f"file:{lived.file}?mode=ro", uri=True)) as file:
        yield lambda sql: file.execute(sql).fetchone()[0]


async def findings_of(url: str) -> list[str]:
    async with connected(url):
        (here,) = await Community.all()
        with clock.frozen(A_WEDNESDAY):  # later, what waits there for a second person would be late
            found = await checks.check(here.id) + await reconcile(here.id)
    return [str(each) for each in found]


def test_points_made_anew_from_the_raw_scans_and_the_stored_rules_are_those_of_the_books(lived):
    assert in_a_thread(findings_of, lived.url) == []


SIZE = [
    ("SELECT COUNT(*) FROM person JOIN membership m ON m.person_id = person.id", 240, 260),
    ("SELECT COUNT(DISTINCT flat) FROM membership WHERE flat <> ''", 120, 120),
    ("SELECT COUNT(*) FROM card WHERE revoked_at IS NULL", 30, 60),
    ("SELECT COUNT(*) FROM birth_year", 20, 40),
    ("SELECT COUNT(*) FROM shift WHERE starts_at < (SELECT MAX(scanned_at) FROM checkin_scan)", 540, 620),
    ("SELECT COUNT(*) FROM attendance", 1_850, 2_150),
    ("SELECT SUM(minutes_worked) / 60 FROM attendance WHERE state = 'verified'", 2_900, 3_500),
    ("SELECT SUM(points_awarded) FROM attendance WHERE state = 'verified'", 33_000, 40_000),
    ("SELECT COUNT(DISTINCT rule_version) FROM attendance WHERE state = 'verified'", 4, 4),
    (
        ("SELECT 100 * ((SELECT SUM(points_total - points_refunded) FROM redemption WHERE state = 'done') + "
        "(SELECT SUM(points_paid - points_returned) FROM voucher)) / (SELECT SUM(points_awarded) FROM attendance)"),
        *(52, 72),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "least", "most"), SIZE)
def test_it_is_as_large_as_half_a_year_of_a_real_community(ask, sql, least, most):
    assert least <= ask(sql) <= most


ATTENDANCES = "SELECT COUNT(*) FROM attendance a WHERE "
SCANS = "SELECT COUNT(*) FROM checkin_scan WHERE "
STORED = "SELECT COUNT(*) FROM stored_scan WHERE "
OPEN_END = (
    "NOT EXISTS (SELECT 1 FROM checkin_scan c WHERE c.attendance_id = a.id AND c.purpose = 'out' AND c.refusal = '')"
    " AND EXISTS (SELECT 1 FROM checkin_scan c WHERE c.attendance_id = a.id AND c.purpose = 'in' AND c.refusal = '')"
)
STAFF = "a.person_id IN (SELECT person_id FROM role_grant WHERE role = 'organiser')"
ODD_CASES = {
    "forgotten check-out, closed by itself": (
        ATTENDANCES + OPEN_END + " AND a.state <> 'present' AND a.checked_out_at IS NOT NULL", 14,
    ),
    "when they left, as they say": (ATTENDANCES + "a.provenance = 'reported' AND a.state = 'verified'", 5),
    "two devices scanned one card offline": (
        STORED + "reason = 'scanned-twice' AND settled_at IS NOT NULL AND attendance_id IS NULL", 2,
    ),
    "a card scanned offline counts": (ATTENDANCES + "a.provenance = 'offline' AND a.state = 'verified'", 1),
    "overlap of two shifts, offline": (STORED + "reason = 'times-overlap' AND settled_at IS NOT NULL", 1),
    "still present elsewhere": (SCANS + "refusal = 'present-elsewhere'", 1),
    "too early": (SCANS + "refusal = 'shift-not-yet-open'", 20),
    "forwarded screenshot refused": (SCANS + "refusal = 'code-used-by-another'", 1),
    "a shift that gives each claimant a code of their own": (
        "SELECT COUNT(*) FROM used_venue_code u JOIN shift s ON s.id = u.shift_id WHERE s.code_mode = 'strict'", 2,
    ),
    "typed digits": (SCANS + "refusal = '' AND way = 'typed'", 200),
    "printed card at a roll-call": (SCANS + "refusal = '' AND way = 'card'", 200),
    "number and the organiser's tap": (SCANS + "refusal = '' AND way = 'number'", 50),
    "everybody out with one tap": (SCANS + "refusal = '' AND way = 'list'", 4),
    "not here, says the organiser": (ATTENDANCES + "a.state = 'rejected' AND a.reason = 'Not here'", 1),
    "signed up and never came": (
        ("SELECT COUNT(*) FROM sign_up s WHERE s.state = 'signed' AND s.shift_id IN (SELECT shift_id FROM attendance) "
        "AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.shift_id = s.shift_id AND a.person_id = s.person_id)"), 5,
    ),
    "promoted from the waiting list, and came": (
        ("SELECT COUNT(*) FROM sign_up s JOIN sign_up_sheet h ON h.shift_id = s.shift_id JOIN attendance a "
        "ON a.shift_id = s.shift_id AND a.person_id = s.person_id WHERE s.state = 'signed' AND s.turn > h.capacity "
        "AND h.capacity > 0 AND a.state = 'verified'"), 1,
    ),
    "correction with a second approval": (
        ATTENDANCES + "a.provenance = 'corrected' AND a.needs_second AND a.state = 'verified' "
        "AND a.verifier_id <> a.confirmed_by", 1,
    ),
    "an organiser's own hours, verified by a colleague": (
        ATTENDANCES + STAFF + " AND a.state = 'verified' AND a.verifier_id <> a.person_id", 1,
    ),
    "daily cap hit": (ATTENDANCES + "a.stopped_by = 'day-cap' AND a.points_awarded < 66", 1),
    "back-filled from a paper sheet": (ATTENDANCES + "a.provenance = 'backfilled' AND a.state = 'verified'", 2),
    "objection not upheld": (
        ATTENDANCES + "a.dispute <> '' AND a.disputed_at IS NULL AND a.state = 'verified' "
        "AND a.arrived_at IS NOT NULL", 1,
    ),
    "objection upheld, award reversed": (
        ATTENDANCES + "a.state = 'rejected' AND a.revision = 2 AND a.reason LIKE '异议成立%' AND EXISTS (SELECT 1 FROM "
        "journal_entry e WHERE e.document_id = a.id AND e.kind = 'HOURS_UNVERIFIED')", 1,
    ),
    "award disputed and still held": (ATTENDANCES + "a.disputed_at IS NOT NULL AND a.arrived_at IS NULL", 1),
    "hours taken back after they were spent": (
        ATTENDANCES + "a.state = 'rejected' AND a.revision = 2 AND a.reason LIKE '居民反映%'", 1,
    ),
    "lost card reissued": (
        ("SELECT COUNT(*) FROM card c JOIN card n ON n.person_id = c.person_id AND n.version = c.version + 1 "
        "WHERE c.why = 'lost' AND n.revoked_at IS NULL"), 1,
    ),
    "old card tried": (STORED + "reason = 'card-is-dead'", 1),
    "grandchild with a one-day code": ("SELECT COUNT(*) FROM collect_code", 1),
    "child whose guardian withdrew": ("SELECT COUNT(*) FROM guardian_consent WHERE withdrawn_at IS NOT NULL", 1),
    "an errand, one card at both ends": (ATTENDANCES + "a.provenance = 'twoended' AND a.state = 'verified'", 15),
    "an errand on one's own word, which an organiser asked about": (
        ATTENDANCES + "a.provenance = 'reported' AND a.state = 'verified' AND EXISTS "
        "(SELECT 1 FROM witness w WHERE w.attendance_id = a.id AND w.how = 'organiser')", 10,
    ),
    "points for leading": (ATTENDANCES + "a.leader_bonus > 0 AND a.state = 'verified'", 50),
    "from earlier records": (ATTENDANCES + "a.provenance = 'imported' AND a.state = 'verified'", 2),
    "clean scans verified by the rule": (ATTENDANCES + "a.verified_by_rule", 100),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "least"), ODD_CASES.values(), ids=ODD_CASES)
def test_every_odd_case_about_attendance_is_in_it(ask, sql, least):
    assert ask(sql) >= least


REFUSED = (
    "code-expired", "code-used-by-another", "card-is-dead", "own-hours", "another-must-verify", "guardian-needed",
    "present-elsewhere", "shift-not-yet-open",
)  # fmt: skip


@pytest.mark.parametrize("slug", REFUSED)
def test_somebody_was_refused_for(lived, slug):
    assert lived.refused.get(slug, 0) >= 1
