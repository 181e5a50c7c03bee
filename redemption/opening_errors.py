"""What opening times and the queue refuse, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class ShopIsClosed(Refused):
    """The shop is not open now."""

    slug = "shop-is-closed"
    title = N_("The shop is closed now")
    detail = N_(
        "The shop is closed now. Open next: %(next)s. An organiser can open it by exception."
    )


class ShopIsClosedToday(ShopIsClosed):
    """The shop's hours are others today, and there is a reason."""

    slug = "shop-is-closed-today"
    detail = N_(
        "The shop is closed now: %(reason)s. Open next: %(next)s. An organiser can open it by exception."
    )


class HoursAreOdd(Invalid):
    """Hours begin before they end, within one day."""

    slug = "hours-are-odd"
    title = N_("Please check the hours")
    detail = N_(
        "Please enter hours within one day, the beginning before the end, such as 9:00 and 11:30."
    )


class DayOfOpeningIsOdd(Invalid):
    """A day that comes round is a weekday or a day of the month; a special day is not over."""

    slug = "opening-day-odd"
    title = N_("Please check the day")
    detail = N_("Please choose a weekday or a day of the month, or a date that is not over yet.")


class ReasonOfDayIsMissing(Invalid):
    """A day that is otherwise has a reason, which people are told."""

    slug = "day-reason-missing"
    title = N_("The reason is missing")
    detail = N_("Please say why, in at most %(most)s characters: people are told.")


class OpeningNotFound(NotFound):
    """There are no such hours in this shop."""

    slug = "opening-not-found"
    title = N_("These hours are not there")
    detail = N_("These opening hours are not there any more.")


class NoQueueToday(Refused):
    """Numbers are given on exchange days, until the shop closes."""

    slug = "no-queue-today"
    title = N_("No numbers today")
    detail = N_(
        "Numbers are given on exchange days, until the shop closes. Next exchange day: %(next)s."
    )


class TicketTaken(Refused):
    """Nobody waits with two numbers on one day."""

    slug = "ticket-taken"
    title = N_("You have a number already")
    detail = N_("Number %(number)s is the one for today. A second one is not given on one day.")


class NobodyWaits(Refused):
    """There is no number to call."""

    slug = "nobody-waits"
    title = N_("Nobody is waiting")
    detail = N_("No further number has been taken yet.")


class TicketNotFound(NotFound):
    """No such number was given today, or it was never skipped."""

    slug = "ticket-not-found"
    title = N_("This number is not there")
    detail = N_("No such number was skipped today. Please check it.")
