"""A shop's day, clerks' figures, what happened with one's points, and points about to lapse, as JSON."""

from datetime import date

from kernel.days import plus_days, to_date
from tests.api.town import problem
from tests.redemption.world import today


async def test_a_day_is_closed_once_and_read_by_the_office(client, town):
    shop, day = str(town.world.shop.id), to_date(today()).isoformat()
    body = {"shop_id": shop, "day": day, "note": "下雨"}
    before = (await client.get(f"/shops/{shop}/day?day={day}", "clerk")).json()
    assert (before["after_closing"], before["left_open"]) == (1, True)
    closed = await client.post("/day-closings", "clerk", json=body)
    assert closed.status_code == 201
    said = closed.json()
    assert (said["figures"]["sales"], said["figures"]["points_taken"]) == (1, 60)
    assert problem(await client.post("/day-closings", "clerk", json=body)) == (
        409,
        "nothing-to-close",
    )
    to_come = body | {"day": to_date(plus_days(today(), 1)).isoformat()}
    assert problem(await client.post("/day-closings", "organiser", json=to_come)) == (
        409,
        "day-is-not-over",
    )
    [of_month] = (await client.get(f"/shops/{shop}/days?month={day[:7]}", "auditor")).json()[
        "items"
    ]
    assert of_month["closings"] == [said]
    assert of_month["clerks"][0]["clerk_id"] == said["closed_by_id"]
    assert (await client.get(f"/day-closings/{said['closing_id']}", "auditor")).json() == said


async def test_clerks_figures_and_points_about_to_lapse(client, town):
    figures = (await client.get("/clerk-figures", "auditor")).json()
    assert [each["sales"] for each in figures["items"]] == [1]
    assert figures["unlike"] == []
    await town.world.give_points(6, person=town.people["other"], expires_on=today())
    [soon] = (await client.get("/lapsing-points", "organiser")).json()["items"]
    assert (soon["points"], soon["name_masked"]) == (6, "李*")
    assert date.fromisoformat(soon["good_until"]) >= to_date(today())


async def test_a_member_reads_what_happened_and_says_that_it_was_not_them(client, town):
    told = (await client.get("/me/happenings", "volunteer")).json()["items"]
    assert [each["kind"] for each in told] == ["VOUCHER_USED", "VOUCHER_ISSUED", "GOODS_REDEEMED"]
    assert told[2]["sentence"] == "60 points were taken for goods"
    seen = await client.post(
        "/me/happenings/seen", "volunteer", json={"entry_id": told[0]["entry_id"]}
    )
    assert seen.status_code == 204
    again = (await client.get("/me/happenings", "volunteer")).json()["items"]
    assert not any(each["is_new"] for each in again)
    path = f"/me/happenings/{told[2]['entry_id']}/case"
    case = (await client.post(path, "volunteer", json={"said": "我没去"})).json()
    assert problem(await client.post(path, "other", json={}))[0] == 404
    [waiting] = (await client.get("/points-cases", "organiser")).json()["items"]
    assert waiting == case
    answer = f"/points-cases/{case['case_id']}/answer"
    done = await client.post(answer, "organiser", json={"answer": "查过了"})
    assert done.json()["answer"] == "查过了"
    assert problem(await client.post(answer, "organiser", json={"answer": "x"})) == (
        409,
        "case-is-answered",
    )
