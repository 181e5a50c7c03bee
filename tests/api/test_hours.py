"""Hours beyond the plain scan, as JSON: entered afterwards, disputed, with a bonus; and shifts that are cancelled."""

from datetime import UTC, datetime

from checkin import rules, shifts
from checkin.models import Attendance, AttendanceState
from checkin.rules import Terms
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE, SECOND
from tests.api.town import problem


def moment(at: int) -> str:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def entered(client, town, name="other", minutes=10):
    """Somebody whom an organiser enters afterwards, verified by another."""
    await rules.adopt_terms(
        town.book, Terms(points_per_hour=60, bonus_points_per_shift=20), in_force_from=0
    )
    shift = await shifts.plan_shift(
        town.book, town.shift.activity_id, clock.now() - 2 * HOUR, clock.now() - HOUR
    )
    body = {
        "person_id": str(town.people[name]),
        "checked_in_at": moment(shift.starts_at),
        "checked_out_at": moment(shift.starts_at + minutes * MINUTE),
        "reason": "纸质签到表",
    }
    answer = await client.post(f"/shifts/{shift.id}/attendances", "organiser", json=body)
    assert answer.status_code == 201, answer.text
    path = f"/attendances/{answer.json()['attendance_id']}"
    assert (await client.post(f"{path}/verification", "admin")).status_code == 201
    return path


async def test_hours_entered_afterwards_are_on_notice_disputed_and_settled(client, town):
    path = await entered(client, town, minutes=30)
    [row] = (await client.get("/public-notice", "auditor")).json()["items"]
    assert (row["name_masked"], row["points"], row["disputed"]) == ("李*", 30, False)
    body = {"reason": "邻居说他没有来"}
    held = await client.post(f"{path}/dispute", "organiser", json=body)
    assert (held.status_code, held.json()["disputed"]) == (201, True)
    assert problem(await client.post(f"{path}/dispute", "organiser", json=body)) == (
        409,
        "award-is-disputed",
    )
    [row] = (await client.get("/public-notice", "organiser")).json()["items"]
    assert row["dispute"] == "邻居说他没有来"
    settled = await client("DELETE", f"{path}/dispute", "admin")
    assert (settled.status_code, settled.json()["disputed"]) == (200, False)
    assert problem(await client("DELETE", f"{path}/dispute", "admin")) == (
        409,
        "award-not-disputed",
    )


async def test_the_public_notice_comes_in_pages(client, town):
    for name in ("other", "volunteer", "clerk"):
        await entered(client, town, name, minutes=15)
    first = (await client.get("/public-notice?limit=2", "auditor")).json()
    rest = (await client.get(f"/public-notice?limit=2&after={first['next']}", "auditor")).json()
    ids = [row["attendance_id"] for row in first["items"] + rest["items"]]
    assert (len(ids), len(set(ids)), rest["next"]) == (3, 3, None)
    assert problem(await client.get("/public-notice?after=MQ", "auditor"))[0] == 422


async def test_a_bonus_is_given_once_out_of_a_budget_and_taken_back(client, town):
    path = await entered(client, town, minutes=30)
    body = {"points": 5, "reason": "暴雨应急"}
    given = await client.post(f"{path}/bonuses", "organiser", json=body)
    assert (given.status_code, given.json()["stands"]) == (201, True)
    again = await client.post(f"{path}/bonuses", "organiser", json=body)
    assert again.json()["bonus_id"] == given.json()["bonus_id"]
    for points, slug in ((6, "bonus-given-before"), (16, "bonus-given-before")):
        more = body | {"points": points}
        assert problem(await client.post(f"{path}/bonuses", "organiser", json=more)) == (409, slug)
    over = {"points": 16, "reason": "搬运重物"}
    assert problem(await client.post(f"{path}/bonuses", "organiser", json=over)) == (
        409,
        "bonus-budget-exceeded",
    )
    [row] = (await client.get("/public-notice", "auditor")).json()["items"]
    assert row["points"] == 35
    back = f"/bonuses/{given.json()['bonus_id']}?reason=给错人了"
    assert (await client("DELETE", back, "organiser")).status_code == 200
    assert problem(await client("DELETE", back, "organiser")) == (409, "bonus-is-taken-back")
    [row] = (await client.get(f"{path}/bonuses", "auditor")).json()["items"]
    assert (row["stands"], row["taken_back_at"] is not None) == (False, True)


