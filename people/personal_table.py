"""One table of what is held about a person, as the map of them tells it."""

from dataclasses import dataclass, field

OWN = "book_id = $1 AND person_id = $2"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """One table: `title` and the statement that gives a person their rows ($1 book, $2 person), or why they get none.

    At erasure the rows are deleted (`deleted`, with a condition where only some are), lose some columns (`blanked`, of
    the rows that `of` means), or stay for the reason that `stays` gives.
    """

    name: str
    title: str = ""
    rows: str = ""
    not_given: str = ""
    deleted: str = ""
    blanked: dict[str, str] = field(default_factory=dict)
    of: str = OWN
    stays: str = ""
