"""One process of the hammer: award, sell, refund and reverse on few accounts until the time is over.

Run as `python -m tests.ledger.hammer URL BOOK SECONDS SEED`; prints what was answered, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter

from kernel.database import connected
from kernel.errors import DomainError
from kernel.ids import new_id
from ledger.desk import desk, post
from ledger.post import RequestKey
from ledger.reversals import reverse
from tests.ledger import world

PEOPLE = (101, 102, 103)
CALLERS = 8


async def one_act(book_id: int, dice: random.Random, answers: Counter[str]) -> None:
    """Do one random thing and count the answer; anything but an answer of ours is let through."""
    person, amount = dice.choice(PEOPLE), dice.randint(1, 20)
    try:
        if dice.random() < 0.5:
            await post(
                world.an_award(
                    book_id, person, amount, key=RequestKey("h", str(new_id()), [amount])
                )
            )
        else:
            key = RequestKey("h", str(new_id()), [amount])
            sale = await post(world.a_sale(book_id, person, amount, key))
            again = await post(world.a_sale(book_id, person, amount, key))
            assert again.entry_id == sale.entry_id
            if dice.random() < 0.3:
                undo = RequestKey("h", str(new_id()), [sale.entry_id])
                await reverse(book_id, sale.entry_id, key=undo, actor_id=1, reason="undone")
        answers["posted"] += 1
    except DomainError as refusal:
        answers[refusal.slug] += 1


async def caller(book_id: int, ends_at: float, seed: int, answers: Counter[str]) -> None:
    """Act until the time is over, letting go of some posts on the way."""
    dice = random.Random(seed)  # noqa: S311  a repeatable storm
    while time.monotonic() < ends_at:
        act = asyncio.create_task(one_act(book_id, dice, answers))
        if dice.random() < 0.05:
            await asyncio.sleep(dice.uniform(0, 0.01))
            act.cancel()
        try:
            await act
        except asyncio.CancelledError:
            answers["cancelled"] += 1


async def main(url: str, book_id: int, seconds: float, seed: int) -> None:
    """Run all callers of this process."""
    answers: Counter[str] = Counter()
    async with connected(url):
        ends_at = time.monotonic() + seconds
        await asyncio.gather(
            *(caller(book_id, ends_at, seed * 100 + n, answers) for n in range(CALLERS))
        )
        await desk().drain()
    print(json.dumps(answers))  # noqa: T201  its answer to the test


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
