"""What households, consents and events of a life are refused for, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class NoSuchHousehold(NotFound):
    """The community has no such household."""

    slug = "no-such-household"
    title = N_("No such household")
    detail = N_("We could not find this household. Please open the member's page again.")


class InAHousehold(Refused):
    """A person lives in one household at a time."""

    slug = "in-a-household"
    title = N_("Already in a household")
    detail = N_(
        "This person already belongs to a household. Please record that they left it first."
    )


class NotOneHousehold(Refused):
    """Only those who live together spend each other's points."""

    slug = "not-one-household"
    title = N_("Not in one household")
    detail = N_("These two are not in one household now. Please put them into one first.")


class ConsentToOneself(Invalid):
    """A consent is between two people."""

    slug = "consent-to-oneself"
    title = N_("Please choose somebody else")
    detail = N_("Please choose somebody else of the household.")


class SpenderRecords(Refused):
    """Whoever may spend the points does not record the permission."""

    slug = "spender-records"
    title = N_("Somebody else must record this")
    detail = N_("You would spend these points yourself. Please let a colleague record it.")


class ConsentExists(Refused):
    """There is one consent between two people at a time."""

    slug = "consent-exists"
    title = N_("Already allowed")
    detail = N_("This is already allowed. To change the limit, withdraw it and give it again.")


class LimitBelowSpent(Refused):
    """A new limit covers what was already spent this month."""

    slug = "limit-below-spent"
    title = N_("More was already spent this month")
    detail = N_("%(spent)s points were already spent this month. Please choose a higher limit.")


class NoSuchConsent(NotFound):
    """There is no such consent, or it was withdrawn."""

    slug = "no-such-consent"
    title = N_("No such permission")
    detail = N_("This permission is not there any more. Nothing was changed.")


class LimitIsOdd(Invalid):
    """A limit is a whole number of points."""

    slug = "points-limit-is-odd"
    title = N_("Please check the limit")
    detail = N_("The limit is a whole number from 1 to %(most)s points. Please enter it again.")


class BirthYearIsOdd(Invalid):
    """A birth year lies in the last hundred and thirty years."""

    slug = "birth-year-is-odd"
    title = N_("Please check the year")
    detail = N_("Please enter the year of birth with four digits, for example 1955.")


class ProofIsMissing(Invalid):
    """Somebody saw a proof: which one is written down."""

    slug = "proof-is-missing"
    title = N_("Which proof was seen?")
    detail = N_("Please write which proof was seen, for example: identity card.")


class GuardianNeeded(Refused):
    """A child under 14 agrees through a guardian."""

    slug = "guardian-needed"
    title = N_("A guardian must agree first")
    detail = N_("Children under 14 need the consent of a guardian. Please record it first.")


class GuardianTooYoung(Refused):
    """A guardian is no child."""

    slug = "guardian-too-young"
    title = N_("This person is too young")
    detail = N_("A guardian must be grown up. Please choose somebody else.")


class CollectCodeUnknown(NotFound):
    """No code of today that could be used is this one: past, used and revoked ones get the same answer."""

    slug = "collect-code-unknown"
    title = N_("This code cannot be used")
    detail = N_(
        "This code is not valid today, was used, or was cancelled. Please ask the member for a new one."
    )


class TooManyCollectCodes(Refused):
    """A member has a few open codes at most."""

    slug = "too-many-collect-codes"
    title = N_("Enough codes for today")
    detail = N_("%(most)s codes are open already. Please cancel one of them first.")


class RecordIsClosed(Refused):
    """Nothing begins any more for a record that was closed."""

    slug = "record-is-closed"
    title = N_("This record is closed")
    detail = N_("This record is closed. If that is a mistake, take the closing back first.")


class HasMovedOut(Refused):
    """Somebody who moved out is not recorded as moved out again."""

    slug = "has-moved-out"
    title = N_("Moved out already")
    detail = N_("It is already recorded that this person moved out.")


class NoSuchEvent(NotFound):
    """There is no such event, or it was taken back."""

    slug = "no-such-life-event"
    title = N_("Nothing to take back")
    detail = N_("We could not find this event, or it was already taken back.")


class TooLateToTakeBack(Refused):
    """A closing can be taken back for some days."""

    slug = "too-late-to-take-back"
    title = N_("Too late to take this back")
    detail = N_("This could be taken back for %(days)s days. Please ask the administrator.")


class UsedMeanwhile(Refused):
    """What was passed on is no longer there to come back."""

    slug = "used-meanwhile"
    title = N_("Some of it was used since")
    detail = N_(
        "Some of the points, hours or vouchers that went over were used or moved since. "
        "So it cannot be taken back as a whole."
    )


class SameRecord(Invalid):
    """A record is joined with another one."""

    slug = "same-record"
    title = N_("Please choose another record")
    detail = N_("Please choose another record. The two must be different.")


class PointsOnNotice(Refused):
    """Points that wait for the public notice are not carried over."""

    slug = "points-on-notice"
    title = N_("Points are on public notice")
    detail = N_(
        "%(points)s points of this record are still on public notice. Please wait until it ends."
    )


class HeirNeeded(Refused):
    """By the community's rule the points go to a household member, and there are several: one is named."""

    slug = "heir-needed"
    title = N_("Who gets the points?")
    detail = N_("Please choose somebody who is in the same household now.")


class SecondPersonNeeded(Refused):
    """Two members of staff close or join a record."""

    slug = "second-person-needed"
    title = N_("A second person is needed")
    detail = N_(
        "A second member of staff must confirm this with their own name and password: an organiser "
        "or administrator, and nobody whom it concerns."
    )


class JoinedMeanwhile(Refused):
    """Points go to whom a record belongs, and that changed while they were on their way."""

    slug = "joined-meanwhile"
    title = N_("This record was joined just now")
    detail = N_("This record was joined with another one just now. Please try again.")


class NothingChanges(Invalid):
    """A move leads somewhere else."""

    slug = "same-flat"
    title = N_("That is the same flat")
    detail = N_("Please enter the new flat. It is the same as before.")


class FundNameIsMissing(Invalid):
    """A rule that names a fund names it."""

    slug = "fund-name-is-missing"
    title = N_("The fund has no name")
    detail = N_("Please enter the name of the fund.")
