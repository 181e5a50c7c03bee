"""Points for many: one entry a hundred, once, debts first, and nobody held up by another's closed account."""

from dataclasses import replace

import pytest

from kernel.database import execute, fetch
from kernel.errors import DomainError
from ledger import balances, chart, checks, entries, grants
from ledger.desk import post
from ledger.errors import AccountIsClosed, BookIsReadOnly
from ledger.grants import Grant, GrantList, grant
from ledger.post import Lot
from tests.ledger import world

pytestmark = pytest.mark.anyio

MAKER, CHECKER = 1, 2
EXPIRES = 20_281_115
FIRST = 1_000


def a_list(count, points=5, **more):
    people = tuple(Grant(FIRST + number, points) for number in range(count))
    return replace(GrantList(people, MAKER, "Spring clean-up", EXPIRES), **more)


async def purses(book_id, wanted):
    """What each person of a list has, in order."""
    held = await balances.holdings(book_id, [chart.purse(each.person_id) for each in wanted.grants])
    return [held[chart.purse(each.person_id)].balance for each in wanted.grants]


async def granted_by(book_id, wanted):
    query = (
        "SELECT points_listed, points_granted FROM points_grant WHERE book_id = $1 AND digest = $2"
    )
    (row,) = await fetch(query, book_id, wanted.digest)
    return row["points_listed"], row["points_granted"]


async def close(book_id, name):
    await execute(
        "UPDATE balance SET closed = 1 WHERE book_id = $1 AND account_id = "
        "(SELECT id FROM account WHERE book_id = $1 AND path = $2)",
        *(book_id, name.path),
    )


async def test_two_hundred_and_one_people_are_three_entries(database):
    book_id = await world.a_book()
    ticks: list[int] = []
    wanted = a_list(201, approved_by=CHECKER)

    answers = await grant(book_id, wanted, ticks.append)

    assert await purses(book_id, wanted) == [5] * 201
    assert len({answer.entry_id for answer in answers}) == await world.count_entries() == 3
    assert ticks == [100, 100, 1]
    assert await granted_by(book_id, wanted) == (1_005, 1_005)
    entry = await entries.entry(book_id, answers[0].entry_id or 0)
    assert (entry["actor_id"], entry["approver_id"]) == (MAKER, CHECKER)
    assert (entry["reason"], entry["document_type"]) == ("Spring clean-up", "points_grant")
    assert await checks.check(book_id) == []


async def test_points_last_until_the_months_end(database):
    book_id = await world.a_book()

    await grant(book_id, a_list(1))

    assert (await balances.holding(book_id, chart.purse(FIRST))).lots == (Lot(20_281_130, 5),)


async def test_the_same_list_counts_once(database):
    book_id = await world.a_book()
    wanted = a_list(101)
    first = await grant(book_id, wanted)

    # Another day, asked for by somebody else: it is the list that counts.
    again = await grant(book_id, replace(wanted, made_by=7, expires_on=20_291_231))

    assert [each.entry_id for each in again] == [each.entry_id for each in first]
    assert all(each.replayed for each in again)
    assert await purses(book_id, wanted) == [5] * 101
    assert await world.count_entries() == 2


async def test_the_same_people_for_another_reason_are_another_list(database):
    book_id = await world.a_book()

    await grant(book_id, a_list(2))
    await grant(book_id, a_list(2, reason="Autumn clean-up"))

    assert await purses(book_id, a_list(2)) == [10, 10]


async def test_a_debt_is_paid_first_in_the_same_entry(database):
    book_id = await world.a_book()
    await post(world.an_award(book_id, FIRST, 20))
    await post(world.a_sale(book_id, FIRST, 20))
    await post(world.an_unverification(book_id, FIRST, (Lot(world.EXPIRES, 20),), 20))

    (answer, _) = await grant(book_id, a_list(2, points=25))

    owed = await balances.holding(book_id, chart.owed(FIRST))
    assert owed.balance == 0
    assert await purses(book_id, a_list(2)) == [5, 25]
    assert len(await entries.entry_lines(book_id, answer.entry_id or 0)) == 3


@pytest.mark.parametrize("name", [chart.purse, chart.owed])
async def test_a_closed_account_is_told_and_holds_up_nobody(database, name):
    book_id = await world.a_book()
    shut = FIRST + 1
    await grant(book_id, a_list(3, reason="before"))
    await close(book_id, name(shut))

    answers = await grant(book_id, a_list(3))

    assert await purses(book_id, a_list(3)) == [10, 5, 10]
    assert isinstance(answers[1].refusal, AccountIsClosed)
    assert [answer.refusal for answer in answers[::2]] == [None, None]
    assert await granted_by(book_id, a_list(3)) == (15, 10)


