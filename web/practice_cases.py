"""Five cases for a first day at the counter, in words that go with the people and goods of `redemption.practice`."""

from kernel.errors import N_

CASES = (
    N_("Serve member 201: type 201 and Enter, then 10000014 and Enter. Enter confirms."),
    N_(
        "Not enough points: serve member 203 with 10000021. The page says how many are missing; take it off with − "
        "and clear the counter."
    ),
    N_(
        "Somebody else in between: begin with 201 and 10000021, then type 202. Answer 1 to park, and serve 202 with "
        "10000021."
    ),
    N_("Take up what was parked: F9 recalls it. Enter confirms."),
    N_("A mistake: open the receipt of just now and undo it. The goods go back to the shelf."),
)
