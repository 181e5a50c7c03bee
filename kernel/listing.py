"""A value of a statement that is a list: one text for every length, so that it is prepared once."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from kernel.database import Dialect

Kind = Literal["bigint", "text"]


def among(dialect: Dialect, place: int, kind: Kind = "bigint") -> str:
    """Return the condition that a column is one of the list at a place ($place)."""
    if dialect == "postgresql":
        return f"= ANY(${place}::{kind}[])"
    return f"IN (SELECT value FROM json_each(${place}))"  # noqa: S608  a number of ours


def as_list(dialect: Dialect, values: Iterable[Any]) -> Any:
    """Return the value for such a place."""
    return list(values) if dialect == "postgresql" else json.dumps(list(values))
