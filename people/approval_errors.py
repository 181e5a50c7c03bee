"""What is refused to who asks, and to who decides, where two persons are needed."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused


class NoSuchRequest(NotFound):
    """There is no such request, or not for this reader."""

    slug = "no-such-request"
    title = N_("No such request")
    detail = N_("We could not find this request. Please open the list of requests again.")


class OwnRequest(Forbidden):
    """Nobody approves what they asked for."""

    slug = "own-request"
    title = N_("Somebody else decides this")
    detail = N_("You asked for this yourself. Please let somebody else approve it.")


class OwnBenefit(Forbidden):
    """Nobody asks for or approves what is for themselves."""

    slug = "own-benefit"
    title = N_("This is about you")
    detail = N_("This is about yourself. Please let somebody else see to it.")


class AlreadyDecided(Refused):
    """A request is decided once."""

    slug = "request-already-decided"
    title = N_("Already decided")
    detail = N_("This request has already been decided. Nothing was done a second time.")


class RequestHasLapsed(Refused):
    """A request lives for three days."""

    slug = "request-has-lapsed"
    title = N_("This request has lapsed")
    detail = N_("Nobody decided this request within three days. Please ask again if it is needed.")


class RequestHasChanged(Refused):
    """What is approved is what was seen."""

    slug = "request-not-as-seen"
    title = N_("This is not what you saw")
    detail = N_(
        "What you approved is not what was asked for. Please open the request again and look at it."
    )


class TooEarlyAlone(Refused):
    """Where nobody else can approve, everybody first has a day to object."""

    slug = "too-early-alone"
    title = N_("Please wait until a day has passed")
    detail = N_(
        "Nobody else here can approve this. Everyone who works here has a day to object; after that "
        "you can carry it out."
    )


class NobodyMayDecide(Refused):
    """The only ones who could approve are those whom it concerns."""

    slug = "nobody-may-decide"
    title = N_("Nobody here could approve this")
    detail = N_(
        "Nobody here could approve this but those it concerns. Please let one more person take on this work."
    )


class AdministratorNeeded(Forbidden):
    """Over the daily limit only an administrator approves."""

    slug = "administrator-needed"
    title = N_("An administrator decides this")
    detail = N_(
        "Together with the other requests of that day this is more than %(most)s points. "
        "Only an administrator can approve it."
    )


class RequestNeedsReason(Invalid):
    """Who asks, or refuses, says why."""

    slug = "request-needs-reason"
    title = N_("A reason is missing")
    detail = N_("Please say why, in a few words.")


class ChangesNothing(Refused):
    """It is so already."""

    slug = "changes-nothing"
    title = N_("It is so already")
    detail = N_("Nothing would change. Please look again at what is there now.")


class LastAdministrator(Refused):
    """A community keeps at least one administrator."""

    slug = "last-administrator"
    title = N_("This is the last administrator")
    detail = N_("Please make somebody else administrator first; then this role can be taken away.")
