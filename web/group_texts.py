"""Ready words for a chat group: what is planned, and who is due tomorrow. Short, without markup, names masked."""

from checkin.models import Shift
from checkin.reminding import Due
from checkin.signup_lists import Sheet
from kernel.days import day_of
from kernel.settings import settings
from web.i18n import clock, gettext, short_day, weekday

MOST_NAMES = 60


def brings(points_per_hour: int | None) -> str:
    """Say what an hour brings; nothing without a rule."""
    if points_per_hour is None:
        return ""
    return gettext("%(points)s points an hour", points=points_per_hour)


def when_of(shift: Shift, zone: str) -> str:
    """Write a shift's day and hours: 11月21日 周六 09:00–11:00."""
    day = day_of(shift.starts_at, zone)
    hours = f"{clock(shift.starts_at, zone)}–{clock(shift.ends_at, zone)}"
    return f"{short_day(day)} {weekday(day)} {hours}"


def invitation(sheet: Sheet, points_per_hour: int | None, zone: str) -> str:
    """Return the text that asks a group to come: title, time, place, what it brings, places, how to sign up.

    It has an address only where phones can open it.
    """
    shift = sheet.shift
    lines = [
        gettext("“%(activity)s”: who can help?", activity=shift.activity.title),
        gettext("When: %(when)s", when=when_of(shift, zone)),
    ]
    if shift.activity.place:
        lines.append(gettext("Where: %(place)s", place=shift.activity.place))
    if said := brings(points_per_hour):
        lines.append(said)
    if sheet.places_left is not None:
        lines.append(
            gettext("Places left: %(count)s", count=sheet.places_left)
            if sheet.places_left
            else gettext("All places are taken; there is a waiting list.")
        )
    if settings().phones_can_open:
        lines.append(gettext("Sign up: %(link)s", link=link_to(shift.id)))
    lines.append(gettext("Or answer in this group with your name."))
    return "\n".join(lines)


def link_to(shift_id: int) -> str:
    """Return the public address of a shift's page; without one it is only a path."""
    return f"{settings().public_url or ''}/join/{shift_id}"


def cancellation(shift: Shift, zone: str, community: str = "") -> str:
    """Return the text that tells a group of a shift that does not take place, and why."""
    said = gettext("“%(activity)s” is cancelled", activity=shift.activity.title)
    return "\n".join(
        [
            f"{community} {said}".strip(),
            gettext("When: %(when)s", when=when_of(shift, zone)),
            gettext("Why: %(why)s", why=shift.cancelled_because),
            gettext("Please tell those who do not read this group."),
        ]
    )


def reminder(due: Due, zone: str, community: str = "") -> str:
    """Return the text that reminds a group of tomorrow: each shift with who signed up, names masked, no numbers."""
    head = gettext(
        "Tomorrow, %(day)s %(weekday)s", day=short_day(due.day), weekday=weekday(due.day)
    )
    lines = [f"{community} {head}".strip()]
    lines += [of_sheet(sheet, zone) for sheet in due.sheets]
    lines.append(gettext("If you cannot come, please say so, so that somebody else can."))
    return "\n".join(lines)


def of_sheet(sheet: Sheet, zone: str) -> str:
    """Return one shift's line of a reminder."""
    shift = sheet.shift
    place = f" {shift.activity.place}" if shift.activity.place else ""
    names = [line.member.person.masked_name for line in sheet.coming[:MOST_NAMES]]
    who = gettext(", ").join(names) or gettext("nobody yet")
    hours = f"{clock(shift.starts_at, zone)}–{clock(shift.ends_at, zone)}"
    return gettext("%(what)s: %(who)s", what=f"{hours} {shift.activity.title}{place}", who=who)
