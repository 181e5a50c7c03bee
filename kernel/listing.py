"""A value of a statement that is a list: one text for every length, so that it is prepared once."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from kernel.database import Dialect
from kernel.direct import array_of

Kind = Literal["bigint", "text"]


def among(dialect: Dialect, place: int, kind: Kind = "bigint") -> str:
    """Return the condition that a column is one of the list at a place ($place).

    On PostgreSQL no plan can rest on what is in it: a list that it saw it would count, and plan anew at each asking.
    For the seven tables that a session is read from, that took a quarter of the server's whole time in a sale.
    """
    if dialect == "postgresql":
        return f"= ANY(ARRAY(SELECT unnest(${place}::text::{kind}[])))"
    return f"IN (SELECT value FROM json_each(${place}))"  # noqa: S608  a number of ours


def as_list(dialect: Dialect, values: Iterable[Any], kind: Kind = "bigint") -> str:
    """Return the value for such a place."""
    return array_of(kind, values) if dialect == "postgresql" else json.dumps(list(values))
