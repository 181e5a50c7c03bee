"""Adopt award rules as versions, and find the one in force for a category."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from checkin.hours_errors import RuleBeginsInThePast, RuleLimitsImpossible
from checkin.hours_models import AwardRule
from checkin.models import Shift
from checkin.plan_errors import NoAwardRule, RuleIsImpossible
from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, start_of
from kernel.direct import Ask, Steps
from kernel.talking import talk
from ledger.books import zone_of
from people.models import Community

MOST_POINTS, MOST_MONTHS, MOST_MINUTES, MOST_CAP, MOST_DAYS = 1000, 120, 24 * 60, 1_000_000, 366
LONGEST_CATEGORY, MOST_BONUS = 40, 1000
ROUNDINGS = (1, 5, 10, 15, 30, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a version of a rule says; a limit that is None does not limit. Without a category it is the general rule.

    Hours as they were scanned bring their points at once, what was entered by hand after a week of public notice.
    """

    points_per_hour: int
    months_valid: int = 24
    category: str = ""
    rounding_minutes: int = 15
    minimum_minutes: int = 0
    longest_minutes: int | None = None
    points_per_day: int | None = None
    points_per_month: int | None = None
    notice_days: int = 0
    notice_days_by_hand: int = 7
    verifies_itself: bool = False
    grace_minutes: int = 15
    second_above_minutes: int | None = 120
    second_after_days: int | None = 7
    leader_bonus_points: int = 0
    bonus_points_per_shift: int = 0


async def adopt(
    book_id: int,
    points_per_hour: int,
    *,
    by: int | None = None,
    months_valid: int = 24,
    in_force_from: int | None = None,
) -> AwardRule:
    """Adopt a general rule of points an hour and nothing else: no limits, no notice, one person verifies.

    Raises: RuleIsImpossible.
    """
    plain = Terms(
        points_per_hour=points_per_hour,
        months_valid=months_valid,
        notice_days_by_hand=0,
        second_above_minutes=None,
        second_after_days=None,
    )
    return await adopt_terms(book_id, plain, by=by, in_force_from=in_force_from)


async def adopt_terms(
    book_id: int, terms: Terms, *, by: int | None = None, in_force_from: int | None = None
) -> AwardRule:
    """Put the next version of a rule into force, for shifts that start from that moment on.

    Raises: RuleIsImpossible, RuleLimitsImpossible.
    """
    refuse_terms(terms)
    async with transaction():
        # The community's row makes two at once adopt one after the other.
        await Community.filter(id=book_id).select_for_update().first()
        latest = await AwardRule.filter(book_id=book_id).order_by("-version").first()
        return await AwardRule.create(
            book_id=book_id,
            version=latest.version + 1 if latest else 1,
            in_force_from=clock.now() if in_force_from is None else in_force_from,
            adopted_by=by,
            **asdict(terms),
        )


async def adopt_from(book_id: int, terms: Terms, day: int, *, by: int) -> AwardRule:
    """Put the next version into force from a day (yyyymmdd) on; from now on, if that is today.

    Raises: RuleIsImpossible, RuleLimitsImpossible, RuleBeginsInThePast.
    """
    zone, now = await zone_of(book_id), clock.now()
    if day < day_of(now, zone):
        raise RuleBeginsInThePast(field="day")
    begins = max(now, start_of(day, zone))
    return await adopt_terms(book_id, terms, by=by, in_force_from=begins)


def refuse_terms(terms: Terms) -> None:
    """Refuse what no rule can say. Raises: RuleIsImpossible, RuleLimitsImpossible."""
    if not (0 <= terms.points_per_hour <= MOST_POINTS and 1 <= terms.months_valid <= MOST_MONTHS):
        raise RuleIsImpossible
    longest = terms.longest_minutes
    limits = (
        (terms.minimum_minutes, MOST_MINUTES),
        (terms.grace_minutes, MOST_MINUTES),
        (longest, MOST_MINUTES),
        (terms.second_above_minutes, MOST_MINUTES),
        (terms.points_per_day, MOST_CAP),
        (terms.points_per_month, MOST_CAP),
        (terms.notice_days, MOST_DAYS),
        (terms.notice_days_by_hand, MOST_DAYS),
        (terms.second_after_days, MOST_DAYS),
        (terms.leader_bonus_points, MOST_BONUS),
        (terms.bonus_points_per_shift, MOST_CAP),
    )
    if not (
        all(limit is None or 0 <= limit <= most for limit, most in limits)
        and terms.rounding_minutes in ROUNDINGS
        and len(terms.category) <= LONGEST_CATEGORY
        and terms.category == terms.category.strip()
        and (longest is None or longest >= max(1, terms.minimum_minutes))
    ):
        raise RuleLimitsImpossible


async def in_force(book_id: int, at: int, category: str = "") -> AwardRule:
    """Return the rule for service of a category that starts at a moment: its own, or else the general one.

    Raises: NoAwardRule.
    """
    found = chosen(await versions(book_id), at, category)
    if found is None:
        raise NoAwardRule
    return found


def chosen(found: Iterable[AwardRule], at: int, category: str) -> AwardRule | None:
    """Return which version holds for a category at a moment: the latest of its own, or else of the general ones."""
    fit = [each for each in found if each.in_force_from <= at and each.category in ("", category)]
    return max(fit, key=lambda each: (each.category, each.version), default=None)


async def of_shifts(book_id: int, shifts: Iterable[Shift]) -> dict[int, AwardRule | None]:
    """Return the rule of each of some shifts (with their activities) when it starts; None where there is none."""
    found = await versions(book_id)
    return {each.id: chosen(found, each.starts_at, each.activity.category) for each in shifts}


async def versions(book_id: int) -> list[AwardRule]:
    """Return every version that was adopted, latest first."""
    return await talk(read_versions(book_id))


def read_versions(book_id: int) -> Steps[list[AwardRule]]:
    """Return the same in a talk that reads more."""
    rows = yield Ask(_VERSIONS, (book_id,))
    return [AwardRule(**dict(row)) for row in rows]


_VERSIONS = "SELECT * FROM award_rule WHERE book_id = $1 ORDER BY version DESC"


async def verify_themselves(book_id: int) -> bool:
    """Say whether any version lets clean scans verify themselves."""
    return await AwardRule.filter(book_id=book_id, verifies_itself=True).exists()
