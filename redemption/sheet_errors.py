"""What paper sheets refuse, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class SheetNotFound(NotFound):
    """The shop printed no sheet with this number."""

    slug = "sheet-not-found"
    title = N_("No such sheet")
    detail = N_("No sheet with this number was printed here. Please check the number at its top.")


class SheetRowIsOdd(Invalid):
    """A sheet has so many rows."""

    slug = "sheet-row-is-odd"
    title = N_("Please check the row")
    detail = N_("A sheet has rows 1 to %(most)s. Please type the number at the left of the row.")


class SheetsAreOdd(Invalid):
    """A pack has a number of sheets."""

    slug = "sheets-are-odd"
    title = N_("Please check the number of sheets")
    detail = N_("A pack has 1 to %(most)s sheets. Please enter it again.")


class SheetDayIsOdd(Invalid):
    """What is typed in happened on a day since the sheet was printed, and not long ago."""

    slug = "sheet-day-is-odd"
    title = N_("Please check the day")
    detail = N_(
        "The day lies between the day the sheet was printed and today, at most %(days)s days back. "
        "What is older is put right by an organiser."
    )


class SheetIsEnded(Refused):
    """A sheet that was put away takes no more rows."""

    slug = "sheet-is-ended"
    title = N_("This sheet was put away")
    detail = N_("This sheet was put away already. Please check its number, or ask an organiser.")


class SheetRowIsTaken(Refused):
    """One row of a sheet is one exchange."""

    slug = "sheet-row-is-taken"
    title = N_("This row says something else")
    detail = N_(
        "This row was typed in before and says something else. Nothing was changed. "
        "Please check the number of the sheet and of the row."
    )


class SheetRowNotFound(NotFound):
    """No such row was typed in."""

    slug = "sheet-row-not-found"
    title = N_("No such row")
    detail = N_("We could not find this row. Please open the list again.")


class SheetRowChanged(Refused):
    """A row was typed anew after somebody had looked at it."""

    slug = "sheet-row-changed"
    title = N_("This row was typed anew")
    detail = N_(
        "This row was typed anew after you looked at it. Please look again, and then decide."
    )


class SheetRowDecided(Refused):
    """A row is decided once."""

    slug = "sheet-row-decided"
    title = N_("Already decided")
    detail = N_("This row was booked or decided meanwhile. Nothing was changed.")


class SheetRowTwoPersons(Refused):
    """Who typed a row in does not decide about it, nor does whoever it is about."""

    slug = "sheet-row-two-persons"
    title = N_("Somebody else must decide")
    detail = N_(
        "You typed this row in, or it is about you. Please let another organiser decide about it."
    )


class SheetSaleStays(Refused):
    """Goods that the purse did not pay for in full do not go back over the counter."""

    slug = "sheet-sale-stays"
    title = N_("Please ask the office")
    detail = N_(
        "This exchange came from a paper sheet and its points were not all there, so that it cannot be returned "
        "here. Please ask an organiser to put the points right."
    )
