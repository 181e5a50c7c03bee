"""What the limits of a day refuse, and what to do next."""

from kernel.errors import N_, Invalid, Refused


class PinNeeded(Refused):
    """More than goes without a PIN, and not more than goes with it."""

    slug = "pin-needed"
    title = N_("Please ask for the PIN")
    detail = N_(
        "By card, number or name, %(limit)s points a day go without a PIN; %(left)s are left today. "
        "Please let them type their PIN, or scan the code on their phone."
    )


class OverDayLimit(Refused):
    """More than goes in a day without the code on the phone."""

    slug = "over-day-limit"
    title = N_("Over the limit of the day")
    detail = N_(
        "By card, number or name, at most %(limit)s points a day can be exchanged; %(left)s are left today. "
        "Please scan the code on their phone, or ask an organiser to allow more for today."
    )


class LimitsAreOdd(Invalid):
    """Limits are whole numbers of points, the one with a PIN not below the one without."""

    slug = "limits-odd"
    title = N_("Please check the limit")
    detail = N_(
        "Limits are whole numbers up to %(most)s, and the limit with a PIN is not below the one without."
    )


class OverYearLimit(Refused):
    """A household has so much money off its property fee in a year."""

    slug = "over-year-limit"
    title = N_("Over the limit of the year")
    detail = N_(
        "A household can have vouchers of %(limit)s yuan a year; %(left)s yuan are left this year. "
        "Please choose a smaller one, or wait for the next year."
    )


class YearLimitIsOdd(Invalid):
    """The limit of a year is an amount of money, or none."""

    slug = "year-limit-odd"
    title = N_("Please check the limit")
    detail = N_(
        "The limit of a year is an amount in yuan, at most a million; leave it empty for no limit."
    )


class ApproverMissing(Refused):
    """Nobody approves for themselves."""

    slug = "approver-missing"
    title = N_("Somebody else must allow this")
    detail = N_("You cannot allow more for yourself. Please ask a colleague.")


class OverMonthLimit(Refused):
    """A household has so many pieces of an item in a month."""

    slug = "over-month-limit"
    title = N_("Over the limit of the month")
    detail = N_(
        "A household can have %(limit)s of %(item)s a month; this one had %(had)s, %(left)s are left this month. "
        "Please take fewer, or come again next month."
    )


class OverPiecesOfDay(Refused):
    """A household has so many pieces in one day."""

    slug = "over-pieces-of-day"
    title = N_("Over the limit of the day")
    detail = N_(
        "A household can have %(limit)s pieces a day here; %(left)s are left today. "
        "Please take fewer, or come again another day."
    )


class OverExchangesOfDay(Refused):
    """A household comes so many times in one day."""

    slug = "over-exchanges-of-day"
    title = N_("Enough for today")
    detail = N_(
        "A household can exchange %(limit)s times a day here, and has done so today. Please come again another day."
    )


class ShopRuleIsOdd(Invalid):
    """The shop's rules are whole numbers in bounds."""

    slug = "shop-rule-odd"
    title = N_("Please check the rule")
    detail = N_("This is a whole number from 1 to %(most)s.")
