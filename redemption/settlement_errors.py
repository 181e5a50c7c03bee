"""What a settlement is refused for."""

from kernel.errors import N_, Invalid, NotFound, Refused


class CompanyNotHere(NotFound):
    """The community works with no such property company."""

    slug = "company-not-here"
    title = N_("No such company")
    detail = N_("This community works with no such property company.")


class SettlementNotFound(NotFound):
    """No such settlement, or not this company's: both get the same answer."""

    slug = "settlement-not-found"
    title = N_("No such settlement")
    detail = N_("There is no settlement of this month yet.")


class MonthNotOver(Refused):
    """A month is settled when it is over."""

    slug = "settlement-month-not-over"
    title = N_("This month is not over yet")
    detail = N_(
        "This month is not over yet. It can be settled from the first day of the next month on."
    )


class EarlierMonthUnsettled(Refused):
    """Months are settled in order."""

    slug = "settlement-earlier-month-open"
    title = N_("An earlier month is not settled yet")
    detail = N_("%(month)s is not settled yet. Please settle that month first.")


class NothingToSettle(Refused):
    """No voucher was used that waits for payment."""

    slug = "nothing-to-settle"
    title = N_("Nothing to settle")
    detail = N_("No voucher was used in this month that is still to be paid.")


class SettlementHasChanged(Refused):
    """What would be locked is not what was signed."""

    slug = "settlement-has-changed"
    title = N_("The settlement has changed")
    detail = N_(
        "A use was undone or corrected since the settlement was signed. Please look at it and sign it again."
    )


class SettlementIsLocked(Refused):
    """A locked settlement never changes."""

    slug = "settlement-is-locked"
    title = N_("Already locked")
    detail = N_("This settlement carries both signatures and no longer changes.")


class SettlementNotLocked(Refused):
    """A draft is not paid."""

    slug = "settlement-not-locked"
    title = N_("The second signature is missing")
    detail = N_("This settlement does not carry both signatures yet. It is paid afterwards.")


class SettlementIsPaid(Refused):
    """A settlement is paid once."""

    slug = "settlement-is-paid"
    title = N_("Already paid")
    detail = N_("This settlement was already paid, with the bank reference %(reference)s.")


class BankReferenceIsMissing(Invalid):
    """The bank's number of the transfer."""

    slug = "bank-reference-is-missing"
    title = N_("The bank reference is missing")
    detail = N_("Please enter the bank's reference of the transfer, at most 40 letters and digits.")


class NotSettledYet(Refused):
    """What is not in a settlement is undone at the desk."""

    slug = "voucher-use-not-settled"
    title = N_("Not in a settlement yet")
    detail = N_(
        "This amount is not in a settlement yet. The property desk can still undo it by itself."
    )
