"""Passwords at the door, one-time links, and a staff member's tap."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import fetch
from people.credentials import set_password
from people.errors import (
    LinkHasExpired,
    LinkIsUnknown,
    LinkIsUsed,
    NoSuchMember,
    PasswordTooCommon,
    SignInNameTaken,
    TooManyTries,
    WrongNameOrPassword,
)
from people.models import Invite, Role, Session
from people.registration import open_community, register, revoke_role, suspend
from people.sessions import viewer_of
from people.signin import (
    accept_invite,
    enrol,
    find_invite,
    invite,
    invite_from_console,
    sign_in,
)
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000


async def test_staff_sign_in_by_name_and_password(town):
    for typed in ("Chen Jing", " chen  jing ", "ＣＨＥＮ ＪＩＮＧ"):
        signed_in = await sign_in(typed, PASSWORD)
        viewer = await viewer_of(signed_in.token)
        assert viewer is not None
        assert (viewer.name, viewer.book_id, viewer.number) == ("陈静", town.book, 102)
        assert viewer.roles == {Role.VOLUNTEER, Role.ORGANISER, Role.CLERK}
        assert signed_in.seconds == 24 * 3600


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Chen Jing", "seven cranes flew"),
        ("Chen Jin", PASSWORD),
        ("", PASSWORD),
        ("x" * 5000, PASSWORD),
        ("Chen Jing", ""),
        ("Chen Jing", "x" * 100_000),
        ("chen\x00jing", "x"),
    ],
)
async def test_every_failure_gets_the_same_answer(town, name, password):
    with pytest.raises(WrongNameOrPassword) as refusal:
        await sign_in(name, password)
    assert refusal.value.members == {}


async def test_who_works_nowhere_any_more_cannot_sign_in(town):
    await suspend(town.book, town.chen.person_id)
    with pytest.raises(WrongNameOrPassword):
        await sign_in("chen jing", PASSWORD)


async def test_staff_of_one_community_are_nobody_in_another(town):
    other = await open_community("绿翠社区")
    with pytest.raises(WrongNameOrPassword):
        await sign_in("chen jing", PASSWORD, other.id)
    assert (await sign_in("chen jing", PASSWORD, town.book)).book_id == town.book


@pytest.mark.parametrize("name", ["chen jing", "nobody at all"])
async def test_wrong_tries_make_a_name_wait_whether_it_exists_or_not(town, name):
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(WrongNameOrPassword):
                await sign_in(name, "not this one")
        with pytest.raises(TooManyTries) as refusal:
            await sign_in(name, PASSWORD)
        assert refusal.value.members == {"minutes": 1, "seconds": 60}
    with clock.frozen(NOON + MINUTE), pytest.raises(WrongNameOrPassword):
        await sign_in(name, "not this one")
    with clock.frozen(NOON + MINUTE), pytest.raises(TooManyTries) as refusal:
        await sign_in(name, PASSWORD)
    assert refusal.value.members == {"minutes": 2, "seconds": 120}


async def test_the_right_password_after_the_wait_forgives_all_tries(town):
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(WrongNameOrPassword):
                await sign_in("chen jing", "not this one")
    with clock.frozen(NOON + MINUTE):
        await sign_in("chen jing", PASSWORD)
        with pytest.raises(WrongNameOrPassword):
            await sign_in("chen jing", "not this one")
        await sign_in("chen jing", PASSWORD)


async def test_tries_are_forgotten_after_a_day(town):
    for day in range(8):
        with clock.frozen(NOON + day * (DAY + 1)), pytest.raises(WrongNameOrPassword):
            await sign_in("chen jing", "not this one")


@pytest.mark.concurrency
async def test_twenty_tries_at_once_are_counted_one_by_one(town):
    with clock.frozen(NOON):
        answers = await asyncio.gather(
            *(sign_in("chen jing", f"guess number {n}") for n in range(20)), return_exceptions=True
        )
    kinds = [type(answer) for answer in answers]
    assert (kinds.count(WrongNameOrPassword), kinds.count(TooManyTries)) == (5, 15)


async def test_a_new_password_shuts_the_old_one_and_every_staff_browser(town):
    old = await sign_in("chen jing", PASSWORD)
    await set_password(town.chen.person_id, "chen", "eight cranes land")
    assert await viewer_of(old.token) is None
    with pytest.raises(WrongNameOrPassword):
        await sign_in("chen jing", PASSWORD)
    assert await viewer_of((await sign_in("CHEN", "eight cranes land")).token) is not None


async def test_a_sign_in_name_belongs_to_one_person(town):
    with pytest.raises(SignInNameTaken):
        await set_password(town.wang.person_id, "CHEN JING", "eight cranes land")
    with pytest.raises(PasswordTooCommon):
        await set_password(town.wang.person_id, "wang xiulan", "Wang  Xiulan".replace("  ", " "))
    with pytest.raises(NoSuchMember):
        await set_password(1, "nobody", "eight cranes land")


async def test_a_one_time_link_signs_a_volunteer_in_once(town):
    token = await invite(town.book, town.wang.person_id, town.chen.person_id)
    assert len(token) == 26
    assert (await find_invite(token)).person.masked_name == "王*兰"
    signed_in = await accept_invite(f"https://caihong.example/q/{token.lower()}\n")
    viewer = await viewer_of(signed_in.token)
    assert viewer is not None
    assert (viewer.name, viewer.is_staff) == ("王秀兰", False)
    assert viewer.roles == {Role.VOLUNTEER}
    for again in (find_invite, accept_invite):
        with pytest.raises(LinkIsUsed):
            await again(token)


@pytest.mark.concurrency
async def test_of_fifty_browsers_with_one_link_one_gets_in(town):
    token = await invite(town.book, town.wang.person_id, town.chen.person_id)
    answers = await asyncio.gather(
        *(accept_invite(token) for _ in range(50)), return_exceptions=True
    )
    lost = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(answer) for answer in lost] == [LinkIsUsed] * 49
    assert await Session.filter(person_id=town.wang.person_id).count() == 1


async def test_a_link_lives_for_a_day(town):
    with clock.frozen(NOON):
        token = await invite(town.book, town.wang.person_id, town.chen.person_id)
    with clock.frozen(NOON + DAY), pytest.raises(LinkHasExpired):
        await accept_invite(token)
    with clock.frozen(NOON + DAY - 1):
        await accept_invite(token)


@pytest.mark.parametrize("token", ["", "A" * 26, "王" * 26, "x" * 100_000, "\x00"])
async def test_an_unknown_link_is_said_to_be_unknown(town, token):
    with pytest.raises(LinkIsUnknown):
        await accept_invite(token)


async def test_a_link_made_by_staff_never_opens_a_staff_session(town):
    token = await invite(town.book, town.chen.person_id, town.chen.person_id)
    viewer = await viewer_of((await accept_invite(token)).token)
    assert viewer is not None
    assert viewer.roles == {Role.VOLUNTEER}
    await revoke_role(town.book, town.chen.person_id, Role.VOLUNTEER)
    assert await viewer_of(
        (await accept_invite(await invite_from_console(town.book, town.chen.person_id))).token
    )
    with pytest.raises(NoSuchMember):
        await invite(town.book, town.chen.person_id, town.chen.person_id)


async def test_the_console_has_a_way_back_in_for_staff(town):
    signed_in = await accept_invite(await invite_from_console(town.book, town.chen.person_id))
    viewer = await viewer_of(signed_in.token)
    assert viewer is not None
    assert Role.ORGANISER in viewer.roles
    assert signed_in.seconds == 24 * 3600


async def test_nobody_is_invited_to_a_community_they_are_not_in(town):
    other = await open_community("绿翠社区")
    for verb in (invite, enrol):
        with pytest.raises(NoSuchMember):
            await verb(other.id, town.wang.person_id, town.chen.person_id)


async def test_a_tap_at_a_shift_enrols_a_browser_and_says_who_vouched(town):
    signed_in = await enrol(town.book, town.wang.person_id, town.chen.person_id)
    assert signed_in.seconds == 400 * 24 * 3600
    viewer = await viewer_of(signed_in.token)
    assert viewer is not None
    assert viewer.name == "王秀兰"
    vouched = await Invite.get(person_id=town.wang.person_id)
    assert vouched.made_by == town.chen.person_id
    assert vouched.used_at is not None


async def test_the_database_holds_no_secret_that_opens_a_door(town):
    token = await invite(town.book, town.wang.person_id, town.chen.person_id)
    session = await sign_in("chen jing", PASSWORD)
    rows = [await fetch(f"SELECT * FROM {table}") for table in ("invite", "session", "credential")]
    kept = repr(rows)
    for secret in (token, session.token, PASSWORD):
        assert secret not in kept


async def test_a_volunteer_holds_four_browsers_and_the_fifth_ends_the_oldest(town):
    tokens = []
    for hour in range(5):
        with clock.frozen(NOON + hour * HOUR):
            tokens.append((await enrol(town.book, town.wang.person_id, town.chen.person_id)).token)
    with clock.frozen(NOON + 5 * HOUR):
        assert [await viewer_of(token) is not None for token in tokens] == [
            False,
            True,
            True,
            True,
            True,
        ]


async def test_two_who_share_a_phone_are_two_members(town):
    li = await register(town.book, "李国", "13800001234")
    assert li.person_id != town.wang.person_id
