"""What services and their agreements are refused for."""

from kernel.errors import N_, Invalid, NotFound, Refused


class ServiceNotFound(NotFound):
    """No such service, or another merchant's: both get the same answer."""

    slug = "service-not-found"
    title = N_("No such service here")
    detail = N_("We could not find this service at your desk. Please choose one from the list.")


class ServiceUseNotFound(NotFound):
    """No such slip, or another merchant's: both get the same answer."""

    slug = "service-use-not-found"
    title = N_("No such slip here")
    detail = N_("We could not find this slip at your desk. Please look at today's list.")


class MerchantNotFound(NotFound):
    """The community works with no such merchant."""

    slug = "merchant-not-found"
    title = N_("No such merchant")
    detail = N_("This community works with no such merchant.")


class SharesAreOdd(Invalid):
    """The shares of a price are whole amounts and not more than the price."""

    slug = "shares-are-odd"
    title = N_("Please check the shares")
    detail = N_(
        "What the community pays, the merchant gives and the points are worth must together not be more than the "
        "list price. Points are worth something only if there are any."
    )


class AgreementBeginsTooEarly(Invalid):
    """Prices change from the next day on, so that nobody is shown one price and charged another."""

    slug = "agreement-begins-too-early"
    title = N_("Please check the day")
    detail = N_("Another agreement holds from tomorrow at the earliest. Please choose a later day.")


class NoAgreementYet(Refused):
    """No agreement of the service holds today."""

    slug = "no-agreement-yet"
    title = N_("Not agreed yet")
    detail = N_("No price of %(service)s holds today. Please ask the community office.")


class ServiceIsWithdrawn(Refused):
    """The service is not rendered at agreed prices at the moment."""

    slug = "service-is-withdrawn"
    title = N_("Not offered at the moment")
    detail = N_("%(service)s is not offered at the agreed price at the moment.")


class SharesHaveChanged(Refused):
    """The price the resident saw is no longer the price."""

    slug = "shares-have-changed"
    title = N_("The price has changed")
    detail = N_("The price is not what was shown. Please look at it again, and tell the resident.")


class HadEnoughToday(Refused):
    """So many a day for one person."""

    slug = "service-over-day"
    title = N_("Already had today")
    detail = N_("%(service)s: at most %(limit)s a day for one person. Please come again tomorrow.")


class HadEnoughThisMonth(Refused):
    """So many a month for one person."""

    slug = "service-over-month"
    title = N_("The month's share is used up")
    detail = N_("%(service)s: at most %(limit)s a month for one person.")


class HouseholdHadEnough(Refused):
    """So many a month for one household."""

    slug = "service-over-household"
    title = N_("The household's share is used up")
    detail = N_("%(service)s: at most %(limit)s a month for one household.")


class LooksNobodyUpByName(Invalid):
    """A merchant sees who shows a code, a card or a number, and cannot look through the members."""

    slug = "merchant-no-names"
    title = N_("Please scan the code or the card")
    detail = N_("Please scan the code or the card, or type the short number that stands on it.")
