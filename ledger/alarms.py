"""Alarms: a check failed, so the book takes no entries until somebody has looked and said so.

An alarm stays on record with who cleared it; its words are a message id, its members fill the placeholders.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import execute, fetch, transaction
from kernel.errors import NotFound
from kernel.ids import new_id
from ledger.books import lock_book

log = logging.getLogger("caihong")


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a check found, since when, and who has cleared it."""

    id: int
    raised_at: int
    check: str
    says: str
    members: Mapping[str, Any]
    cleared_at: int | None
    cleared_by: int | None

    def __str__(self) -> str:
        """Return what was found, in English."""
        return self.says % self.members


async def raise_alarm(book_id: int, check: str, says: str, members: Mapping[str, Any]) -> None:
    """Record what a check found and shut the book for entries; an alarm that is still open is raised once.

    `members` are JSON values. Posts under way may still commit; none begins afterwards. Call it outside of the
    transaction that found it, or a rollback takes the alarm with it. Raises: NotFound.
    """
    told = _as_json(members)
    async with transaction():
        # Two who find the same wait here for each other, so that the second sees the first one's alarm.
        await lock_book(book_id)
        await execute("UPDATE book SET read_only = 1 WHERE id = $1", book_id)
        raised = await fetch(
            "INSERT INTO alarm (book_id, id, raised_at, check_name, says, members) "
            "SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE book_id = $1 "
            "AND check_name = $4 AND says = $5 AND members = $6 AND cleared_at IS NULL) RETURNING id",
            *(book_id, new_id(), clock.now(), check, says, told),
        )
    if raised:
        log.critical(
            "ALARM in book %s [%s]: %s. It takes no entries until the alarm is cleared.",
            *(book_id, check, says % members),
        )


async def record_repair(
    book_id: int, check: str, says: str, members: Mapping[str, Any], by: int
) -> None:
    """Put on record, as an alarm already cleared, what somebody repaired; the book stays as it is."""
    now = clock.now()
    await execute(
        "INSERT INTO alarm (book_id, id, raised_at, cleared_at, cleared_by, check_name, says, members) "
        "VALUES ($1, $2, $3, $3, $4, $5, $6, $7)",
        *(book_id, new_id(), now, by, check, says, _as_json(members)),
    )
    log.warning("book %s [%s]: %s (by %s)", book_id, check, says % members, by)


async def open_alarms(book_id: int) -> list[Alarm]:
    """Return the alarms nobody has cleared yet, oldest first."""
    rows = await fetch(
        "SELECT * FROM alarm WHERE book_id = $1 AND cleared_at IS NULL ORDER BY id", book_id
    )
    return [_alarm(row) for row in rows]


async def all_alarms(book_id: int) -> list[Alarm]:
    """Return every alarm there ever was, latest first."""
    rows = await fetch("SELECT * FROM alarm WHERE book_id = $1 ORDER BY id DESC", book_id)
    return [_alarm(row) for row in rows]


def _as_json(members: Mapping[str, Any]) -> str:
    return json.dumps(dict(members), ensure_ascii=False, sort_keys=True)


def _alarm(row: dict[str, Any]) -> Alarm:
    return Alarm(
        row["id"],
        row["raised_at"],
        row["check_name"],
        row["says"],
        json.loads(row["members"]),
        row["cleared_at"],
        row["cleared_by"],
    )


async def clear_alarm(book_id: int, alarm_id: int, by: int) -> bool:
    """Clear an alarm in somebody's name; the last one opens the book again. Return whether the book is open.

    Raises: NotFound for an alarm that is not open.
    """
    async with transaction():
        await lock_book(book_id)
        cleared = await execute(
            "UPDATE alarm SET cleared_at = $3, cleared_by = $4 "
            "WHERE book_id = $1 AND id = $2 AND cleared_at IS NULL",
            *(book_id, alarm_id, clock.now(), by),
        )
        if not cleared:
            raise NotFound
        opened = await execute(
            "UPDATE book SET read_only = 0 WHERE id = $1 AND NOT EXISTS "
            "(SELECT 1 FROM alarm WHERE book_id = $1 AND cleared_at IS NULL)",
            book_id,
        )
    log.warning("alarm %s in book %s was cleared by %s", alarm_id, book_id, by)
    return bool(opened)
