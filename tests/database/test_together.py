"""Many who ask at the same moment are answered by few acts, each with their own answer."""

import asyncio

import pytest

from kernel.database import execute, fetch, transaction
from kernel.together import ACTS, MOST, Together

MANY = 150


class Acts:
    """An act that doubles numbers and remembers how many it was asked at a time, and among whom."""

    def __init__(self):
        self.asked = []

    async def __call__(self, among, numbers):
        self.asked.append((among, len(numbers)))
        await fetch("SELECT 1 AS one")
        return [2 * number for number in numbers]


async def test_many_at_once_are_answered_in_few_acts_each_with_its_own_answer(database):
    acts = Acts()
    together = Together(acts)
    answers = await asyncio.gather(*(together.ask("here", number) for number in range(MANY)))
    assert answers == [2 * number for number in range(MANY)]
    assert sum(count for _, count in acts.asked) == MANY
    assert max(count for _, count in acts.asked) == MOST
    assert len(acts.asked) <= 1 + -(-MANY // MOST)


async def test_one_after_the_other_are_asked_alone(database):
    acts = Acts()
    together = Together(acts)
    assert [await together.ask("here", number) for number in (3, 4)] == [6, 8]
    assert acts.asked == [("here", 1), ("here", 1)]


async def test_nobody_is_asked_together_with_those_of_another_place(database):
    acts = Acts()
    together = Together(acts)
    await asyncio.gather(*(together.ask(number % 2, number) for number in range(6)))
    assert sorted(acts.asked) == [(0, 3), (1, 3)]


async def test_few_acts_are_under_way_at_a_time_and_those_who_wait_for_them_gather(database):
    under_way, most, groups = 0, 0, []

    async def act(_, numbers):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        groups.append(len(numbers))
        await fetch("SELECT 1 AS one")
        under_way -= 1
        return numbers

    several = [Together(act) for _ in range(ACTS + 3)]
    later = [asyncio.create_task(each.ask(None, 7)) for each in several]
    await asyncio.sleep(0)
    later += [asyncio.create_task(several[-1].ask(None, 8)) for _ in range(20)]
    await asyncio.gather(*later)
    assert most == ACTS
    assert sorted(groups) == [1] * (ACTS + 2) + [21]


async def test_whoever_came_first_is_answered_first(database):
    turns = []

    async def act(among, numbers):
        turns.append(among)
        await fetch("SELECT 1 AS one")
        return numbers

    together = Together(act)
    # The first group of "many" is full, so that the rest of it waits behind those who came meanwhile.
    asking = [together.ask("many", 0) for _ in range(MOST + 1)]
    await asyncio.gather(*asking, *(together.ask(name, 0) for name in ("second", "third")))
    assert turns == ["many", "second", "third", "many"]


async def test_nothing_is_answered_twice_at_a_time_among_the_same(database):
    under_way, most = 0, 0

    async def act(_, numbers):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await fetch("SELECT 1 AS one")
        under_way -= 1
        return numbers

    together = Together(act)
    first = asyncio.gather(*(together.ask("here", number) for number in range(2 * MOST + 1)))
    await asyncio.sleep(0)
    assert await together.ask("here", 7) == 7
    assert await first == list(range(2 * MOST + 1))
    assert most == 1


async def test_an_act_may_ask_itself_and_others(database):
    async def doubled(_, numbers):
        await fetch("SELECT 1 AS one")
        return [2 * each for each in numbers]

    inner = Together(doubled)

    async def act(_, numbers):
        return [1 + await inner.ask(None, each) for each in numbers]

    outer = [Together(act) for _ in range(2 * ACTS)]
    asking = asyncio.gather(*(each.ask(None, 3) for each in outer))
    assert await asyncio.wait_for(asking, 20) == [7] * len(outer)


async def test_an_act_that_forgets_somebody_keeps_nobody_waiting(database):
    async def act(_, numbers):
        return numbers[1:]

    together = Together(act)
    with pytest.raises(ValueError, match="shorter"):
        await asyncio.wait_for(together.ask(None, 1), 20)


async def test_a_defect_is_told_to_everybody_who_asked_and_to_nobody_after(database):
    broken = True

    async def act(_, numbers):
        await asyncio.sleep(0)
        if broken:
            raise RuntimeError("the line broke")
        return numbers

    together = Together(act)
    problems = await asyncio.gather(
        *(together.ask(None, number) for number in range(3)), return_exceptions=True
    )
    assert [str(problem) for problem in problems] == ["the line broke"] * 3
    broken = False
    assert await together.ask(None, 7) == 7


async def test_who_goes_away_keeps_nobody_from_an_answer(database):
    together = Together(Acts())
    asking = [asyncio.create_task(together.ask("here", number)) for number in range(4)]
    await asyncio.sleep(0)
    asking[1].cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert [answers[place] for place in (0, 2, 3)] == [0, 4, 6]


async def test_inside_a_transaction_one_sees_what_it_did_itself(database):
    async def names(_, ids):
        rows = await fetch("SELECT name FROM asked ORDER BY id")
        return [rows[each]["name"] for each in ids]

    together = Together(names)
    await execute("CREATE TABLE asked (id INTEGER PRIMARY KEY, name TEXT)")
    async with transaction():
        await execute("INSERT INTO asked VALUES (0, 'mine')")
        assert await together.ask(None, 0) == "mine"
        await execute("DELETE FROM asked")
    with pytest.raises(IndexError):
        await together.ask(None, 0)
