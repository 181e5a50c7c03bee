"""What closing a day, saying "that was not me" and answering it are refused for, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class NothingToClose(Refused):
    """A closing stands for something that happened and was not signed off yet."""

    slug = "nothing-to-close"
    title = N_("There is nothing to sign off")
    detail = N_("Everything of this day is signed off, or nothing was exchanged. Nothing to do.")


class DayIsNotOver(Refused):
    """A day that has not begun is not closed."""

    slug = "day-is-not-over"
    title = N_("This day has not come yet")
    detail = N_("Only today and days that are over are closed. Please choose another day.")


class ClosedMeanwhile(Refused):
    """Of two who close the same at once, one does."""

    slug = "closed-meanwhile"
    title = N_("Somebody else has just closed this day")
    detail = N_("A colleague closed the day this very moment. Please look at the sheet again.")


class ClosingNotFound(NotFound):
    """There is no such closing in this community."""

    slug = "closing-not-found"
    title = N_("This closing is not there")
    detail = N_("There is no such closing in this community. Please choose one from the list.")


class CaseNotFound(NotFound):
    """There is no such case in this community."""

    slug = "case-not-found"
    title = N_("This case is not there")
    detail = N_("There is no such case in this community. Please choose one from the list.")


class CaseIsAnswered(Refused):
    """A case is answered once."""

    slug = "case-is-answered"
    title = N_("This case has been answered")
    detail = N_("Somebody has answered this case already. Please read the answer there.")


class OwnCase(Refused):
    """Neither the member nor whoever did it answers a case."""

    slug = "own-case"
    title = N_("Somebody else answers this case")
    detail = N_(
        "It is about you, or about something you did yourself. Please let another organiser look into it."
    )


class AnswerIsMissing(Invalid):
    """A case ends with a word to the member."""

    slug = "answer-is-missing"
    title = N_("What did you find?")
    detail = N_("Please write in a few words what you found; the member reads it.")
