"""Adopt an award rule, and find the one in force."""

from checkin.models import AwardRule
from checkin.plan_errors import NoAwardRule, RuleIsImpossible
from kernel import clock
from kernel.database import transaction
from people.models import Community

MOST_POINTS, MOST_MONTHS = 1000, 120


async def adopt(
    book_id: int,
    points_per_hour: int,
    *,
    by: int | None = None,
    months_valid: int = 24,
    in_force_from: int | None = None,
) -> AwardRule:
    """Put the next version of the award rule into force, for shifts that start from that moment on.

    Raises: RuleIsImpossible.
    """
    if not (0 <= points_per_hour <= MOST_POINTS and 1 <= months_valid <= MOST_MONTHS):
        raise RuleIsImpossible
    async with transaction():
        # The community's row makes two at once adopt one after the other.
        await Community.filter(id=book_id).select_for_update().first()
        latest = await AwardRule.filter(book_id=book_id).order_by("-version").first()
        return await AwardRule.create(
            book_id=book_id,
            version=latest.version + 1 if latest else 1,
            points_per_hour=points_per_hour,
            months_valid=months_valid,
            in_force_from=clock.now() if in_force_from is None else in_force_from,
            adopted_by=by,
        )


async def in_force(book_id: int, at: int) -> AwardRule:
    """Return the rule for service that starts at a moment. Raises: NoAwardRule."""
    rules = AwardRule.filter(book_id=book_id, in_force_from__lte=at)
    found = await rules.order_by("-version").first()
    if found is None:
        raise NoAwardRule
    return found
