"""What a list of grants is refused for."""

from kernel.errors import N_, Invalid, Refused


class GrantToOneself(Refused):
    """Who makes or approves a grant does not get points by it."""

    slug = "grant-to-oneself"
    title = N_("Not to oneself")
    detail = N_("Whoever makes or approves a grant cannot be given points by it.")


class GrantedTwice(Invalid):
    """One person stands in a list once."""

    slug = "granted-twice"
    title = N_("Listed twice")
    detail = N_("This person stands in the list more than once.")


class GrantAmountInvalid(Invalid):
    """A grant is a positive whole number of points."""

    slug = "grant-amount-invalid"
    title = N_("Please check the points")
    detail = N_("Points are a whole number, at least 1 and at most %(most)s.")


class GrantReasonMissing(Invalid):
    """Points are given for a reason that can be read later."""

    slug = "grant-reason-missing"
    title = N_("A reason is missing")
    detail = N_("Please say what these points are granted for.")


class GrantIsSpent(Refused):
    """A list gives no more than it says."""

    slug = "grant-is-spent"
    title = N_("More than the list says")
    detail = N_("This list grants %(listed)s points in all; %(granted)s have been granted already.")
