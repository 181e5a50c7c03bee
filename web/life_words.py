"""What an event of a life will do, in sentences: to points, reservations, vouchers, hours, codes and the household."""

from people.lives import PassesTo
from people.passing import Bequest
from redemption.foresight import Standing
from web.i18n import day, gettext, hours, points, yuan
from web.member_words import ROLES

Sentences = list[tuple[str, str]]


def _have(said: Standing) -> str:
    return gettext("%(points)s points", points=points(said.points + said.held))


def _kept(said: Standing) -> tuple[str, str]:
    if not said.lots:
        return gettext("Points"), gettext("There are none.")
    last = gettext(
        "%(points)s, as they are: usable until their use-by dates, the first on %(day)s."
    )
    return gettext("Points"), last % {"points": _have(said), "day": day(said.lots[0].expires_on)}


def _hours_stay(said: Standing) -> tuple[str, str]:
    return gettext("Hours"), gettext("%(hours)s stay recorded.", hours=hours(said.minutes))


def _vouchers(said: Standing, sentence: str) -> tuple[str, str]:
    if not said.vouchers:
        return gettext("Vouchers"), gettext("There are none.")
    have = gettext(
        "%(count)s open, %(amount)s.", count=len(said.vouchers), amount=yuan(said.voucher_fen)
    )
    return gettext("Vouchers"), f"{have} {sentence}"


def _household(said: Standing) -> tuple[str, str]:
    if said.household is None:
        return gettext("Household"), gettext("In none.")
    ends = gettext(
        "Leaves “%(label)s”; %(count)s permissions to spend end. Points stay each one's own, so nothing is divided.",
        label=said.household.label,
        count=said.permissions,
    )
    return gettext("Household"), ends


def _holds(said: Standing) -> tuple[str, str]:
    if not said.held:
        return gettext("Reservations"), gettext("There are none.")
    freed = gettext(
        "%(points)s points that are set aside are freed first.", points=points(said.held)
    )
    return gettext("Reservations"), freed


def _stays(label: str) -> tuple[str, str]:
    return label, gettext("Nothing changes.")


def of_moving(said: Standing) -> Sentences:
    """Say what moving within the community does."""
    void = gettext("The old ones become void, new ones for the new flat take their place.")
    return [
        _stays(gettext("Points")),
        _stays(gettext("Reservations")),
        _vouchers(said, void),
        _stays(gettext("Hours")),
        _stays(gettext("Codes and phones")),
        _stays(gettext("Household")),
    ]


def of_moving_out(said: Standing) -> Sentences:
    """Say what moving out does."""
    roles = ", ".join(gettext(ROLES[role]) for role in said.staff_roles)
    return [
        _kept(said),
        _stays(gettext("Reservations")),
        _vouchers(said, gettext("They stay good for the flat they name, until their last day.")),
        _hours_stay(said),
        _stays(gettext("Codes and phones")),
        (
            gettext("Work here"),
            gettext("Ends: %(roles)s.", roles=roles) if roles else gettext("None."),
        ),
        _household(said),
    ]


def of_leaving(said: Standing) -> Sentences:
    """Say what leaving a household does."""
    return [
        (gettext("Points"), gettext("%(points)s stay this person's own.", points=_have(said))),
        _stays(gettext("Reservations")),
        _stays(gettext("Vouchers")),
        _stays(gettext("Hours")),
        _stays(gettext("Codes and phones")),
        _household(said),
    ]


def of_closing(said: Standing, bequest: Bequest) -> Sentences:
    """Say what closing a record does, by the community's rule."""
    heir = bequest.heir.person.masked_name if bequest.heir else ""
    to = {
        PassesTo.HOUSEHOLD: gettext("go to %(name)s of the same household", name=heir),
        PassesTo.FUND: gettext("go to the fund “%(name)s”", name=bequest.fund_name),
        PassesTo.LAPSE: gettext("lapse"),
    }[bequest.passes_to]
    rest = max(0, said.points + said.held - said.owed)
    moved = gettext("%(points)s points %(where)s.", points=points(rest), where=to)
    if said.owed:
        moved += " " + gettext(
            "%(points)s points are owed and paid first.", points=points(said.owed)
        )
    if said.on_notice:
        waits = gettext(
            "%(points)s more are on public notice and stay.", points=points(said.on_notice)
        )
        moved += " " + waits
    passes = gettext("New ones for %(name)s take their place.", name=heir)
    stay = gettext("Nobody of the household is there: they stay good for their flat.")
    return [
        (gettext("Points"), moved),
        _holds(said),
        _vouchers(said, passes if heir else stay),
        _hours_stay(said),
        _codes_end(said),
        _household(said),
        (gettext("Messages"), gettext("No message and no reminder is ever sent again.")),
    ]


def of_joining(said: Standing, survivor: str) -> Sentences:
    """Say what joining a record into the surviving one does."""
    moved = gettext("%(points)s go over, each with its use-by date.", points=_have(said))
    if said.owed:
        moved += " " + gettext(
            "%(points)s points that are owed go over too.", points=points(said.owed)
        )
    return [
        (gettext("Points"), moved),
        _holds(said),
        _vouchers(said, gettext("New ones under the surviving record take their place.")),
        (gettext("Hours"), gettext("%(hours)s go over.", hours=hours(said.minutes))),
        _codes_end(said),
        _household(said),
        (
            gettext("Number"),
            gettext(
                "The old number and codes lead to %(number)s; both histories stay.", number=survivor
            ),
        ),
    ]


def _codes_end(said: Standing) -> tuple[str, str]:
    ends = gettext(
        "%(browsers)s browsers are signed out and %(codes)s codes to collect with end at once.",
        browsers=said.browsers,
        codes=said.codes,
    )
    return gettext("Codes and phones"), ends
