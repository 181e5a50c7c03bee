"""What work without an organiser on the spot refuses: what happened, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class ServiceCardUnknown(NotFound):
    """No card of this community has that code or number."""

    slug = "service-card-unknown"
    title = N_("This card is not known")
    detail = N_(
        "This is no service card of this community. Please scan it again, or type the eight digits beside its code."
    )


class ServiceCardDead(Refused):
    """The card was stopped."""

    slug = "service-card-dead"
    title = N_("This card is no longer good")
    detail = N_(
        "This card was stopped. Please tell the community office that it still hangs there, and start on your phone."
    )


class OwnServiceCard(Refused):
    """Nobody serves themselves."""

    slug = "own-service-card"
    title = N_("This is your own card")
    detail = N_("Somebody who comes to help you scans it. Nobody can serve themselves.")


class CardIsImpossible(Invalid):
    """A card says whose it is, in up to 40 signs, and only a person's card belongs to a member."""

    slug = "service-card-impossible"
    title = N_("Please check the card")
    detail = N_("Write on the card what place or who it is, in at most 40 signs.")


class ErrandNeedsSomebody(Invalid):
    """An errand is begun for somebody: a member by number, or a name. The member `field` names the input."""

    slug = "errand-for-whom"
    title = N_("Whom do you help?")
    detail = N_("Please say whom you help: their member number, or a name of at most 40 signs.")


class NothingStarted(Refused):
    """There is no errand that could end."""

    slug = "no-errand-begun"
    title = N_("Nothing has been started")
    detail = N_("You have not started any work. Please start it first.")


class NobodyConfirmed(Refused):
    """The hours rest on the volunteer's own word alone."""

    slug = "nobody-confirmed"
    title = N_("Nobody has confirmed these hours")
    detail = N_(
        "So far only the volunteer says so. Ask the person who was helped, and enter how you know; then verify."
    )


class NothingToConfirm(Refused):
    """The hours need nobody's word, or not yet."""

    slug = "nothing-to-confirm"
    title = N_("Nothing to confirm")
    detail = N_("These hours were confirmed already, or the work is not over yet.")


class PlacesSayNothing(Refused):
    """A place's card hangs on a wall: one scan of it is nobody's word."""

    slug = "card-of-a-place"
    title = N_("This is the card of a place")
    detail = N_(
        "It counts when it is scanned at the beginning and at the end. Only the card of the person helped confirms"
        " afterwards; otherwise the organiser will ask."
    )


class UsualTimeIsImpossible(Invalid):
    """Work on call usually takes between a minute and a day."""

    slug = "usual-time-impossible"
    title = N_("Please check how long it takes")
    detail = N_("Work on call usually takes between 1 and 1440 minutes.")


class NoLeader(Refused):
    """Nobody leads the shift yet."""

    slug = "no-leader"
    title = N_("This shift has no leader")
    detail = N_("Nobody was chosen to lead this shift. Please tell the community office.")


class OnlyThoseHere(Refused):
    """Only who is checked in at the shift can say that its leader is there."""

    slug = "only-those-here"
    title = N_("Please check in first")
    detail = N_("Only somebody who is checked in at this shift can check its leader in or out.")
