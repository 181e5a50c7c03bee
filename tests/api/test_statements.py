"""Statements, balances and trial balances in JSON: pages that join, days that say so, and clear refusals."""

import pytest

from kernel import clock
from kernel.days import day_of, to_date
from ledger.trial_balance import trial_balance
from tests.api.town import problem
from tests.ledger.full_scan import seal


async def id_of(town, path):
    [found] = [each for each in await trial_balance(town.book) if each.name.path.endswith(path)]
    return found.account_id


@pytest.fixture
def today():
    return to_date(day_of(clock.now(), "Asia/Shanghai")).isoformat()


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("days", ["", "&first=2020-01-01"])
async def test_pages_of_a_statement_join(client, town, sealed, days):
    if sealed:
        await seal(town.book)
    for path in (":points", ":redeemed", "points:issued"):
        where = f"/audit/accounts/{await id_of(town, path)}"
        total = (await client.get(where, "auditor")).json()
        pages = [(await client.get(f"{where}/statement?limit=1{days}", "auditor")).json()]
        while pages[-1]["next"]:
            after = f"{where}/statement?limit=1&after={pages[-1]['next']}{days}"
            pages.append((await client.get(after, "auditor")).json())
            assert pages[-2]["opening_balance"] == pages[-1]["closing_balance"]
        assert pages[0]["closing_balance"] == total["balance"]
        assert pages[-1]["opening_balance"] == 0
        moved = sum(line["amount"] for page in pages for line in page["items"])
        assert moved + sum(page["unlisted_amount"] for page in pages) == total["balance"]
        marks = {line["is_sealed"] for page in pages for line in page["items"]}
        assert marks == ({None} if path == ":points" else {sealed})
        assert {page["counts_by"] for page in pages} == {"booked_on" if days else "posting"}


async def test_an_account_says_what_it_held_at_a_version_and_on_a_day(client, town, today):
    where = f"/audit/accounts/{town.account_id}"
    for version, balance in enumerate((0, 500, 440, 340)):
        answer = await client.get(f"{where}/balances/{version}", "auditor")
        assert answer.json()["balance"] == balance
    assert problem(await client.get(f"{where}/balances/4", "auditor"))[0] == 404
    house = await id_of(town, ":redeemed")
    assert problem(await client.get(f"/audit/accounts/{house}/balances/1", "auditor"))[0] == 404
    assert (await client.get(f"{where}?on={today}", "auditor")).json()["balance"] == 340
    assert (await client.get(f"{where}?on=2020-01-01", "auditor")).json()["balance"] == 0
    assert problem(await client.get("/audit/accounts/1", "auditor"))[0] == 404


async def test_a_trial_balance_names_the_day_it_counts_until(client, today):
    now = (await client.get("/audit/trial-balance", "auditor")).json()
    on = (await client.get(f"/audit/trial-balance?on={today}", "auditor")).json()
    assert now["on"] is None
    assert on["on"] == today
    assert now["items"] == on["items"] != []
    before = (await client.get("/audit/trial-balance?on=2020-01-01", "auditor")).json()
    assert before["items"] == []


BAD_DAYS = ("2026-13-01", "2026-02-30", "20261101x", "x", "1999-12-31", "2200-01-01", "-1", "%00")


@pytest.mark.parametrize("day", BAD_DAYS)
async def test_a_day_that_is_none_is_refused(client, town, day):
    for path in (
        f"/audit/trial-balance?on={day}",
        f"/audit/accounts/{town.account_id}?on={day}",
        f"/audit/accounts/{town.account_id}/statement?first={day}",
        f"/audit/accounts/{town.account_id}/statement?last={day}",
    ):
        assert problem(await client.get(path, "auditor"))[0] == 422, path
    assert problem(await client.get(f"/me/statement?first={day}", "volunteer"))[0] == 422


async def test_days_the_wrong_way_round_are_refused_by_name(client):
    answer = await client.get("/me/statement?first=2026-11-02&last=2026-11-01", "volunteer")
    assert problem(answer) == (422, "days-reversed")


async def test_a_volunteer_reads_some_days_of_the_own_statement(client, today):
    said = (await client.get(f"/me/statement?first={today}&last={today}", "volunteer")).json()
    assert (said["first_day"], said["last_day"]) == (today, today)
    assert said["closing_balance"] == 340
    assert said["opening_balance"] + sum(line["amount"] for line in said["items"]) == 340
    assert not any(line["booked_late"] for line in said["items"])


async def test_a_page_marker_of_another_kind_of_account_is_refused(client, town):
    await seal(town.book)
    house = f"/audit/accounts/{await id_of(town, ':redeemed')}/statement"
    purse = f"/audit/accounts/{town.account_id}/statement?limit=1"
    after = (await client.get(purse, "auditor")).json()["next"]
    refused = await client.get(f"{house}?after={after}", "auditor")
    assert problem(refused) == (422, "cursor-unreadable")