async def test_who_never_checked_out_says_when_they_left(client, town):
    at = clock.now()
    shift = await shifts.plan_shift(
        town.book, town.shift.activity_id, at - 30 * HOUR, at - 28 * HOUR
    )
    row = await Attendance.create(
        book_id=town.book,
        shift=shift,
        person_id=town.member,
        state=AttendanceState.LEFT,
        provenance="autoclosed",
        checked_in_at=shift.starts_at,
        checked_out_at=shift.ends_at,
        minutes_worked=120,
    )
    left = {"left_at": moment(shift.starts_at + HOUR)}
    said = await client.post(f"/attendances/{row.id}/leaving", "volunteer", json=left)
    assert (said.status_code, said.json()["provenance"]) == (201, "reported")
    assert said.json()["minutes_worked"] in (59, 60)


async def test_a_cancelled_shift_takes_nobody_any_more(client, town):
    at = clock.now() + DAY
    two = [
        await shifts.plan_shift(town.book, town.shift.activity_id, each, each + 2 * HOUR)
        for each in (at, at + HOUR)
    ]
    path = f"/me/sign-ups/{two[0].id}"
    assert (await client("PUT", path, "volunteer")).json()["state"] == "signed"
    assert problem(await client("PUT", f"/me/sign-ups/{two[1].id}", "volunteer")) == (
        409,
        "overlapping-sign-up",
    )
    answer = await client.post(
        f"/shifts/{two[0].id}/cancellation", "organiser", json={"reason": "暴雨"}
    )
    assert answer.status_code == 201
    said = answer.json()
    assert (said["shift"]["state"], said["group_told"]) == ("cancelled", False)
    assert "暴雨" in said["text"]
    for method, where, who in (
        ("PUT", path, "other"),
        ("GET", f"/shifts/{two[0].id}/venue-code", "organiser"),
    ):
        assert problem(await client(method, where, who)) == (409, "shift-is-cancelled")
    assert (await client("PUT", f"/me/sign-ups/{two[1].id}", "volunteer")).json()["state"] == (
        "signed"
    )
    here = await client.post(
        f"/shifts/{town.shift.id}/cancellation", "organiser", json={"reason": "暴雨"}
    )
    assert problem(here) == (409, "shift-has-begun")


async def test_an_administrator_adopts_a_rule_and_everybody_reads_it(client, town):
    body = {
        "in_force_on": "2099-01-01",
        "points_per_hour": 12,
        "leader_bonus_points": 5,
        "bonus_points_per_shift": 30,
    }
    adopted = await client.post("/award-rules", "admin", json=body)
    assert adopted.status_code == 201
    latest = (await client.get("/award-rules", "volunteer")).json()["items"][0]
    assert latest == adopted.json()
    assert (latest["leader_bonus_points"], latest["bonus_points_per_shift"]) == (5, 30)
    past = body | {"in_force_on": "2020-01-01"}
    assert problem(await client.post("/award-rules", "admin", json=past)) == (
        422,
        "rule-begins-in-the-past",
    )


async def test_a_crew_places_and_who_may_use_a_code_are_set(client, town):
    crew = f"/weekly-plans/{town.template.id}/crew"
    number = (await client.get("/me", "volunteer")).json()["number"]
    joined = await client.post(crew, "organiser", json={"card": str(number)})
    assert joined.status_code in (200, 201), joined.text
    left = await client("DELETE", f"{crew}/{town.member}", "organiser")
    assert left.status_code == 200
    shift = await shifts.plan_shift(
        town.book, town.shift.activity_id, clock.now() + DAY, clock.now() + DAY + HOUR
    )
    at = f"/shifts/{shift.id}"
    places = await client("PUT", f"{at}/capacity", "organiser", json={"capacity": 3})
    assert (places.status_code, places.json()["places_left"]) == (200, 3)
    [opening] = [
        each
        for each in (await client.get("/me/openings", "volunteer")).json()["items"]
        if each["shift_id"] == str(shift.id)
    ]
    assert (opening["places_left"], opening["state"]) == (3, None)
    mode = await client("PUT", f"{at}/code-mode", "organiser", json={"mode": "strict"})
    assert mode.status_code == 200, mode.text
    assert (await client.get(at, "organiser")).status_code == 200
