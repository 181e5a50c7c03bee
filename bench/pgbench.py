"""The baseline on PostgreSQL: pgbench calling one stored function per post, beside ours on the same server."""

import asyncio
import os
import re
import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.acts import EXPIRES
from bench.filling import SettlingBook
from bench.place import direct
from tests.harness.postgresql import find_binaries

FUNCTIONS = Path(__file__).with_name("stored_function.sql")
KEY = "\\set key random(1, 4611686018427387903)\n"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of pgbench measured: calls a second, the median call (seconds), and how many calls."""

    rate: float
    median: float
    calls: int


def address(url: str) -> list[str]:
    """Return the options by which PostgreSQL's programs reach a database."""
    parts = urlsplit(url)
    server = ["-h", parts.hostname or "localhost", "-p", str(parts.port or 5432)]
    return [*server, "-U", parts.username or "postgres", parts.path.lstrip("/")]


def password(url: str) -> dict[str, str]:
    """Return the environment that tells them the password."""
    return {**os.environ, "PGPASSWORD": unquote(urlsplit(url).password or "")}


async def make_functions(url: str) -> None:
    """Create the stored functions."""
    async with direct(url) as raw:
        await raw.execute(FUNCTIONS.read_text(encoding="utf-8"))


def tool(name: str) -> str:
    """Return where one of PostgreSQL's programs is. Raises: RuntimeError."""
    beside = find_binaries() / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is needed for the baseline (it comes with PostgreSQL)")
    return found


def transfers(book: SettlingBook, *, hot: bool) -> str:
    """Return the script of a bare transfer between random accounts, or always out of the same one."""
    last = len(book.payables) - 1
    return (
        f"\\set debit {book.payables[0].id} + {'0' if hot else f'random(0, {last})'}\n"
        f"\\set credit {book.settling[0].id} + random(0, {last})\n{KEY}"
        f"SELECT post_transfer({book.book_id}, 'SETTLEMENT_OPENED', :debit, :credit, 'fen', 1, (:key)::text);\n"
    )


def awards(book: SettlingBook, issued: int) -> str:
    """Return the script of the everyday award to a random purse."""
    return (
        f"\\set person random(0, {len(book.purses) - 1})\n{KEY}"
        f"SELECT post_award({book.book_id}, {issued}, {book.purses[0].id} + :person, {book.owed[0].id} + :person, 40, "
        f"{EXPIRES}, (:key)::text);\n"
    )


async def run(url: str, script: str, clients: int, seconds: float) -> Run:
    """Let pgbench call for that long (whole seconds, one at least). Raises: RuntimeError."""
    with tempfile.TemporaryDirectory(prefix="caihong-bench-") as folder:
        path = Path(folder) / "post.sql"
        path.write_text(script, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(tool("pgbench"), "-M", "prepared", "-n", "-c", str(clients)),
            *("-j", str(min(2, clients)), "-T", str(max(1, round(seconds)))),
            *("-l", "--log-prefix", f"{folder}/log", "-f", str(path)),
            *address(url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=password(url),
        )
        out, err = (text.decode() for text in await process.communicate())
        rate = re.search(r"^tps = ([\d.]+)", out, re.MULTILINE)
        failed = re.search(r"^number of failed transactions: ([1-9]\d*)", out, re.MULTILINE)
        if process.returncode or not rate or failed:
            raise RuntimeError(f"pgbench failed:\n{out}{err}")
        return Run(float(rate[1]), *_median(Path(folder)))


def _median(folder: Path) -> tuple[float, int]:
    """Return the median of the logged calls in seconds (the third column counts microseconds), and their number."""
    lines = (line for log in folder.glob("log.*") for line in log.read_text().splitlines())
    waits = [int(line.split()[2]) for line in lines]
    return statistics.median(waits) / 1_000_000, len(waits)
