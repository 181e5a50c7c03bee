"""What a version of a points rule says, and why points stopped, in words."""

from checkin import awards
from checkin.hours_models import AwardRule
from checkin.models import Provenance
from kernel.errors import N_
from web.i18n import gettext

PROVENANCE = {
    Provenance.SCANNED: N_("scanned"),
    Provenance.CONFIRMED: N_("confirmed by the shift leader"),
    Provenance.CORRECTED: N_("entered by hand"),
    Provenance.BACK_FILLED: N_("added afterwards, without a scan"),
    Provenance.IMPORTED: N_("from earlier records"),
    Provenance.SELF_REPORTED: N_("as the volunteer says"),
    Provenance.TWO_ENDED: N_("one card scanned at both ends"),
    Provenance.OFFLINE: N_("scanned without a network"),
    Provenance.AUTO_CLOSED: N_("never checked out: planned end"),
}
STOPPED_BY = {
    awards.DAY_CAP: N_("The most points of a day are reached; the hours are kept."),
    awards.MONTH_CAP: N_("The most points of a month are reached; the hours are kept."),
    awards.LONGEST: N_("More time than one attendance can count; the hours are kept."),
    awards.UNDER_MINIMUM: N_("Less time than counts for points; the minutes are kept."),
}


def stopped_words(stopped_by: str) -> str:
    """Say why there are fewer points than the hours would bring; nothing if there are not."""
    words = STOPPED_BY.get(stopped_by)
    return gettext(words) if words else ""


def rule_words(rule: AwardRule) -> list[str]:
    """Say what a version says, a sentence each."""
    return [*_counting(rule), *_above(rule), *_arriving(rule), *_verifying(rule)]


def before_signing_up(rule: AwardRule | None) -> list[str]:
    """Say what somebody should know of a rule before they sign up: what counts, and when points arrive."""
    return [] if rule is None else [*_counting(rule), *_arriving(rule)]


def _counting(rule: AwardRule) -> list[str]:
    said = [
        gettext(
            "Time counts in whole steps of %(minutes)s minutes.", minutes=rule.rounding_minutes
        ),
        gettext(
            "Points are good for %(months)s months, to the end of the month.",
            months=rule.months_valid,
        ),
    ]
    if rule.minimum_minutes:
        said.append(
            gettext("Less than %(minutes)s minutes bring no points.", minutes=rule.minimum_minutes)
        )
    if rule.longest_minutes is not None:
        said.append(
            gettext("At most %(minutes)s minutes count at one shift.", minutes=rule.longest_minutes)
        )
    if rule.points_per_day is not None:
        said.append(
            gettext("At most %(points)s points a day for one person.", points=rule.points_per_day)
        )
    if rule.points_per_month is not None:
        said.append(
            gettext(
                "At most %(points)s points a month for one person.", points=rule.points_per_month
            )
        )
    return said


def _above(rule: AwardRule) -> list[str]:
    said = []
    if rule.leader_bonus_points:
        said.append(
            gettext(
                "Whoever leads a shift gets %(points)s points more.",
                points=rule.leader_bonus_points,
            )
        )
    if rule.bonus_points_per_shift:
        said.append(
            gettext(
                "Organisers may give %(points)s bonus points at a shift in all, with a reason.",
                points=rule.bonus_points_per_shift,
            )
        )
    return said


def _arriving(rule: AwardRule) -> list[str]:
    if not rule.notice_days and not rule.notice_days_by_hand:
        return [gettext("Points arrive at once.")]
    if rule.notice_days == rule.notice_days_by_hand:
        return [
            gettext("Points arrive after %(days)s days of public notice.", days=rule.notice_days)
        ]
    scanned = (
        gettext(
            "Points of scanned hours arrive after %(days)s days of public notice.",
            days=rule.notice_days,
        )
        if rule.notice_days
        else gettext("Points of scanned hours arrive at once.")
    )
    by_hand = (
        gettext(
            "Points of hours entered by hand arrive after %(days)s days of public notice.",
            days=rule.notice_days_by_hand,
        )
        if rule.notice_days_by_hand
        else gettext("Points of hours entered by hand arrive at once.")
    )
    return [scanned, by_hand]


def _verifying(rule: AwardRule) -> list[str]:
    said = [
        gettext(
            "Hours scanned at both ends, up to %(minutes)s minutes over the plan, verify themselves.",
            minutes=rule.grace_minutes,
        )
        if rule.verifies_itself
        else gettext("A person verifies all hours.")
    ]
    if rule.second_above_minutes is not None:
        said.append(
            gettext(
                "Who adds more than %(minutes)s minutes by hand does not verify them.",
                minutes=rule.second_above_minutes,
            )
        )
    if rule.second_after_days is not None:
        said.append(
            gettext(
                "Who enters times more than %(days)s days later does not verify them.",
                days=rule.second_after_days,
            )
        )
    return said
