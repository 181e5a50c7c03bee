"""Ids: 63-bit whole numbers that grow with time, made here and not by the database."""

import os
import random
import threading

from kernel import clock

EPOCH_MS = 1_577_836_800_000  # 2020-01-01, so that 42 bits of milliseconds last until 2159.
RANDOM_BITS = 21

_lock = threading.Lock()
_last = 0
_dice = random.Random()  # noqa: S311  an id is no secret; it only has to be another process's other one
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_dice.seed)


def new_id() -> int:
    """Return a fresh id, greater than every id this process made before.

    Two processes may, very rarely, draw the same id in the same millisecond; the primary key refuses the second and
    the posting desk draws again.
    """
    global _last  # noqa: PLW0603  one counter for the process is the point
    stamp = (clock.now() // 1000 - EPOCH_MS) << RANDOM_BITS
    with _lock:
        _last = max(_last + 1, stamp + _dice.getrandbits(RANDOM_BITS))
        return _last
