"""Talk with the driver's own connection, past the ORM: for the one path where every microsecond is somebody's wait.

What is to be said is a generator that yields statements and is sent their rows. It knows no driver, so the same talk is
held with PostgreSQL, a round trip a statement, and with SQLite, all of it in one visit to the connection's thread.
"""

import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Ask:
    """One statement, written with $1, $2 …; with `many`, it is run for each of `values` and answered by a count."""

    sql: str
    values: Sequence[Any] = ()
    many: bool = False


# Rows may be read by position and by name; a statement for many answers with [(count,)].
Rows = Sequence[Any]
Steps = Generator[Ask, Rows, Answer]


class Engine(Protocol):
    """An engine that holds talks."""

    async def hold(self, steps: Steps[Answer], opening: str | None = None) -> Answer:
        """Carry out a talk and return what it comes to.

        With `opening` (a statement without values) it is one transaction, which SQLite opens in its own way; without,
        each statement commits itself. Raises what the driver raises; a transaction then wrote nothing, unless the line
        broke during the commit.
        """


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """Return a statement with SQLite's ?1, ?2 … for $1, $2 …."""
    return re.sub(r"\$(\d+)", r"?\1", sql)


def array_of(kind: str, values: Iterable[Any]) -> str:
    """Return a column as the text of a PostgreSQL array: many times cheaper for the driver than a list."""
    if kind == "text":
        return "{" + ",".join(map(_quoted, values)) + "}"
    if kind == "bytea":
        return "{" + ",".join(map(_hex, values)) + "}"
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(value: bytes | None) -> str:
    return "NULL" if value is None else '"\\\\x' + value.hex() + '"'
