"""Whose processor time it was: ours, the database server's, or somebody else's. Read from /proc, where there is one."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
BUSY = (0, 1, 2, 5, 6, 7)  # user, nice, system, irq, softirq, steal


@dataclass(frozen=True, slots=True)
class Moment:
    """Processor seconds used up to a moment, by whom."""

    at: float
    own: float
    server: float
    busy: float


@dataclass(frozen=True, slots=True)
class Span:
    """What happened between two moments: seconds, processor seconds, and the share of all cores others used."""

    seconds: float
    own: float
    server: float
    outside: float


def moment(server_pid: int | None) -> Moment:
    """Look at the clocks of this process with its children, of the server, and of the machine."""
    own = _used(os.getpid())
    server = _used(server_pid) if server_pid else 0.0
    return Moment(time.perf_counter(), own, server, _busy())


def between(before: Moment, after: Moment) -> Span:
    """Return what happened in between."""
    seconds = after.at - before.at
    own, server = after.own - before.own, after.server - before.server
    others = max(0.0, after.busy - before.busy - own - server)
    return Span(seconds, own, server, others / (seconds * (os.cpu_count() or 1)))


def _busy() -> float:
    try:
        fields = (PROC / "stat").read_text().partition("\n")[0].split()[1:]
    except OSError:
        return 0.0
    return sum(int(fields[place]) for place in BUSY) / TICKS


def _stat(pid: int) -> list[str]:
    # The command's name stands in parentheses and may hold anything.
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _used(pid: int) -> float:
    """Return the processor seconds of a process, of its dead children and of its living ones.

    The kernel's own list of children leaves some out while others come and go, so all processes are asked whose
    child they are.
    """
    used: dict[int, float] = {}
    born: dict[int, list[int]] = {}
    for each in PROC.glob("[0-9]*"):
        try:
            fields = _stat(int(each.name))
        except OSError:  # it ended meanwhile, and its time is with its parent
            continue
        used[int(each.name)] = sum(int(fields[place]) for place in range(11, 15)) / TICKS
        born.setdefault(int(fields[1]), []).append(int(each.name))
    family, known = [pid], 0.0
    while family:
        member = family.pop()
        known += used.get(member, 0.0)
        family += born.get(member, [])
    return known


def parent_of(pid: int) -> int | None:
    """Return the parent of a process of this machine, if there is such a process."""
    try:
        return int(_stat(pid)[1])
    except OSError:
        return None
