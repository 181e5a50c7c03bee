"""A process that seals one book until it is killed, or until nothing is left.

Run as `python -m tests.ledger.sealer URL BOOK MOST PAUSE`: says `ready`, and seals so many entries a block, resting
(PAUSE seconds) before every statement, so that a kill can come between any two.
"""

import asyncio
import sys
import time

from kernel.database import connected
from ledger import sealing


def slowly(steps, pause):
    """Carry on the sealer's talk, resting before each statement."""
    answer = None
    try:
        ask = next(steps)
        while True:
            time.sleep(pause)
            answer = yield ask
            ask = steps.send(answer)
    except StopIteration as end:
        return end.value


async def main(url, book_id, most, pause):
    """Seal until nothing is left."""
    quick = sealing._seal
    sealing._seal = lambda *words: slowly(quick(*words), pause)
    async with connected(url):
        print("ready", flush=True)  # noqa: T201  the test waits for it
        while (await sealing.seal_next(book_id, most)).block:
            pass


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
