"""What giving points above the hours refuses."""

from kernel.errors import N_, Invalid, NotFound, Refused


class BonusIsImpossible(Invalid):
    """A bonus is a whole number of points, at least one."""

    slug = "bonus-impossible"
    title = N_("Please check the points")
    detail = N_("A bonus is a whole number of points from 1 to %(most)s.")


class BonusBudgetExceeded(Refused):
    """The points rule gives each shift so many points above the hours and no more."""

    slug = "bonus-budget-exceeded"
    title = N_("The bonus points of this shift are used up")
    detail = N_(
        "The points rule lets this shift give %(budget)s bonus points. %(left)s are left, %(needed)s were asked for."
    )


class BonusGivenBefore(Refused):
    """One reason brings one bonus for the same hours."""

    slug = "bonus-given-before"
    title = N_("A bonus was given for this reason already")
    detail = N_("For the same hours one reason counts once. Please look at the list of bonuses.")


class BonusNotFound(NotFound):
    """There is no such bonus in this community."""

    slug = "bonus-not-found"
    title = N_("Bonus not found")
    detail = N_("We could not find this bonus. Please open the hours again.")


class BonusIsTakenBack(Refused):
    """A bonus is taken back once, by itself or with its hours."""

    slug = "bonus-is-taken-back"
    title = N_("This bonus has been taken back")
    detail = N_("The points were taken back already, by themselves or together with the hours.")
