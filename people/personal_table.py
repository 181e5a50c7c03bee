"""One table of the map of what is held about a person (`personal_tables`)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kernel.database import Row

OWN = "book_id = $1 AND person_id = $2"
# Where a table knows no community: only for a member of the one that asks.
HERE = "person_id IN (SELECT person_id FROM membership WHERE book_id = $1 AND person_id = $2)"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """One table: `title` and the statement that gives a person their rows ($1 book, $2 person), or why they get none.

    At erasure the rows are deleted (`deleted`, with a condition where only some are), lose some columns (`blanked`, of
    the rows that `of` means), or stay for the reason that `stays` gives. `told` says a row in other columns.
    """

    name: str
    title: str = ""
    rows: str = ""
    not_given: str = ""
    deleted: str = ""
    blanked: dict[str, str] = field(default_factory=dict)
    of: str = OWN
    stays: str = ""
    told: Callable[[Row], Row] = dict


def table(name: str, title: str, columns: str, order: str, **erasure: object) -> PersonalTable:
    """Return a table whose rows name the person in `person_id`."""
    rows = f"SELECT {columns} FROM {name} WHERE {OWN} ORDER BY {order}"  # noqa: S608  our own words
    return PersonalTable(name, title, rows, **erasure)  # type: ignore[arg-type]


def sign_in(name: str, title: str, columns: str) -> PersonalTable:
    """Return a table of a person's ways to sign in, which are the same in every community."""
    rows = f"SELECT {columns} FROM {name} WHERE {HERE} ORDER BY 1"  # noqa: S608  our own words
    return PersonalTable(name, title, rows, deleted=HERE)
