"""Settling a month as JSON: signed twice, paid, corrected; the company reads its own."""

import pytest

from kernel import clock
from kernel.clock import DAY
from kernel.days import day_of
from redemption import property_desk
from tests.api.town import fresh_key, problem
from tests.redemption.world import ZONE


@pytest.fixture
async def earlier(town):
    """A use of ¥30 in an earlier month."""
    world = town.world
    with clock.frozen(clock.now() - 40 * DAY):
        return await property_desk.use(
            world.book, town.voucher.id, 3000, world.desk_clerk, world.company, fresh_key()
        )


def address(town, moment):
    """The month's address, and the month."""
    day = day_of(moment, ZONE)
    month = f"{day // 10_000}-{day // 100 % 100:02}"
    return f"/settlements/{town.world.company}/{month}", month


async def approved(client, asked):
    """Let an administrator approve what was asked for."""
    assert asked.status_code == 201, asked.text
    said = asked.json()
    body = {"outcome": "approved", "digest": said["digest"]}
    done = await client.post(f"/approvals/{said['approval_id']}/decision", "admin", json=body)
    assert done.status_code == 201


async def test_a_month_is_signed_twice_and_paid_and_the_company_reads_it(client, town, earlier):
    path, month = address(town, earlier.used_at)
    now, _ = address(town, clock.now())
    early = await client.post(f"{now}/signature", "organiser")
    assert problem(early) == (409, "settlement-month-not-over")
    asked = await client.post(f"{path}/signature", "organiser")
    payment = {"reference": "ICBC20261102001"}
    unsigned = await client.post(f"{path}/payment", "organiser", json=payment)
    assert problem(unsigned) == (409, "settlement-not-locked")
    await approved(client, asked)
    paid = await client.post(f"{path}/payment", "organiser", json=payment)
    assert (paid.status_code, paid.json()["month"]["state"]) == (201, "paid")
    assert (paid.json()["amount_fen"], paid.json()["agrees"]) == (3000, True)
    own = (await client.get(f"/own-settlements/{month}", "property_desk")).json()
    assert own == (await client.get(path, "auditor")).json() == paid.json()
    assert [line["use_id"] for line in own["lines"]] == [str(earlier.id)]
    listed = (await client.get("/own-settlements", "property_desk")).json()
    assert listed == (await client.get("/settlements", "auditor")).json()
    assert [each["to_pay_fen"] for each in listed["items"] if each["month"] == month] == [3000]


async def test_a_settled_use_is_taken_back_by_two_and_not_at_the_desk(client, town, earlier):
    path, _ = address(town, earlier.used_at)
    wrong, body = f"/voucher-uses/{earlier.id}/correction", {"reason": "扣错了户"}
    unsettled = await client.post(wrong, "organiser", json=body)
    assert problem(unsettled) == (409, "voucher-use-not-settled")
    await approved(client, await client.post(f"{path}/signature", "organiser"))
    late = await client.post(f"/voucher-uses/{earlier.id}/undo", "property_desk")
    assert problem(late) == (409, "voucher-use-already-settled")
    await approved(client, await client.post(wrong, "organiser", json=body))
    assert problem(await client.post(wrong, "organiser", json=body))[0] == 409


async def test_the_limit_of_a_year_is_read_by_all_and_set_by_the_administrator(client):
    assert (await client.get("/voucher-limit", "volunteer")).json() == {"fen_a_year": 30_000}
    odd = await client("PUT", "/voucher-limit", "admin", json={"fen_a_year": -1})
    assert problem(odd)[0] == 422
    done = await client("PUT", "/voucher-limit", "admin", json={"fen_a_year": None})
    assert done.json() == {"fen_a_year": None}


async def test_a_voucher_is_given_back_by_its_owner_alone(client, town):
    path = f"/vouchers/{town.voucher.id}/void"
    assert problem(await client.post(path, "other")) == (404, "voucher-not-found")
    done = await client.post(path, "volunteer")
    assert (done.status_code, done.json()["state"], done.json()["remaining_fen"]) == (
        201,
        "void",
        0,
    )
    assert problem(await client.post(path, "volunteer")) == (409, "voucher-is-void")
