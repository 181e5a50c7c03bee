"""Tie the times of every verified attendance to what they rest on: accepted scans, or somebody's entry and its reason.

`audit.awarded` makes the points anew from these times: together they lead from the raw scans to the books.
"""

from collections.abc import Collection, Mapping
from typing import Any

from checkin.models import Provenance, Purpose
from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding

PAGE = 2_000
VERIFIED = """
SELECT a.id, a.shift_id, a.person_id, a.provenance, a.checked_in_at, a.checked_out_at, a.confirmed_by, a.reason,
    a.minutes_recorded, a.verified_by_rule, s.ends_at
FROM attendance a JOIN shift s ON s.book_id = a.book_id AND s.id = a.shift_id
WHERE a.book_id = $1 AND a.state = 'verified' AND a.id > $2 ORDER BY a.id LIMIT $3
"""
SCANS = """
SELECT attendance_id, shift_id, person_id, purpose, way, flag, scanned_at FROM checkin_scan
WHERE book_id = $1 AND refusal = '' AND attendance_id BETWEEN $2 AND $3
"""
SENT = """
SELECT attendance_id, purpose, scanned_at FROM stored_scan
WHERE book_id = $1 AND attendance_id BETWEEN $2 AND $3 AND (outcome = 'accepted' OR settled_at IS NOT NULL)
"""
OWN_PHONE = ("code", "typed")
OFFLINE = "offline"
Row = Mapping[str, Any]
Sent = tuple[int, str, int]


async def scanned(book_id: int) -> list[Finding]:
    """Return every verified attendance whose times rest on no scan, and on nobody's word either."""
    findings: list[Finding] = []
    after = 0
    while rows := await fetch(VERIFIED, book_id, after, PAGE):
        first, after = rows[0]["id"], rows[-1]["id"]
        scans: dict[int, list[Row]] = {}
        for scan in await fetch(SCANS, book_id, first, after):
            scans.setdefault(scan["attendance_id"], []).append(scan)
        sent = {
            (each["attendance_id"], each["purpose"], each["scanned_at"])
            for each in await fetch(SENT, book_id, first, after)
        }
        findings += [
            Finding(
                "scans",
                N_("Attendance %(attendance)s: %(what)s"),
                {"attendance": row["id"], "what": what},
            )
            for row in rows
            for what in untraced(row, scans.get(row["id"], ()), sent)
        ]
    return findings


def untraced(row: Row, scans: Collection[Row], sent: Collection[Sent]) -> list[str]:
    """Return what of a verified attendance rests on nothing; `sent` are the scans that devices kept and sent later."""
    own = [each for each in scans if _is_of(each, row)]
    came = [each for each in own if _is_end(each, Purpose.ARRIVING, row["checked_in_at"])]
    went = [each for each in own if _is_end(each, Purpose.LEAVING, row["checked_out_at"])]
    if row["provenance"] == Provenance.SCANNED:
        came, went = _by_own_phone(came), _by_own_phone(went)
    missing = [*_without_trail(row, came, went)]
    if row["verified_by_rule"] and not (_is_clean(came) and _is_clean(went)):
        missing.append(N_("verified by the rule without a clean scan at both ends"))
    kept = {(row["id"], each["purpose"], each["scanned_at"]) for each in own if _offline(each)}
    if kept - set(sent):
        missing.append(N_("no device sent what it is said to have scanned without a network"))
    return missing


def _without_trail(row: Row, came: Collection[Row], went: Collection[Row]) -> list[str]:
    """Return which of both ends has no trail of the kind that the provenance promises."""
    entered = row["confirmed_by"] is not None and bool(row["reason"])
    by_hand = entered and row["minutes_recorded"] is not None
    if row["provenance"] in (Provenance.BACK_FILLED, Provenance.IMPORTED):
        known = by_hand and row["minutes_recorded"] == 0
        return [] if known else [N_("nobody is named who added it, or no reason")]
    if row["provenance"] == Provenance.CORRECTED:
        return [] if entered else [N_("nobody is named who entered its times, or no reason")]
    # What an organiser has entered of one end stands for a scan there, but not where all is said to be scanned.
    stands = by_hand and row["provenance"] != Provenance.SCANNED
    missing = [] if came or stands else [N_("no scan shows the arrival")]
    if row["provenance"] == Provenance.AUTO_CLOSED:
        planned = max(row["checked_in_at"], row["ends_at"])
        if row["checked_out_at"] != planned:
            missing.append(N_("its end is not the planned one"))
    elif row["provenance"] != Provenance.SELF_REPORTED and not (went or stands):
        missing.append(N_("no scan shows the departure"))
    said_by_somebody = (Provenance.CONFIRMED, Provenance.OFFLINE)
    if row["provenance"] in said_by_somebody and row["confirmed_by"] is None:
        missing.append(N_("nobody is named who confirmed it"))
    return missing


def _is_of(scan: Row, row: Row) -> bool:
    return bool(scan["shift_id"] == row["shift_id"] and scan["person_id"] == row["person_id"])


def _is_end(scan: Row, purpose: Purpose, at: int) -> bool:
    return bool(scan["purpose"] == purpose and scan["scanned_at"] == at)


def _by_own_phone(scans: Collection[Row]) -> list[Row]:
    return [each for each in scans if each["way"] in OWN_PHONE]


def _is_clean(scans: Collection[Row]) -> bool:
    return any(each["way"] == "code" and not each["flag"] for each in scans)


def _offline(scan: Row) -> bool:
    return bool(scan["way"] == OFFLINE)
