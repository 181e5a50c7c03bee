"""Compute every award anew from the attendance's times, its breaks and the version of the rule that it stores.

What the attendance says is held against its entries in `audit.ties`, its times against its scans in `audit.scanned`:
together they tie the books to the scans.
"""

from collections.abc import Mapping
from typing import Any

from checkin import awards
from checkin.awards import DAY_CAP, MONTH_CAP, Award
from checkin.hours_models import AwardRule
from kernel.database import fetch
from kernel.days import day_of
from kernel.errors import N_
from ledger.books import zone_of
from ledger.checks import Finding

PAGE = 2_000
VERIFIED = """
SELECT a.id, a.person_id, a.verifier_id, a.verified_by_rule, a.provenance, a.checked_in_at, a.checked_out_at,
    a.minutes_worked, a.minutes_counted, a.points_awarded, a.stopped_by, a.served_on, a.rule_version,
    a.leader_bonus, s.multiplier_percent, s.leader_id, s.bonus_budget, a.bonus_points,
    COALESCE((SELECT SUM(b.ends_at - b.begins_at) FROM attendance_break b
              WHERE b.book_id = a.book_id AND b.attendance_id = a.id), 0) AS rested
FROM attendance a JOIN shift s ON s.book_id = a.book_id AND s.id = a.shift_id
WHERE a.book_id = $1 AND a.state = 'verified' AND a.id > $2 ORDER BY a.id LIMIT $3
"""
# Why the entry says that there are no points, or fewer; the latest is that of the verification that stands.
REASONS = """
SELECT document_id, reason_code FROM journal_entry WHERE book_id = $1 AND document_id BETWEEN $2 AND $3
    AND document_type = 'attendance' AND kind = 'HOURS_EARNED' ORDER BY id
"""
Row = Mapping[str, Any]


async def awarded(book_id: int) -> list[Finding]:
    """Return every award that its times and its rule do not make."""
    rules = {rule.version: rule for rule in await AwardRule.filter(book_id=book_id)}
    zone = await zone_of(book_id)
    findings: list[Finding] = []
    after = 0
    while rows := await fetch(VERIFIED, book_id, after, PAGE):
        after = rows[-1]["id"]
        said_why = await fetch(REASONS, book_id, rows[0]["id"], after)
        why = {each["document_id"]: each["reason_code"] for each in said_why}
        findings += [
            Finding(
                "awards",
                N_(
                    "Attendance %(attendance)s: %(what)s is %(said)s, its times and rule make %(made)s"
                ),
                {"attendance": row["id"], "what": what, "said": said, "made": made},
            )
            for row in rows
            for what, said, made in wrong(
                row, why.get(row["id"]), rules.get(row["rule_version"]), zone
            )
        ]
    return findings


def wrong(
    row: Row, why: str | None, rule: AwardRule | None, zone: str
) -> list[tuple[str, Any, Any]]:
    """Return what of a verified attendance is not as it has to be: its name, what it says, what is made of it.

    `why` is what its entry says of points that are missing.
    """
    if rule is None:
        return [(N_("rule version"), row["rule_version"], "–")]
    minutes = awards.minutes_between(
        row["checked_in_at"], row["checked_out_at"] - int(row["rested"])
    )
    worth = awards.award(minutes, rule.points_per_hour, row["multiplier_percent"], rule.counting)
    by_cap = row["stopped_by"] in (DAY_CAP, MONTH_CAP)
    leads = awards.for_leading(
        worth.minutes_counted,
        rule.leader_bonus_points,
        leads=row["leader_id"] == row["person_id"],
    )
    for_hours = row["points_awarded"] - row["leader_bonus"]
    full = for_hours if _within_cap(row, rule, worth) else worth.points
    reason = row["stopped_by"] if by_cap else worth.reason_code
    said_made = [
        (N_("minutes"), row["minutes_worked"], minutes),
        (N_("counted minutes"), row["minutes_counted"], worth.minutes_counted),
        (N_("points"), for_hours, full),
        (N_("points for leading"), row["leader_bonus"], leads),
        (N_("reason in the journal"), why, reason),
    ]
    if row["bonus_points"]:
        said_made.append(
            (N_("bonus budget of the shift"), row["bonus_budget"], rule.bonus_points_per_shift)
        )
    if not by_cap:
        said_made.append((N_("limit"), row["stopped_by"], worth.stopped_by))
    if row["served_on"] is not None:
        day = day_of(row["checked_in_at"], zone)
        said_made.append((N_("day of service"), row["served_on"], day))
    if row["verified_by_rule"]:
        clean = rule.verifies_itself and row["provenance"] == "scanned"
        said_made.append((N_("verified by the rule"), True, clean))
    return [each for each in said_made if each[1] != each[2]]


def _within_cap(row: Row, rule: AwardRule, worth: Award) -> bool:
    """Say whether a cap of the rule explains that there are fewer points: no more than it, and fewer than in full."""
    caps = {DAY_CAP: rule.points_per_day, MONTH_CAP: rule.points_per_month}
    cap = caps.get(row["stopped_by"])
    points = row["points_awarded"] - row["leader_bonus"]
    return cap is not None and points <= cap and points < worth.points
