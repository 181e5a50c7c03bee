"""The database refuses what the rules forbid, whoever writes: raw SQL, on both databases."""

import pytest
from tortoise.exceptions import IntegrityError

from kernel.database import execute, fetch
from kernel.ids import new_id
from tests.checkin.world import NINE, a_morning, came, served


@pytest.mark.parametrize(
    "change",
    [
        "verifier_id = person_id",
        "checked_out_at = checked_in_at - 1",
        "state = 'present'",
        "state = 'verified'",
        "checked_in_at = NULL",
        "points_awarded = -1",
        "points_to_debt = 1",
        "minutes_counted = minutes_worked + 1",
    ],
)
async def test_an_attendance_cannot_be_made_untrue(database, change):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    with pytest.raises(IntegrityError):
        await execute(f"UPDATE attendance SET {change} WHERE id = $1", attendance.id)


@pytest.mark.parametrize(
    "change", ["points_awarded = points_budget + 1", "points_awarded = -1", "ends_at = starts_at"]
)
async def test_a_shift_cannot_be_made_untrue(database, change):
    morning = await a_morning()
    with pytest.raises(IntegrityError):
        await execute(f"UPDATE shift SET {change} WHERE id = $1", morning.shift.id)


@pytest.mark.parametrize("change", ["points_per_hour = -1", "months_valid = 0"])
async def test_a_rule_cannot_be_made_senseless(database, change):
    await a_morning()
    with pytest.raises(IntegrityError):
        await execute(f"UPDATE award_rule SET {change}")


async def test_an_activity_cannot_have_a_negative_multiplier(database):
    await a_morning()
    with pytest.raises(IntegrityError):
        await execute("UPDATE activity SET multiplier_percent = -1")


async def test_a_person_attends_a_shift_once_and_is_present_in_one_place(database):
    morning = await a_morning()
    attendance = await came(morning, morning.wang)
    columns = [name for name in (await fetch("SELECT * FROM attendance"))[0] if name != "id"]
    names = ", ".join(columns)
    copy = f"INSERT INTO attendance (id, {names}) SELECT $1, {names} FROM attendance WHERE id = $2"
    with pytest.raises(IntegrityError):
        await execute(copy, new_id(), attendance.id)
    shift_id = new_id()
    await execute(
        "INSERT INTO shift (id, book_id, activity_id, starts_at, ends_at, multiplier_percent, points_budget,"
        " points_awarded, state) SELECT $1, book_id, activity_id, starts_at, ends_at, 100, 0, 0, 'open' FROM shift",
        shift_id,
    )
    elsewhere = names.replace("shift_id", "$3")
    copy = (
        f"INSERT INTO attendance (id, {names}) SELECT $1, {elsewhere} FROM attendance WHERE id = $2"
    )
    with pytest.raises(IntegrityError):
        await execute(copy, new_id(), attendance.id, shift_id)


@pytest.mark.parametrize("table", ["activity", "shift", "person"])
async def test_what_an_attendance_rests_on_cannot_be_deleted(database, table):
    morning = await a_morning()
    await came(morning, morning.wang, NINE)
    with pytest.raises(IntegrityError):
        await execute(f"DELETE FROM {table}")
