"""Signing up, weekly plans and a group's list through the API, as a program would."""

from tests.api.town import problem

TIMES = {"starts_at": "2027-01-05T04:00:00Z", "ends_at": "2027-01-05T06:00:00Z"}


async def test_a_full_shift_has_a_line_and_an_organiser_sees_it_masked(client, town):
    plan = {"activity_id": str(town.shift.activity_id), "capacity": 1, **TIMES}
    shift = (await client.post("/shifts", "organiser", json=plan)).json()["shift_id"]
    signed = await client("PUT", f"/me/sign-ups/{shift}", "volunteer")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed")
    assert signed.json()["points_per_hour"] == 10
    body = {"person_id": str(town.people["other"])}
    waits = await client.post(f"/shifts/{shift}/sign-ups", "organiser", json=body)
    assert (waits.status_code, waits.json()["state"], waits.json()["way"]) == (
        201,
        "waiting",
        "organiser",
    )
    assert "*" in waits.json()["name_masked"]
    [mine] = (await client.get("/me/sign-ups", "volunteer")).json()["items"]
    assert (mine["places_left"], mine["waiting"]) == (0, 1)
    assert (await client("DELETE", f"/me/sign-ups/{shift}", "volunteer")).json()["state"] is None
    sheet = (await client.get(f"/shifts/{shift}/sign-ups", "organiser")).json()
    [line] = sheet["sign_ups"]
    assert (line["state"], sheet["places_left"]) == ("offered", 0)
    assert line["answer_by"] is not None
    again = await client("DELETE", f"/me/sign-ups/{shift}", "volunteer")
    assert problem(again) == (409, "not-signed-up")
    text = (await client.get(f"/shifts/{shift}/invitation", "organiser")).json()["text"]
    assert "周六清洁家园" in text
    assert "/join/" not in text


async def test_a_shift_that_has_begun_takes_no_sign_ups(client, town):
    begun = await client("PUT", f"/me/sign-ups/{town.shift.id}", "volunteer")
    assert problem(begun) == (409, "sign-up-is-over")


async def test_a_weekly_plan_makes_its_shifts_and_skips_days(client, town):
    plan = {
        "activity_id": str(town.shift.activity_id),
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "starts_minute": 1439,
        "minutes": 60,
        "weeks_ahead": 1,
    }
    made = (await client.post("/weekly-plans", "organiser", json=plan)).json()
    path = f"/weekly-plans/{made['template_id']}"
    shifts = (await client.post(f"{path}/shifts", "organiser")).json()["items"]
    assert len(shifts) == 8
    assert (await client.post(f"{path}/shifts", "organiser")).json()["items"] == []
    days = {"first": "2027-02-06", "last": "2027-02-07", "title": "春节"}
    skipped = (await client.post("/skipped-days", "organiser", json=days)).json()
    assert [each["day"] for each in skipped["items"]] == ["2027-02-06", "2027-02-07"]
    kept = (await client("DELETE", "/skipped-days/2027-02-06", "organiser")).json()
    assert [each["day"] for each in kept["items"]] == ["2027-02-07"]
    backwards = await client.post("/skipped-days", "organiser", json=days | {"last": "2027-02-05"})
    assert problem(backwards) == (422, "skipped-days-impossible")
    assert (await client("DELETE", path, "organiser")).json()["is_ended"]


async def test_a_groups_list_is_read_and_signs_nobody_up(client, town):
    text = "#接龙\n1. other\n2. 隔壁老赵"
    read = await client.post("/group-lists", "organiser", json={"text": text})
    assert [each["is_sure"] for each in read.json()["entries"]] == [False, False]
    assert problem(await client.post("/group-lists", "organiser", json={"text": " "})) == (
        422,
        "group-list-empty",
    )
    assert (await client.get("/me/sign-ups", "volunteer")).json()["items"] == []
    due = (await client.get("/reminders", "organiser")).json()
    assert due["sheets"] == []
