"""What the judging of hours needs to know before the posting desk's turn, read for many attendances at once.

Whoever verifies a whole shift asks about all of them at the same moment, and so do people in different offices.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from checkin import rules
from checkin.errors import AttendanceNotFound
from checkin.hours_models import AwardRule
from checkin.judging import Seen
from checkin.models import Attendance
from kernel.database import Dialect, Row
from kernel.days import day_of
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from ledger.books import zone_of
from people.closed import closed_among

_OWN = ", ".join(f"a.{each.name}" for each in fields(Seen))
_READ = f"""
SELECT {_OWN}, a.points_awarded, a.stopped_by, a.verifier_id, a.verified_by_rule, a.rule_version, a.needs_second,
       s.starts_at, t.category, b.zone, m.joined_into
  FROM attendance a JOIN shift s ON s.book_id = a.book_id AND s.id = a.shift_id
  JOIN activity t ON t.book_id = s.book_id AND t.id = s.activity_id JOIN book b ON b.id = a.book_id
  LEFT JOIN membership m ON m.book_id = a.book_id AND m.person_id = a.person_id
 WHERE a.book_id = $1 AND a.id """  # noqa: S608  column names of our own


@dataclass(frozen=True, slots=True)
class AtHand:
    """An attendance as it stands, and its community's zone.

    With it the rule that holds for its shift (None: no rule yet), the version that its award was made by, and whether
    a second person has to verify it, and whether the record it was served under is joined with another.
    """

    book_id: int
    seen: Seen
    rule: AwardRule | None
    was_awarded_by: AwardRule | None
    zone: str
    needs_second: bool
    is_joined: bool

    @property
    def day(self) -> int | None:
        """Return the local day (yyyymmdd) of service."""
        came = self.seen.checked_in_at
        return None if came is None else day_of(came, self.zone)


async def at_hand(book_id: int, attendance_id: int) -> AtHand:
    """Return what is known of an attendance. Raises: AttendanceNotFound."""
    row, found = await _told(book_id, attendance_id)
    return AtHand(
        book_id,
        Seen(*(row[each.name] for each in fields(Seen))),
        rules.chosen(found, row["starts_at"], row["category"]),
        _version(found, row["rule_version"]),
        row["zone"],
        bool(row["needs_second"]),
        row["joined_into"] is not None,
    )


async def all_at_hand(book_id: int, seen: Iterable[Attendance]) -> list[AtHand]:
    """Return the same of attendances that were read with shift and activity, as they were read then."""
    found, zone = await rules.versions(book_id), await zone_of(book_id)
    seen = list(seen)
    closed = await closed_among(book_id, (each.person_id for each in seen))
    return [
        AtHand(
            book_id,
            Seen(*(getattr(each, name.name) for name in fields(Seen))),
            rules.chosen(found, each.shift.starts_at, each.shift.activity.category),
            _version(found, each.rule_version),
            zone,
            each.needs_second,
            each.person_id in closed,
        )
        for each in seen
    ]


async def as_it_stands(book_id: int, attendance_id: int) -> Row:
    """Return an attendance's row as it stands now. Raises: AttendanceNotFound."""
    row, _ = await _told(book_id, attendance_id)
    return row


def _version(found: list[AwardRule], version: int | None) -> AwardRule | None:
    return next((each for each in found if each.version == version), None)


async def _told(book_id: int, attendance_id: int) -> tuple[Row, list[AwardRule]]:
    row, found = await _together.ask(book_id, attendance_id)
    if row is None:
        raise AttendanceNotFound
    return row, found


def _read(
    book_id: int, attendance_ids: Sequence[int], kind: Dialect
) -> Steps[list[tuple[Row | None, list[AwardRule]]]]:
    rows = yield Ask(_READ + among(kind, 2), (book_id, as_list(kind, attendance_ids)))
    by_id = {row["id"]: dict(row) for row in rows}
    found = yield from rules.read_versions(book_id)
    return [(by_id.get(each), found) for each in attendance_ids]


_together = Together(talked(_read))
