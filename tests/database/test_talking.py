"""A list in a statement, and talks of several statements: on one connection, or in the transaction that is open."""

import sqlite3
from contextlib import closing, nullcontext, suppress

import pytest

from kernel.database import dialect, execute, fetch, transaction
from kernel.direct import Ask
from kernel.listing import among, as_list
from kernel.talking import talk, talked

ODD = ["plain", 'a "quoted" one', "back\\slash", "{a,b}", "NULL", "", "王秀兰", "it's, well"]


async def names_asked():
    await execute("CREATE TABLE asked (id BIGINT PRIMARY KEY, name TEXT)")
    for number, name in enumerate(ODD):
        await execute("INSERT INTO asked VALUES ($1, $2)", number, name)


@pytest.mark.parametrize("wanted", [[], ODD[:1], ODD, ["nobody"], ["a,b"]])
async def test_a_list_of_words_finds_these_and_no_others(database, wanted):
    await names_asked()
    kind = dialect()
    rows = await fetch(
        f"SELECT name FROM asked WHERE name {among(kind, 1, 'text')}",
        as_list(kind, wanted, "text"),
    )
    assert sorted(row["name"] for row in rows) == sorted(set(wanted) & set(ODD))


def names(_, ids, kind):
    """A talk of two statements for many."""
    rows = yield Ask(f"SELECT id, name FROM asked WHERE id {among(kind, 1)}", (as_list(kind, ids),))
    ((count,),) = yield Ask("UPDATE asked SET name = $2 WHERE id = $1", [(7, "last")], many=True)
    found = {row["id"]: row["name"] for row in rows}
    return [(found.get(each), count) for each in ids]


async def test_a_talk_is_answered_in_the_order_of_its_questions(database):
    await names_asked()
    assert await talked(names)(None, [3, 0, 99]) == [(ODD[3], 1), (ODD[0], 1), (None, 1)]
    assert await fetch("SELECT name FROM asked WHERE id = 7") == [{"name": "last"}]


async def test_in_a_transaction_a_talk_sees_what_it_did_and_goes_with_it(database):
    await names_asked()
    given_up = RuntimeError("given up")
    with suppress(RuntimeError):
        async with transaction():
            await execute("UPDATE asked SET name = 'mine' WHERE id = 0")
            assert await talked(names)(None, [0]) == [("mine", 1)]
            raise given_up
    assert await fetch("SELECT name FROM asked WHERE id IN (0, 7) ORDER BY id") == [
        {"name": ODD[0]},
        {"name": ODD[7]},
    ]


@pytest.mark.parametrize("inside", [False, True])
async def test_what_goes_wrong_in_a_talk_ends_it(database, inside):
    ended = []

    def broken():
        try:
            yield Ask("SELECT 1 FROM nowhere")
        finally:
            ended.append(True)

    where = transaction() if inside else nullcontext()
    with pytest.raises(Exception, match="nowhere"):
        async with where:
            await talk(broken())
    assert ended == [True]
    assert await fetch("SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_who_reads_a_file_waits_for_nobody_who_writes_it(database, scratch):
    await names_asked()
    with closing(
        sqlite3.connect(scratch.url.removeprefix("sqlite://"), isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        rows = await talk(one_name())
        other.execute("ROLLBACK")
    assert rows == ODD[0]


def one_name():
    rows = yield Ask("SELECT name FROM asked WHERE id = 0")
    return rows[0]["name"]
