"""A new installation's set-up code, and the sealed sheet for the day when no administrator can sign in."""

from dataclasses import dataclass, replace

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel import clock
from kernel.clock import DAY
from kernel.database import fetch
from people import first_setup, passwords, recovery, roster, two_steps
from people.errors import NameIsEmpty, NoSuchMember, PasswordTooShort
from people.factor_errors import RecoveryCodeIsWrong, SetupCodeIsWrong
from people.models import Community, Credential, Role
from people.registration import grant_role, suspend
from people.two_steps import Half, Step

NOON = 1_795_262_400_000_000


@dataclass
class Typed:
    code: str
    community: str = "金苑社区"
    name: str = "李主任"
    sign_in_name: str = "li"
    password: str = "seven cranes fly"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))


async def nothing_more(_: int) -> None:
    """Rules and a shop are other rooms' business."""


async def found(typed: Typed):
    return await first_setup.found(typed, nothing_more)


async def test_the_newest_set_up_code_makes_one_administrator_within_a_day(database):
    with clock.frozen(NOON):
        old, code = await first_setup.offer(), await first_setup.offer()
        assert old
        assert code
        assert len(code.replace("-", "")) == 24
        assert code.replace("-", "") not in str(await fetch("SELECT * FROM setup_token"))
        for wrong in ("", "AAAA-AAAA", old):
            with pytest.raises(SetupCodeIsWrong):
                await found(Typed(wrong))
        for slip, refusal in (
            ({"community": " "}, NameIsEmpty),
            ({"name": ""}, NameIsEmpty),
            ({"password": "short"}, PasswordTooShort),
        ):
            with pytest.raises(refusal):
                await found(replace(Typed(code), **slip))
    with clock.frozen(NOON + DAY), pytest.raises(SetupCodeIsWrong):
        await found(Typed(code))
    assert await Community.all().count() == 0
    with clock.frozen(NOON + DAY - 1):
        begun = await found(Typed(code.lower()))
    assert isinstance(begun, Half)
    assert begun.step is Step.SET_UP
    [here] = await roster.communities()
    [admin] = await roster.staff(here.id)
    assert (admin.role, admin.person.name) == (Role.ADMIN, "李主任")
    with clock.frozen(NOON + DAY - 1), pytest.raises(SetupCodeIsWrong):
        await found(Typed(code, sign_in_name="other"))
    assert await first_setup.offer() is None


async def test_a_community_in_which_nobody_works_any_more_can_be_set_up_again(town):
    assert await first_setup.offer() is None
    await suspend(town.book, town.chen.person_id)
    code = await first_setup.offer()
    assert code
    await found(Typed(code))
    assert await Community.all().count() == 1
    assert [each.person.name for each in await roster.staff(town.book)] == ["李主任"]


async def test_a_recovery_sheet_makes_an_administrator_once_and_a_newer_one_ends_it(town):
    book, chen = town.book, town.chen.person_id
    await grant_role(book, chen, Role.ADMIN, None)
    assert await recovery.hangs_on_one(book)
    old, code = await recovery.print_sheet(book, chen), await recovery.print_sheet(book, chen)
    assert len(code.replace("-", "")) == 32
    assert code.replace("-", "") not in str(await fetch("SELECT * FROM recovery_sheet"))
    assert not await recovery.hangs_on_one(book)
    for wrong in (old, "", "AAAA"):
        with pytest.raises(RecoveryCodeIsWrong):
            await recovery.recover(wrong, "王主任")
    with pytest.raises(NoSuchMember):
        await recovery.recover(code, "", 999)
    with pytest.raises(NameIsEmpty):
        await recovery.recover(code, "")
    token = await recovery.recover(code.lower(), "", town.chen.number)  # she lost her own way in
    half = await two_steps.start_by_link(token)
    assert isinstance(half, Half)
    assert half.step is Step.PASSWORD
    with pytest.raises(RecoveryCodeIsWrong):
        await recovery.recover(code, "王主任")
    assert await Credential.filter(person_id=chen).count() == 1

    again = await recovery.print_sheet(book, chen)
    await recovery.recover(again, "王主任")
    admins = [each.person.name for each in await roster.staff(book) if each.role is Role.ADMIN]
    assert sorted(admins) == ["王主任", "陈静"]
    assert not await recovery.hangs_on_one(book)
