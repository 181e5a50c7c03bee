"""Clerks take turns on a counter's browser: each by a PIN of their own, as a clerk and nothing else."""

import pytest

from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.database import fetch
from people.clerk_pins import check_pin, set_pin, take_turn
from people.counter_devices import clerks_at, device_of, devices_of, enrol, revoke, this_device
from people.errors import NoSuchMember
from people.factor_errors import (
    ClerkPinIsOdd,
    ClerkPinTooSimple,
    FullSignInNeeded,
    NoSuchDevice,
    NotAtACounter,
    TooManyClerkPins,
    WrongClerkPin,
)
from people.limits import RULES, Growing, Purpose
from people.models import Role, Session
from people.registration import open_community, revoke_role
from people.sessions import viewer_of
from people.signin import sign_in
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000
PIN = "4071"


@pytest.mark.parametrize("text", ["", "123", "1234567", "12a4", "x" * 999, "-123"])
def test_a_pin_is_four_to_six_digits(text):
    with pytest.raises(ClerkPinIsOdd):
        check_pin(text)


@pytest.mark.parametrize("text", ["1234", "0000", "987654", "2580", "121212"])
def test_a_pin_is_not_the_one_that_everybody_tries(text):
    with pytest.raises(ClerkPinTooSimple):
        check_pin(text)


def test_the_wait_for_pins_grows_to_half_a_day():
    rule = RULES[Purpose.CLERK_PIN]
    assert isinstance(rule, Growing)
    waits = [rule.wait_after(n) // MINUTE for n in (4, 5, 6, 7, 20)]
    assert waits == [0, 15, 30, 60, 720]
    assert check_pin("４０７１") == PIN


@pytest.fixture
async def counter(town):
    """A browser at the counter, and Chen with a PIN."""
    viewer = await viewer_of((await sign_in("chen jing", PASSWORD)).token)
    assert viewer is not None
    await set_pin(viewer, PIN)
    return await this_device(await enrol(town.book, "left counter", town.chen.person_id))


async def test_a_turn_is_one_shift_as_a_clerk_alone_and_a_token_of_its_own(town, counter):
    with clock.frozen(NOON):
        first = await take_turn(counter, town.chen.person_id, PIN)
        second = await take_turn(counter, town.chen.person_id, PIN)
        assert first.token != second.token
        assert second.seconds == 12 * 3600
        viewer = await viewer_of(second.token)
        assert viewer is not None
        assert viewer.roles == {Role.CLERK}  # an organiser too, by password
        assert viewer.device_id == counter.id
        with pytest.raises(FullSignInNeeded):
            await set_pin(viewer, "5309")
    for hour in range(1, 12):
        with clock.frozen(NOON + hour * HOUR):
            assert await viewer_of(second.token) is not None
    with clock.frozen(NOON + 12 * HOUR):
        assert await viewer_of(second.token) is None
    rows = await fetch("SELECT pin_hash FROM clerk_pin")
    assert rows[0]["pin_hash"].startswith("$argon2id$")


async def test_wrong_pins_lock_it_and_the_wait_grows(town, counter):
    chen = town.chen.person_id
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(WrongClerkPin):
                await take_turn(counter, chen, "9999")
        with pytest.raises(TooManyClerkPins) as refusal:
            await take_turn(counter, chen, PIN)
        assert refusal.value.members == {"minutes": 15, "seconds": 900}
    with clock.frozen(NOON + 15 * MINUTE):
        with pytest.raises(WrongClerkPin):
            await take_turn(counter, chen, "9999")
        with pytest.raises(TooManyClerkPins) as refusal:
            await take_turn(counter, chen, PIN)
        assert refusal.value.members == {"minutes": 30, "seconds": 1800}
    with clock.frozen(NOON + 45 * MINUTE):
        await take_turn(counter, chen, PIN)
        assert await fetch("SELECT tries FROM try_tally WHERE purpose = 'clerk-pin'") == []


async def test_only_clerks_with_a_pin_of_this_community_take_turns_here(town, counter):
    assert [clerk.person_id for clerk in await clerks_at(town.book)] == [town.chen.person_id]
    other = await open_community("绿翠社区")
    elsewhere = await this_device(await enrol(other.id, "counter", 1))
    for device, person_id in (
        (counter, town.wang.person_id),
        (counter, 1),
        (elsewhere, town.chen.person_id),
    ):
        with pytest.raises(NoSuchMember):
            await take_turn(device, person_id, PIN)
    await revoke_role(town.book, town.chen.person_id, Role.CLERK)
    with pytest.raises(NoSuchMember):
        await take_turn(counter, town.chen.person_id, PIN)


async def test_a_browser_taken_off_the_list_ends_the_turn_and_takes_no_other(town, counter):
    token = await enrol(town.book, "right counter", town.chen.person_id)
    right = await this_device(token)
    signed = await take_turn(right, town.chen.person_id, PIN)
    own = await sign_in("chen jing", PASSWORD)
    other = await open_community("绿翠社区")
    with pytest.raises(NoSuchDevice):
        await revoke(other.id, right.id, 1)
    await revoke(town.book, right.id, town.chen.person_id)
    assert await viewer_of(signed.token) is None
    assert await viewer_of(own.token) is not None
    assert [device.name for device in await devices_of(town.book)] == ["left counter"]
    assert await device_of(token) is None
    with pytest.raises(NotAtACounter):
        await this_device(token)
    with pytest.raises(NotAtACounter):
        await take_turn(right, town.chen.person_id, PIN)
    assert await Session.filter(device_id=right.id, ended_at__isnull=True).count() == 0
    assert token not in str(await fetch("SELECT * FROM counter_device"))
