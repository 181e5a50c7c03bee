"""What was done at the counter in words: on the sheet of a day, and of what stands out about a clerk."""

from kernel.errors import N_
from redemption.day_figures import Done, What
from redemption.outliers import Figure, StandsOut
from web.i18n import gettext

DONE = {
    What.SALE: (N_("Exchanges"), N_("Exchange"), "gift"),
    What.SWAP: (N_("Goods swapped"), N_("Swap"), "refresh-cw"),
    What.MOVE: (N_("Moved to another member"), N_("Moved"), "users"),
    What.PICK_UP: (N_("Reserved goods collected"), N_("Collected"), "package"),
    What.RELIEF: (N_("Relief handed out"), N_("Relief"), "hand-heart"),
    What.REFUND: (N_("Goods that came back"), N_("Came back"), "undo-2"),
    What.UNDO: (N_("Undone within 15 minutes"), N_("Undone"), "undo-2"),
}
FIGURES = {
    Figure.UNDOS: N_("Undone"),
    Figure.REFUNDS: N_("Came back"),
    Figure.SWAPS: N_("Swapped"),
    Figure.MOVES: N_("Moved to another member"),
    Figure.BY_NAME: N_("Found by number or name"),
    Figure.WITHOUT_PIN: N_("Without the phone’s code and without a PIN"),
    Figure.SAME_MEMBER: N_("To the member served most"),
}
TIMES = {
    Figure.UNDOS: N_("undoes %(times)s times as often as the others"),
    Figure.REFUNDS: N_("takes goods back %(times)s times as often as the others"),
    Figure.SWAPS: N_("swaps goods %(times)s times as often as the others"),
    Figure.MOVES: N_("moves exchanges %(times)s times as often as the others"),
    Figure.BY_NAME: N_("serves by number or name %(times)s times as often as the others"),
    Figure.WITHOUT_PIN: N_("serves without code and PIN %(times)s times as often as the others"),
    Figure.SAME_MEMBER: N_("serves one member %(times)s times as often as the others do"),
}
NONE_ELSE = {
    Figure.UNDOS: N_("undid %(count)s; the others usually none"),
    Figure.REFUNDS: N_("took goods back %(count)s times; the others usually never"),
    Figure.SWAPS: N_("swapped goods %(count)s times; the others usually never"),
    Figure.MOVES: N_("moved %(count)s exchanges; the others usually none"),
    Figure.BY_NAME: N_("served %(count)s by number or name; the others usually none"),
    Figure.WITHOUT_PIN: N_("served %(count)s without code and PIN; the others usually none"),
    Figure.SAME_MEMBER: N_("served one member %(count)s times; the others usually nobody so often"),
}


def stands_out(found: StandsOut) -> str:
    """Say how a figure of a clerk is unlike the others', and nothing of why."""
    if found.times is None:
        return gettext(NONE_ELSE[found.figure], count=found.count)
    return gettext(TIMES[found.figure], times=found.times)


def paper_link(done: Done) -> str:
    """Return where the receipt of something that was done is shown; relief has a register of its own."""
    table, paper_id = done.paper
    if table == "redemption":
        return f"/redemptions/{paper_id}"
    return ""
