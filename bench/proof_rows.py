"""Proving a large book from its rows, against copying the same rows out and hashing them as they come."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from functools import partial

from bench.large_rows import Library, Shelf
from bench.pgbench import address, password, tool
from bench.rows import Goal, Row, in_turns, row
from bench.soundness import BooksAreWrong

COPIED = ("journal_entry", "transfer", "seal_member", "balance")
MEGABYTE = 1_000_000


@dataclass
class Memory:
    """The most memory that any of the proofs held."""

    megabytes: float = 0.0


async def prove_once(library: Library, entries: int, memory: Memory) -> tuple[float, float]:
    """Prove the book in a process of its own; return seconds. Raises: BooksAreWrong for any finding."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.proving", library.url, str(library.book_id)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the proof did not come to its end")
    told = json.loads(out)
    if told["findings"] or told["entries"] != entries or told["sealed"] != entries:
        raise BooksAreWrong(f"the proof of a sound book of {entries} entries says {told}")
    memory.megabytes = max(memory.megabytes, told["bytes"] / MEGABYTE)
    return told["seconds"], entries


async def copy_once(library: Library, entries: int) -> tuple[float, float]:
    """Copy the tables out through sha256sum, one after another; return seconds. Raises: RuntimeError."""
    start = time.perf_counter()
    for table in COPIED:
        reading, writing = os.pipe()
        copying = await asyncio.create_subprocess_exec(
            *(tool("psql"), "-X", "-q", "-c", f"COPY {table} TO STDOUT", *address(library.url)),
            stdout=writing,
            env=password(library.url),
        )
        os.close(writing)
        hashing = await asyncio.create_subprocess_exec(
            "sha256sum", stdin=reading, stdout=asyncio.subprocess.DEVNULL
        )
        os.close(reading)
        if await copying.wait() or await hashing.wait():
            raise RuntimeError(f"COPY {table} failed")
    return time.perf_counter() - start, entries


async def proof_rows(at: Shelf) -> tuple[Row, Row]:
    """Time and memory of the proof."""
    entries, memory = at.plan.large, Memory()
    sides = {
        "ours": partial(prove_once, at.large, entries, memory),
        "baseline": partial(copy_once, at.large, entries),
    }
    samples = await in_turns(sides, at.plan.large_rounds, pid=at.server.pid)
    size = f"{entries:,}".replace(",", " ")
    what = f"proof of {size} sealed one-line entries from their rows; against COPY of the tables through sha256sum"
    speed = row(("verify", what, "s"), samples, Goal(5.0, at_least=False))
    most = f"the most memory that this proof held ({size} entries)"
    return speed, Row("verify-memory", most, "MB", memory.megabytes, goal=Goal(300, at_least=False))


ROWS = {"verify": proof_rows}