async def test_who_was_left_out_stays_left_out_when_the_list_comes_again(database):
    book_id = await world.a_book()
    await grant(book_id, a_list(2, reason="before"))
    await close(book_id, chart.purse(FIRST))
    await grant(book_id, a_list(2))
    await execute("UPDATE balance SET closed = 0 WHERE book_id = $1", book_id)

    again = await grant(book_id, a_list(2))

    assert await purses(book_id, a_list(2)) == [5, 10]
    assert [isinstance(answer.refusal, AccountIsClosed) for answer in again] == [True, False]


async def test_an_account_closed_a_moment_ago_is_left_out_all_the_same(database, monkeypatch):
    book_id = await world.a_book()
    await grant(book_id, a_list(2, reason="before"))
    looked = grants._Part._closed

    async def looked_too_early(part):
        before = await looked(part)
        await close(book_id, chart.purse(FIRST))
        return before

    monkeypatch.setattr(grants._Part, "_closed", looked_too_early)
    answers = await grant(book_id, a_list(2))

    assert await purses(book_id, a_list(2)) == [5, 10]
    assert [answer.entry_id is None for answer in answers] == [True, False]


async def test_nobody_is_left_when_all_are_closed(database):
    book_id = await world.a_book()
    await grant(book_id, a_list(1, reason="before"))
    await close(book_id, chart.purse(FIRST))

    (answer,) = await grant(book_id, a_list(1))

    assert isinstance(answer.refusal, AccountIsClosed)


async def test_a_list_that_stopped_in_the_middle_goes_on_there(database):
    book_id = await world.a_book()
    wanted = a_list(250)

    async def shut_the_book(_):
        await execute("UPDATE book SET read_only = 1 WHERE id = $1", book_id)

    stopped = []

    def stop_after_the_first_hundred(count):
        stopped.append(count)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await grant(book_id, wanted, stop_after_the_first_hundred)
    await shut_the_book(None)
    with pytest.raises(BookIsReadOnly):
        await grant(book_id, wanted)
    assert await granted_by(book_id, wanted) == (1_250, 500)

    await execute("UPDATE book SET read_only = 0 WHERE id = $1", book_id)
    answers = await grant(book_id, wanted)

    assert [answer.replayed for answer in answers] == [True] * 100 + [False] * 150
    assert await purses(book_id, wanted) == [5] * 250
    assert await granted_by(book_id, wanted) == (1_250, 1_250)


async def test_a_list_never_gives_more_than_it_says(database):
    book_id = await world.a_book()
    wanted = a_list(150)

    def spend(_):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await grant(book_id, wanted, spend)
    await execute("UPDATE points_grant SET points_granted = 700 WHERE book_id = $1", book_id)

    with pytest.raises(DomainError) as refused:
        await grant(book_id, wanted)

    assert refused.value.slug == "grant-is-spent"
    assert sum(await purses(book_id, wanted)) == 500


WRONG = {
    "grant-reason-missing": a_list(1, reason=" "),
    "needs-two-people": a_list(1, approved_by=MAKER),
    "grant-to-oneself": a_list(2, made_by=FIRST),
    "granted-twice": a_list(0, grants=(Grant(FIRST, 1), Grant(FIRST, 2))),
    "grant-amount-invalid": a_list(2, points=0),
}


@pytest.mark.parametrize("slug", WRONG)
async def test_a_wrong_list_gives_nobody_anything(database, slug):
    book_id = await world.a_book()

    with pytest.raises(DomainError) as refused:
        await grant(book_id, WRONG[slug])

    assert refused.value.slug == slug
    assert await world.count_entries() == 0
    assert await fetch("SELECT id FROM points_grant") == []


def test_what_is_wrong_is_told_by_place():
    wanted = a_list(
        0,
        grants=(Grant(5, 1), Grant(CHECKER, 1), Grant(5, 1), Grant(6, -1), Grant(MAKER, 1)),
        approved_by=CHECKER,
    )

    found = {place: refusal.slug for place, refusal in grants.refusals(wanted).items()}

    assert found == {
        1: "grant-to-oneself",
        2: "granted-twice",
        3: "grant-amount-invalid",
        4: "grant-to-oneself",
    }


async def test_an_empty_list_grants_nothing(database):
    assert await grant(await world.a_book(), a_list(0)) == []
