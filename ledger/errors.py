"""What the books refuse, and why."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused, Unavailable


class NotEnoughPoints(Refused):
    """The purse holds less than this costs."""

    slug = "not-enough-points"
    title = N_("Not enough points")
    detail = N_(
        "%(available)s points are available; this needs %(needed)s. %(missing)s more are needed."
    )


class PointsAreOwed(Refused):
    """Hours were taken back after their points were spent; new points pay that first."""

    slug = "points-are-owed"
    title = N_("Points are owed")
    detail = N_(
        "%(owed)s points are still owed: hours were corrected, or goods were taken on a paper sheet. "
        "New points pay them back first."
    )


class WouldOverdraw(Refused):
    """An account would give more than went into it."""

    slug = "would-overdraw"
    title = N_("There is not enough left")
    detail = N_("There is not enough left for this: %(available)s left, %(needed)s needed.")


class KeyReused(Refused):
    """The idempotency key already answered another request."""

    slug = "idempotency-key-reused"
    title = N_("This form was already used")
    detail = N_(
        "This form was already sent with other contents. Please open the page again and repeat it."
    )


class AlreadyReversed(Refused):
    """An entry is reversed once at most."""

    slug = "already-reversed"
    title = N_("Already undone")
    detail = N_("This has already been undone.")


class BookIsReadOnly(Refused):
    """The book is shut for posting, for example because a check failed."""

    slug = "book-is-read-only"
    title = N_("The books are closed for entries")
    detail = N_(
        "The books are being checked and take no entries at the moment. Nothing has been changed."
    )


class AccountIsClosed(Refused):
    """Nothing moves through a closed account."""

    slug = "account-is-closed"
    title = N_("This account is closed")
    detail = N_("This account has been closed. Please ask the community office.")


class DocumentIsMissing(NotFound):
    """A paper this entry depends on is not in this book."""

    slug = "document-not-found"
    title = N_("Not found")
    detail = N_("We could not find that. It may belong to another community or have been removed.")


class DocumentAlreadyExists(Refused):
    """Somebody recorded the same thing a moment before."""

    slug = "document-already-exists"
    title = N_("Already recorded")
    detail = N_("This has already been recorded.")


class KeyIsInvalid(Invalid):
    """An idempotency key is 1 to 64 printable ASCII characters."""

    slug = "idempotency-key-invalid"
    title = N_("The request has no valid key")
    detail = N_("The idempotency key must have 1 to 64 letters, digits or signs.")


class DeskIsBusy(Unavailable):
    """More posts are waiting than the desk takes."""

    slug = "desk-is-busy"
    title = N_("Very busy right now")
    detail = N_(
        "Many people are using the system right now. Nothing has been recorded; please try again shortly."
    )


class OutcomeIsUnknown(Unavailable):
    """The line broke while the entry was being committed; the same key will tell."""

    slug = "outcome-is-unknown"
    title = N_("We do not know yet")
    detail = N_(
        "The connection broke while this was being recorded. Send it again: it will not count twice."
    )


class NothingToPost(Refused):
    """The decision found nothing that moves."""

    slug = "nothing-to-post"
    title = N_("Nothing to record")
    detail = N_("There is nothing to record here.")


class NotAMonth(Invalid):
    """A period ends with a month."""

    slug = "not-a-month"
    title = N_("Please check the month")
    detail = N_("A month is written like 2026-11.")


class PeriodNotOver(Refused):
    """A month is closed when it is over where the community lives."""

    slug = "period-not-over"
    title = N_("This month is not over yet")
    detail = N_("%(month)s is not over yet. It can be closed from the first day of the next month.")


class PeriodAlreadyClosed(Refused):
    """A month is closed once, and never opened again."""

    slug = "period-already-closed"
    title = N_("This month is already closed")
    detail = N_("%(month)s is already closed. Closed months stay as they are.")


class EarlierPeriodOpen(Refused):
    """Months are closed in order, so that each builds on the one before."""

    slug = "earlier-period-open"
    title = N_("An earlier month is still open")
    detail = N_("Months are closed in order: please close %(month)s first.")


class PeriodNotSealed(Refused):
    """What a closed month holds has to be sealed, so that nobody can alter it unseen."""

    slug = "period-not-sealed"
    title = N_("This month is not sealed yet")
    detail = N_(
        "%(entries)s entries of %(month)s are still waiting for their seal. "
        "Nothing has been changed; please try again shortly."
    )


class FenceIsBusy(Unavailable):
    """Posts under way did not end in time for somebody who needs the book alone."""

    slug = "fence-is-busy"
    title = N_("The books are busy")
    detail = N_(
        "Entries are being written right now. Nothing has been changed; please try again shortly."
    )


class BookIsOpen(Refused):
    """Balances are rebuilt only while the book takes no entries."""

    slug = "book-is-open"
    title = N_("The books are open")
    detail = N_(
        "Balances are only set anew while an alarm has shut the books. This book has none: nothing was changed."
    )


class CannotBeRebuilt(Refused):
    """The transfers themselves take more out of an account than went in: they were altered."""

    slug = "cannot-be-rebuilt"
    title = N_("This cannot be repaired from the transfers")
    detail = N_(
        "The transfers of %(path)s take out more than went in, so they were altered themselves. "
        "Nothing was changed; `caihong verify` names what was altered, and a backup has it unaltered."
    )


class AmountIsOdd(Invalid):
    """Points move in whole numbers, one or more."""

    slug = "amount-is-odd"
    title = N_("Please check the number of points")
    detail = N_("The number of points is a whole number, 1 or more.")


class HoldEndsTooEarly(Invalid):
    """A hold lasts for a while: it ends later than now."""

    slug = "hold-ends-too-early"
    title = N_("Please check until when")
    detail = N_("Points are set aside until a time that is still to come.")


class HoldHasEnded(Refused):
    """Everything that was set aside has been taken or given back."""

    slug = "hold-has-ended"
    title = N_("Nothing is set aside any more")
    detail = N_("These points are no longer set aside: they were used or given back.")


class HoldHasExpired(Refused):
    """The time for which the points were set aside is over; they go back to the purse."""

    slug = "hold-has-expired"
    title = N_("The time to collect is over")
    detail = N_("The time for collecting is over. The points go back to the account.")


class HoldGivesNoMore(Refused):
    """A hold gives no more than was set aside."""

    slug = "hold-gives-no-more"
    title = N_("Fewer points are set aside")
    detail = N_("%(left)s points are still set aside; this needs %(needed)s.")


class HasAnUndoOfItsOwn(Refused):
    """What was set aside is given back or set aside anew; its entry alone cannot be undone."""

    slug = "has-an-undo-of-its-own"
    title = N_("This is undone in another way")
    detail = N_("Please undo this where it was recorded, so that its paper says so too.")


class GiftIsFinal(Refused):
    """Points given to a fund are spent for others, and never become anybody's own again."""

    slug = "gift-is-final"
    title = N_("A gift is final")
    detail = N_("Points that were given to a fund stay in the fund and cannot be given back.")


class NothingIsOwed(Refused):
    """There is no debt to write off."""

    slug = "nothing-is-owed"
    title = N_("Nothing is owed")
    detail = N_("This person owes no points.")


class OwesLess(Refused):
    """No more is written off than is owed."""

    slug = "owes-less"
    title = N_("Less is owed")
    detail = N_("Only %(owed)s points are owed; %(needed)s cannot be written off.")


class WriteOffNeedsReason(Invalid):
    """A debt is not written off without saying why."""

    slug = "write-off-needs-reason"
    title = N_("Please say why")
    detail = N_("Please say why this is written off.")


class NeedsTwoPeople(Forbidden):
    """One asks and another approves."""

    slug = "needs-two-people"
    title = N_("This needs a second person")
    detail = N_("One person asks for this and another one approves it.")


class OwnDebt(Forbidden):
    """Nobody writes off what they owe themselves."""

    slug = "own-debt"
    title = N_("These are your own points")
    detail = N_("Nobody can write off what they owe themselves. Please ask two other people.")


class DaysReversed(Invalid):
    """A statement ends on or after the day it begins with. The member `field` names the input."""

    slug = "days-reversed"
    title = N_("Please check the days")
    detail = N_("The first day has to come before the last one.")
