"""`python -m bench`: take the figures, print the table, write it down."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import (
    browser_rows,
    http_rows,
    large_rows,
    machine,
    paper_rows,
    posting_rows,
    proof_rows,
    publishing,
    sealer_rows,
    shop_rows,
    sqlite_rows,
)
from bench.place import Place, a_folder, a_server
from bench.rows import QUICK, Plan, Row
from bench.soundness import BooksAreWrong

LATER = ("first paint of the volunteer's page",)


@dataclass(frozen=True)
class Group:
    """Rows that are measured on the same ground."""

    ground: Any
    rows: Mapping[str, Any]


GROUPS = (
    Group(posting_rows.ground, {**posting_rows.ROWS, **paper_rows.ROWS, **sealer_rows.ROWS}),
    Group(sqlite_rows.ground, sqlite_rows.ROWS),
    Group(http_rows.ground, http_rows.ROWS),
    Group(shop_rows.ground, shop_rows.ROWS),
    Group(browser_rows.ground, browser_rows.ROWS),
    Group(large_rows.ground, {**large_rows.ROWS, **proof_rows.ROWS}),
)
NAMES = [name for group in GROUPS for name in group.rows]


def asked() -> argparse.Namespace:
    """Read the command line."""
    told = f"Rows: {', '.join(NAMES)}"
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=told)
    parser.add_argument("--quick", action="store_true", help="small books, few rounds: a minute")
    parser.add_argument("--only", action="append", metavar="NAME", help="rows by (part of a) name")
    parser.add_argument("--rounds", type=int, help="rounds instead of 5")
    parser.add_argument("--seconds", type=float, help="seconds a sample instead of 3")
    parser.add_argument("--no-write", action="store_true", help="only print")
    parser.add_argument("--postgres", metavar="URL", help="a server to use instead of starting one")
    parser.add_argument(
        "--out", type=Path, help="folder to write into, also what is not a full run"
    )
    return parser.parse_args()


def plan_of(wanted: argparse.Namespace) -> Plan:
    """Return how much is to be measured."""
    plan = QUICK if wanted.quick else Plan()
    if wanted.rounds:
        plan = replace(plan, rounds=wanted.rounds)
    return replace(plan, seconds=wanted.seconds) if wanted.seconds else plan


def chosen(wanted: argparse.Namespace) -> list[str]:
    """Return the names of the rows to measure."""
    return [name for name in NAMES if not wanted.only or any(each in name for each in wanted.only)]


async def measure(group: Group, place: Place, plan: Plan, names: list[str]) -> list[Row]:
    """Measure the wanted rows of one group, saying each as soon as it is known."""
    rows: list[Row] = []
    async with group.ground(place, plan) as at:
        for name in names:
            measured = await group.rows[name](at)
            fresh = measured if isinstance(measured, tuple) else (measured,)
            rows += fresh
            for each in fresh:
                say(publishing.line(each))
    return rows


def all_rows(place: Place, plan: Plan, names: list[str]) -> list[Row]:
    """Measure every wanted row, each group in a loop of its own. Raises: BooksAreWrong."""
    rows: list[Row] = []
    for group in GROUPS:
        if own := [name for name in group.rows if name in names]:
            rows += asyncio.run(measure(group, place, plan, own))
    return rows


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def main() -> int:
    """Measure, print and write. Exit code 1 if a goal is missed, 2 if there are no figures."""
    wanted = asked()
    names = chosen(wanted)
    # Only a full run is published: figures of different runs never stand in one table.
    is_full = names == NAMES and not wanted.quick
    if not names:
        say(f"No such row. There are: {', '.join(NAMES)}")
        return 2
    with a_server(wanted.postgres) as server, a_folder() as folder:
        facts = machine.facts(server.version, folder)
        try:
            rows = all_rows(Place(server, folder), plan_of(wanted), names)
        except BooksAreWrong as wrong:
            say(f"No figures: the books are wrong. {wrong}")
            return 2
    stated = [f"{name}: {value}" for name, value in facts.items()]
    block = publishing.table(rows, LATER, stated)
    say("\n" + block)
    if not wanted.no_write and (wanted.out or is_full):
        readme = None if wanted.out else publishing.HERE.parent / "README.md"
        publishing.write(rows, block, facts, wanted.out or publishing.HERE, readme)
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
