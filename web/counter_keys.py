"""The keys of the counter, in one place: the page, its script and the printed guide say the same."""

from dataclasses import dataclass

from kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what is printed on it, and what it does, in words for `gettext`."""

    cap: str
    does: str
    on_counter: bool = True  # shown beside the basket; the others where they are needed


KEYS = (
    Key("Enter", N_("confirm")),
    Key("−", N_("last one off")),
    Key("F2", N_("find a person")),
    Key("F8", N_("park")),
    Key("F9", N_("recall"), on_counter=False),
    Key("1 2 3", N_("answer a question"), on_counter=False),
    Key("P", N_("print the slip"), on_counter=False),
    Key("Esc", N_("back")),
)
# One exchange from beginning to end.
STEPS = (
    N_("Scan the points code, or type the member number or the last digits of the phone."),
    N_("Scan the goods. Without a barcode, type the name or tap the picture."),
    N_("Look: what is to be taken off, and what is left afterwards."),
    N_("Enter confirms. Hand the goods over."),
)
# What goes wrong, and what to do then.
TROUBLE = (
    (
        N_("Somebody else's code came in between"),
        N_("1 parks the goods, 2 clears them, 3 goes on."),
    ),
    (N_("Not enough points"), N_("The page says how many are missing. − takes the last one off.")),
    (N_("Wrong goods, or the wrong person"), N_("Open the receipt: undo it within 15 minutes.")),
    (
        N_("No network"),
        N_("Wait: the page goes on by itself. After a minute, write on a paper sheet."),
    ),
    (N_("Power cut"), N_("Open the counter again: the last three exchanges stand there.")),
)
