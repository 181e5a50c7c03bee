"""The months of the books over JSON: auditors read them, an administrator closes them, late hours say so."""

import httpx
import pytest

from kernel import clock
from kernel.clock import HOUR
from kernel.days import day_of, month_end, plus_days, plus_months, start_of, to_date
from ledger import periods
from ledger.alarms import raise_alarm
from ledger.periods import month_words
from tests.api.town import Client, make_town, problem
from tests.harness.application import the_app

ZONE = "Asia/Shanghai"
PERIODS = "/audit/periods"
# Tokens run out by the machine's own clock, so these months are the present ones.
THIS = month_end(day_of(clock.now(), ZONE))
LAST, BEFORE, NEXT = plus_months(THIS, -1), plus_months(THIS, -2), plus_months(THIS, 1)


def day(value):
    return to_date(value).isoformat()


@pytest.fixture
async def client(database):
    """A program that asks now about a town that began last month."""
    with clock.frozen(start_of(LAST - 15, ZONE) + 12 * HOUR):
        town = await make_town()
    transport = httpx.ASGITransport(the_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Client(http, town)


async def test_a_month_is_shown_then_closed_and_keeps_what_was_shown(client):
    listed = (await client.get(PERIODS, "auditor")).json()["items"]
    assert [(each["month"], each["state"]) for each in listed] == [
        (month_words(THIS), "running"),
        (month_words(LAST), "next"),
    ]
    before = (await client.get(f"{PERIODS}/{month_words(LAST)}", "organiser")).json()
    assert before["totals"]
    assert all(proof["holds"] for proof in before["proofs"])

    closed = await client.post(PERIODS, "admin", json={"month": month_words(LAST)})

    assert closed.status_code == 201
    told = closed.json()
    assert (told["totals"], told["proofs"]) == (before["totals"], before["proofs"])
    month = told["month"]
    assert (month["state"], month["ends_on"]) == ("closed", day(LAST))
    assert month["closed_at"]
    assert month["closed_by_id"] == str(client.town.people["admin"])
    (kept,) = await periods.closed_periods(client.town.book)
    assert month["digest"] == bytes(kept.digest).hex()
    issued = [each["debits"] for each in told["totals"] if each["path"] == "points:issued"]
    assert [month["points_issued"]] == issued
    assert month["entries"] > 0


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (month_words(THIS), (409, "period-not-over")),
        (month_words(BEFORE), (409, "period-already-closed")),
        ("2026-13", (422, "unprocessable")),
        ("x", (422, "unprocessable")),
    ],
)
async def test_what_cannot_be_closed_says_why(client, month, said):
    answer = await client.post(PERIODS, "admin", json={"month": month})
    assert (answer.status_code, problem(answer)[1] if said[0] == 409 else said[1]) == said
    assert await periods.closed_periods(client.town.book) == []


async def test_a_month_that_never_was_is_not_there(client):
    for month in (month_words(BEFORE), month_words(NEXT)):
        assert problem(await client.get(f"{PERIODS}/{month}", "auditor"))[0] == 404


async def test_hours_of_a_closed_month_name_it_and_the_day_they_count_from(client):
    await client.post(PERIODS, "admin", json={"month": month_words(LAST)})

    path = f"/attendances/{client.town.attendance.id}/verification"
    answer = await client.post(path, "organiser")

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["booked_on"], told["closed_month"]) == (day(plus_days(LAST, 1)), month_words(LAST))


async def test_a_book_that_is_shut_refuses_and_says_so(client):
    await raise_alarm(client.town.book, "balances", "x", {})
    answer = await client.post(PERIODS, "admin", json={"month": month_words(LAST)})
    assert problem(answer) == (409, "book-is-read-only")
