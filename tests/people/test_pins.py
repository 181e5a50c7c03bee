"""The PIN: what may be one, five wrong tries and a day's rest, unlocked on two facts."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import HOUR
from people import facts, losing, passwords, pin_acts, pins
from people.approval_errors import OwnBenefit, OwnRequest
from people.card_errors import (
    NotForOneself,
    PinIsLocked,
    PinIsMissing,
    PinIsOdd,
    PinIsTrivial,
    PinIsWrong,
    PinsDiffer,
    PinTakesTwo,
    TwoFactsNeeded,
)
from people.cards import Pin
from people.deciding import approve, refuse
from people.models import Role
from tests.redemption.approving import somebody, viewer
from web.acts import ACTS

TWO = ["flat", "phone"]


async def try_pin(town, text, times=1):
    for _ in range(times):
        with pytest.raises((PinIsWrong, PinIsLocked)):
            await pins.check_pin(town.book, town.wang.person_id, text)


async def set_pin(town, pin="2749"):
    await pins.set_own_pin(town.book, town.wang.person_id, pin, pin)


@pytest.mark.parametrize(
    "pin", ["1234", "987654", "1111", "000000", "0123", "1212", "123123", "5678", "7890"]
)
def test_what_everybody_tries_first_is_refused(pin):
    with pytest.raises(PinIsTrivial):
        pins.check_new_pin(pin, "13800007890", "7")


def test_what_stands_on_the_card_or_in_the_telephone_book_is_refused():
    for pin in ("3316", "003316", "138000", "1038"):
        with pytest.raises(PinIsTrivial):
            pins.check_new_pin(pin, "13800003316", "1038")
    pins.check_new_pin("2749", "13800003316", "1038")
    pins.check_new_pin("2749", "", "103")


@pytest.mark.parametrize(
    "text", ["", "123", "1234567", "12a4", "١٢٣٤", "27 49", "２７４", "9" * 99]
)
def test_a_pin_has_four_to_six_digits(text):
    with pytest.raises(PinIsOdd):
        pins.folded_pin(text)


async def test_a_pin_is_kept_as_argon2id_and_fits_its_owner_alone(town):
    await set_pin(town, "２７４９")
    kept = await Pin.get(book_id=town.book)
    assert kept.pin_hash.startswith("$argon2id$")
    assert not await passwords.matches("2749", kept.pin_hash), "the key outside is missing here"
    await pins.check_pin(town.book, town.wang.person_id, "2749")
    await pins.set_own_pin(town.book, town.chen.person_id, "8153", "8153")
    with pytest.raises(PinIsWrong):
        await pins.check_pin(town.book, town.chen.person_id, "2749")


async def test_five_wrong_tries_lock_it_even_for_the_right_one_for_a_day(town):
    await set_pin(town)
    await try_pin(town, "0000", 4)
    await pins.check_pin(town.book, town.wang.person_id, "2749")
    await try_pin(town, "0000", 5)
    with pytest.raises(PinIsLocked):
        await pins.check_pin(town.book, town.wang.person_id, "2749")
    assert pins.is_locked(await pins.good_pin(town.book, town.wang.person_id))
    with clock.frozen(clock.now() + 25 * HOUR):
        await pins.check_pin(town.book, town.wang.person_id, "2749")


@pytest.mark.concurrency
async def test_twelve_tries_at_once_are_five(town):
    await set_pin(town)
    told = await asyncio.gather(
        *(pins.check_pin(town.book, town.wang.person_id, f"30{n:02d}") for n in range(12)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, PinIsWrong) for each in told) == 4
    assert sum(isinstance(each, PinIsLocked) for each in told) == 8


async def test_a_colleague_unlocks_it_on_two_facts_and_the_tries_begin_again(town):
    await set_pin(town)
    await try_pin(town, "0000", 5)
    who, by = town.wang.person_id, town.chen.person_id
    for known in ([], ["flat"], ["flat", "flat"], ["flat", "shoe-size"]):
        with pytest.raises(TwoFactsNeeded):
            await pins.unlock_pin(town.book, who, by=by, facts=known)
    with pytest.raises(NotForOneself):
        await pins.unlock_pin(town.book, who, by=who, facts=TWO)
    await pins.unlock_pin(town.book, who, by=by, facts=TWO)
    await pins.check_pin(town.book, who, "2749")
    kept = await Pin.get(book_id=town.book)
    assert (kept.unlocked_by, kept.unlocked_on) == (by, "flat,phone")


async def test_a_pin_is_changed_by_who_knows_it(town):
    await set_pin(town)
    who = town.wang.person_id
    with pytest.raises(PinIsWrong):
        await pins.set_own_pin(town.book, who, "8153", "8153", old="1234")
    with pytest.raises(PinsDiffer):
        await pins.set_own_pin(town.book, who, "8153", "8154", old="2749")
    await pins.set_own_pin(town.book, who, "8153", "8153", old="2749")
    await pins.check_pin(town.book, who, "8153")


async def at_desk(town, pin, known=("number", "joined")):
    who, by = town.wang.person_id, town.chen.person_id
    await pins.set_pin_at_desk(town.book, who, pin, pin, by=by, facts=known)


async def test_a_first_pin_is_set_at_the_desk_on_two_facts(town):
    for known in ([], ["flat"], ["flat", "flat"]):
        with pytest.raises(TwoFactsNeeded):
            await at_desk(town, "6402", known)
    await at_desk(town, "6402")
    await pins.check_pin(town.book, town.wang.person_id, "6402")
    assert (await Pin.get(book_id=town.book)).set_on == "joined,number"


async def test_another_pin_takes_two_persons_once_for_each_and_a_report_of_loss_is_no_way_round(
    town,
):
    await set_pin(town)
    who = town.wang.person_id
    chen = await viewer(town.book, town.chen.person_id, Role.ORGANISER)
    zhao = await somebody(town.book, "赵敏", Role.ORGANISER)
    with pytest.raises(PinTakesTwo):
        await at_desk(town, "6402")
    await losing.report_loss(town.book, who, by=chen.person_id, facts=TWO)
    with pytest.raises(PinTakesTwo):
        await at_desk(town, "6402")
    with pytest.raises(TwoFactsNeeded):
        await pin_acts.ask_for_new_pin(ACTS, chen, who, ["flat"])
    asked = await pin_acts.ask_for_new_pin(ACTS, chen, who, TWO)
    with pytest.raises(OwnRequest):
        await approve(ACTS, chen, asked.id, asked.digest)
    await approve(ACTS, zhao, asked.id, asked.digest)
    with pytest.raises(PinIsMissing):
        await pins.check_pin(town.book, who, "2749")
    await at_desk(town, "6402")
    await pins.check_pin(town.book, who, "6402")
    with pytest.raises(PinTakesTwo):
        await at_desk(town, "8153")


async def test_a_request_that_was_refused_lets_nobody_set_one_and_the_pin_stays(town):
    await set_pin(town)
    who = town.wang.person_id
    chen = await viewer(town.book, town.chen.person_id, Role.CLERK)
    zhao = await somebody(town.book, "赵敏", Role.ORGANISER)
    asked = await pin_acts.ask_for_new_pin(ACTS, chen, who, TWO)
    await refuse(ACTS, zhao, asked.id, "她记得密码")
    with pytest.raises(PinTakesTwo):
        await at_desk(town, "6402")
    await pins.check_pin(town.book, who, "2749")


async def test_without_a_pin_there_is_nothing_to_ask_for(town):
    chen = await viewer(town.book, town.chen.person_id, Role.CLERK)
    with pytest.raises(PinIsMissing):
        await pin_acts.ask_for_new_pin(ACTS, chen, town.wang.person_id, TWO)
    wang = await viewer(town.book, town.wang.person_id, Role.CLERK)
    await set_pin(town)
    with pytest.raises(OwnBenefit):
        await pin_acts.ask_for_new_pin(ACTS, wang, wang.person_id, TWO)


async def test_without_a_pin_no_try_fits(town):
    with pytest.raises(PinIsMissing):
        await pins.check_pin(town.book, town.wang.person_id, "2749")
    with pytest.raises(PinIsMissing):
        await pins.unlock_pin(town.book, town.wang.person_id, by=town.chen.person_id, facts=TWO)


async def test_even_a_member_without_phone_and_flat_can_be_asked_two_questions(town):
    town.wang.flat = ""
    town.wang.person.keep_phone("")
    asked = facts.questions(town.wang, "Asia/Shanghai")
    assert [question.value for question, _ in asked] == ["joined", "number"]
    with pytest.raises(TwoFactsNeeded):
        facts.two_facts(town.wang, ["flat", "phone", "number"])
