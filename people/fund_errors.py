"""What funds are refused for."""

from kernel.errors import N_, NotFound, Refused


class FundNotFound(NotFound):
    """The community has no such fund."""

    slug = "fund-not-found"
    title = N_("No such fund")
    detail = N_("This community has no such fund. Please choose one from the list.")


class FundIsClosed(Refused):
    """A closed fund takes nothing and spends nothing."""

    slug = "fund-is-closed"
    title = N_("This fund is closed")
    detail = N_("The fund %(fund)s is closed. Please choose another one.")


class FundStillHasPoints(Refused):
    """What was given is spent before a fund is closed."""

    slug = "fund-still-has-points"
    title = N_("There are points left in it")
    detail = N_("There are %(points)s points left in this fund. They are spent first.")


class FundIsNeeded(Refused):
    """The rule for closed records names this fund."""

    slug = "fund-is-needed"
    title = N_("The rule for closed records names it")
    detail = N_("Points of closed records go to this fund. Please write down another rule first.")
