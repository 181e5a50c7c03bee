"""Give points above the hours of an attendance, with a reason and out of the shift's budget, and take them back."""

import hashlib

from checkin.bonus_errors import (
    BonusGivenBefore,
    BonusIsImpossible,
    BonusIsTakenBack,
    BonusNotFound,
)
from checkin.bonus_judging import Giving, TakingBonusBack
from checkin.correcting import given
from checkin.errors import AttendanceNotFound, NotVerified
from checkin.hours_models import AwardRule, Bonus
from checkin.models import Attendance
from kernel import clock
from kernel.ids import new_id
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.post import DocumentKey, Post
from people.joined import post_for_survivors

MOST_AT_ONCE = 1000


async def give_bonus(
    book_id: int, attendance_id: int, by: int, *, points: int, reason: str
) -> Bonus:
    """Give points above the hours of a verified attendance; the same once more answers with the first.

    They wait for the public notice as long as the points of the hours do.

    Raises: AttendanceNotFound, OwnHours, NotVerified, ReasonIsMissing, BonusIsImpossible, BonusBudgetExceeded,
    BonusGivenBefore, IsDisputed, AttendanceChanged.
    """
    reason = given(reason)
    if not 1 <= points <= MOST_AT_ONCE:
        raise BonusIsImpossible(most=MOST_AT_ONCE, field="points")
    seen = await _seen(book_id, attendance_id)
    rule = await AwardRule.get_or_none(book_id=book_id, version=seen.rule_version or 0)
    if rule is None:
        raise NotVerified
    zone, bonus_id = await zone_of(book_id), new_id()
    judged = Giving(seen, by, clock.now(), reason, bonus_id, points, rule, zone)
    mark = hashlib.sha256(reason.encode()).hexdigest()[:12]
    key = DocumentKey(f"attendance:{seen.id}:bonus:{seen.revision}:{mark}")
    posted = await post_for_survivors(
        _post(book_id, Kind.BONUS_GIVEN, key, judged, "bonus", rule.version)
    )
    if not posted.replayed:
        return await Bonus.get(book_id=book_id, id=bonus_id)
    first = await Bonus.get(
        book_id=book_id, attendance_id=seen.id, revision=seen.revision, reason=reason
    )
    if (first.points, first.given_by, first.taken_back_at) != (points, by, None):
        raise BonusGivenBefore
    return first


async def take_bonus_back(book_id: int, bonus_id: int, by: int, reason: str) -> int:
    """Take a bonus back and return the entry: what was spent of it is owed.

    Raises: BonusNotFound, OwnHours, BonusIsTakenBack, NotVerified, ReasonIsMissing, AttendanceChanged.
    """
    reason = given(reason)
    bonus = await Bonus.get_or_none(book_id=book_id, id=bonus_id)
    if bonus is None:
        raise BonusNotFound
    seen = await _seen(book_id, bonus.attendance_id)
    judged = TakingBonusBack(seen, by, clock.now(), reason, bonus_id)
    posted = await post_for_survivors(
        _post(
            *(book_id, Kind.BONUS_TAKEN_BACK, DocumentKey(f"bonus:{bonus_id}:taken-back"), judged),
            *("bonus-taken-back", seen.rule_version),
        )
    )
    if posted.replayed:
        raise BonusIsTakenBack
    return posted.entry_id


def _post(
    book_id: int,
    kind: Kind,
    key: DocumentKey,
    judged: Giving | TakingBonusBack,
    reason_code: str,
    rule_version: int | None,
) -> Post:
    return Post(
        book_id=book_id,
        kind=kind,
        key=key,
        document=judged.attendance,
        facts=judged.facts,
        accounts=judged.accounts,
        decide=judged.decide,
        actor_id=judged.by,
        reason_code=reason_code,
        reason=judged.reason,
        rule_version=rule_version,
    )


async def _seen(book_id: int, attendance_id: int) -> Attendance:
    found = await Attendance.get_or_none(book_id=book_id, id=attendance_id)
    if found is None:
        raise AttendanceNotFound
    return found
