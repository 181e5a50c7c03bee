"""How long a browser stays signed in, and what it may do."""

import pytest

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import execute, fetch
from people.errors import RoleNeeded, SignInNeeded
from people.models import Role, Session
from people.permissions import Permission, require
from people.registration import grant_role, open_company, revoke_role, suspend
from people.sessions import end, end_all, end_one, sessions_of, viewer_of, viewer_of_session
from people.signin import enrol, sign_in
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000


async def seen_at(token, moment):
    with clock.frozen(moment):
        return await viewer_of(token) is not None


async def test_a_staff_session_ends_after_twelve_idle_hours(town):
    with clock.frozen(NOON):
        token = (await sign_in("chen jing", PASSWORD)).token
    assert await seen_at(token, NOON + 12 * HOUR - 1)
    assert await seen_at(token, NOON + 23 * HOUR)
    with clock.frozen(NOON):
        token = (await sign_in("chen jing", PASSWORD)).token
    assert not await seen_at(token, NOON + 12 * HOUR)


async def test_a_staff_session_ends_after_a_day_however_busy(town):
    with clock.frozen(NOON):
        token = (await sign_in("chen jing", PASSWORD)).token
    assert all([await seen_at(token, NOON + hour * HOUR) for hour in range(1, 24)])
    assert not await seen_at(token, NOON + 24 * HOUR)


async def test_a_volunteers_session_lasts_400_days_from_the_last_visit(town):
    with clock.frozen(NOON):
        token = (await enrol(town.book, town.wang.person_id, town.chen.person_id)).token
    assert await seen_at(token, NOON + 399 * DAY)
    assert await seen_at(token, NOON + 798 * DAY)
    assert not await seen_at(token, NOON + 1198 * DAY)


async def test_reading_pages_one_after_another_writes_nothing(town):
    with clock.frozen(NOON):
        token = (await sign_in("chen jing", PASSWORD)).token
    before = await Session.all().values()
    assert await seen_at(token, NOON + 4 * MINUTE)
    assert await Session.all().values() == before


@pytest.mark.parametrize("token", [None, "", "x", "王", "\x00", "x" * 100_000])
async def test_a_token_that_is_none_is_nobody(town, token):
    assert await viewer_of(token) is None


async def test_a_role_taken_away_is_gone_at_the_next_request(town):
    token = (await sign_in("chen jing", PASSWORD)).token
    viewer = require(await viewer_of(token), Permission.SERVE)
    await revoke_role(town.book, viewer.person_id, Role.CLERK)
    with pytest.raises(RoleNeeded) as refusal:
        require(await viewer_of(token), Permission.SERVE)
    assert refusal.value.members == {"role": "clerk"}
    assert require(await viewer_of(token), Permission.FIND_MEMBERS)


async def test_a_suspended_person_is_out_at_once(town):
    token = (await sign_in("chen jing", PASSWORD)).token
    await suspend(town.book, town.chen.person_id)
    with pytest.raises(SignInNeeded):
        require(await viewer_of(token))


async def test_a_browser_enrolled_by_a_tap_has_no_staff_role(town):
    token = (await enrol(town.book, town.chen.person_id, town.chen.person_id)).token
    with pytest.raises(RoleNeeded):
        require(await viewer_of(token), Permission.RUN_SHIFTS)
    assert require(await viewer_of(token), Permission.EARN_AND_SPEND).name == "陈静"


async def test_the_desk_of_a_property_company_knows_its_company(town):
    anhe = await open_company(town.book, "安和物业")
    await grant_role(town.book, town.chen.person_id, Role.PROPERTY_DESK, None, company_id=anhe.id)
    viewer = await viewer_of((await sign_in("chen jing", PASSWORD)).token)
    assert viewer is not None
    assert (viewer.company_id, viewer.zone, viewer.community) == (
        anhe.id,
        "Asia/Shanghai",
        "金苑社区",
    )
    on_the_phone = await enrol(town.book, town.chen.person_id, town.chen.person_id)
    at_home = await viewer_of(on_the_phone.token)
    assert at_home is not None
    assert at_home.company_id is None


async def test_signing_out_ends_one_browser_or_all(town):
    one, two, three = [
        await enrol(town.book, town.wang.person_id, town.chen.person_id) for _ in range(3)
    ]
    await end(one.token)
    await end("never seen")
    assert await viewer_of(one.token) is None
    assert await viewer_of_session(two.session_id) == await viewer_of(two.token)
    assert {found.id for found in await sessions_of(town.book, two.person_id)} == {
        two.session_id,
        three.session_id,
    }
    await end_one(town.book, town.chen.person_id, two.session_id)  # not hers to end
    assert await viewer_of(two.token) is not None
    await end_one(town.book, two.person_id, two.session_id)
    assert await viewer_of(two.token) is None
    assert await end_all(town.book, two.person_id) == 1
    assert await viewer_of(three.token) is None


MANY_MORE = """
WITH people AS (
    INSERT INTO person (id, name, registered_at, phone_sealed, phone_index, phone_tail_index, language)
    SELECT n, 'somebody', $1::bigint, '', '', '', '' FROM generate_series(1, 3000) n RETURNING id
), members AS (
    INSERT INTO membership (id, book_id, person_id, number, flat, joined_at)
    SELECT id, $2, id, 9000 + id, '', $1 FROM people
), roles AS (
    INSERT INTO role_grant (id, book_id, person_id, role, granted_at)
    SELECT id, $2, id, 'volunteer', $1 FROM people
)
INSERT INTO session (id, token_hash, book_id, person_id, staff, begun_at, seen_at, ends_at, browser)
SELECT id, 'hash ' || id, $2, id, FALSE, $1, $1, $1 + 1, '' FROM people
"""


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_who_is_signed_in_is_asked_without_being_planned_anew(town):
    await fetch(MANY_MORE, clock.now() + DAY, town.book)
    await execute("ANALYZE")
    for session_id in range(1, 9):
        assert await viewer_of_session(session_id)
    [plans] = await fetch(
        "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE $1",
        "%FROM session s%",
    )
    assert plans == {"custom_plans": 5, "generic_plans": 3}  # five tries are PostgreSQL's own habit
