"""What the planning of activities, shifts and points rules refuses."""

from kernel.errors import N_, Invalid, NotFound, Refused


class NoAwardRule(Refused):
    """No rule says what an hour is worth at that time."""

    slug = "no-award-rule"
    title = N_("No points rule yet")
    detail = N_(
        "No rule says how many points an hour brings. The community office must set one first."
    )


class ActivityIsImpossible(Invalid):
    """An activity needs a title and a category, and a multiplier from 0 to 1000 percent."""

    slug = "activity-impossible"
    title = N_("Please check the activity")
    detail = N_(
        "An activity needs a title, a category and a multiplier between 0 and 1000 percent."
    )


class ActivityExists(Refused):
    """The community has an activity of that title."""

    slug = "activity-exists"
    title = N_("This activity exists already")
    detail = N_("There is already an activity called “%(activity)s”. Plan a shift for it instead.")


class ActivityNotFound(NotFound):
    """There is no such activity in this community."""

    slug = "activity-not-found"
    title = N_("Activity not found")
    detail = N_("We could not find this activity. Please choose it from the list again.")


class ShiftIsImpossible(Invalid):
    """A shift ends after it begins, within a day, and somebody is expected."""

    slug = "shift-impossible"
    title = N_("Please check the shift")
    detail = N_(
        "A shift must end after it begins, within 24 hours, and expect at least one person."
    )


class BudgetIsImpossible(Invalid):
    """A budget is not negative and not below what was awarded."""

    slug = "budget-impossible"
    title = N_("Please check the points budget")
    detail = N_("The budget cannot be below the %(awarded)s points that were already awarded.")


class RuleIsImpossible(Invalid):
    """A rule gives a sensible number of points that last for a sensible time."""

    slug = "rule-impossible"
    title = N_("Please check the points rule")
    detail = N_("Points per hour must be between 0 and 1000, and points must last 1 to 120 months.")
