"""A partner's desk: its code and a PIN bring a browser there, for that desk's work and nothing else."""

import asyncio
import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from people import desk_codes, desk_turns, passwords
from people.counter_devices import device_of, devices_of, revoke, this_device
from people.errors import NoSuchMember, RoleNeeded
from people.factor_errors import (
    ClerkPinTooSimple,
    FullSignInNeeded,
    NoSuchDevice,
    NoSuchPartner,
    NotAtACounter,
    PinOpensMore,
    TooManyClerkPins,
    WrongClerkPin,
    WrongDeskCode,
)
from people.models import Role
from people.permissions import TABLE, Permission, require
from people.registration import grant_role, open_community, open_company, register, revoke_role
from people.sessions import begin, viewer_of

PIN = "4071"
NETWORK = "203.0.113.0/24"


class Desk:
    """A property company with two people at its desk, one of whom keeps it, and a company beside it."""

    book: int
    company: int
    other: int
    kept_by: int
    li: int
    code: str

    async def viewer(self, person_id: int):
        """Somebody signed in fully."""
        found = await viewer_of((await begin(self.book, person_id, staff=True)).token)
        assert found is not None
        return found

    async def come(self, pin: str = PIN, code: str = "", person_id: int = 0):
        """Come to the desk as Li."""
        company = await desk_codes.partner_of(code or self.code, NETWORK)
        return await desk_turns.come_to(company, person_id or self.li, pin, "Chrome")


@pytest.fixture
async def desk(database, monkeypatch) -> Desk:
    # test_passwords.py hashes at full strength; here a hash is only in the way.
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    made = Desk()
    made.book = (await open_community("金苑社区")).id
    made.company = (await open_company(made.book, "金苑物业")).id
    made.other = (await open_company(made.book, "新城物业")).id
    made.kept_by = (await register(made.book, "经理")).person_id
    made.li = (await register(made.book, "李前台")).person_id
    for person in (made.kept_by, made.li):
        await grant_role(made.book, person, Role.PROPERTY_DESK, None, company_id=made.company)
    made.code = await desk_codes.renew(made.book, made.company, made.kept_by)
    await desk_turns.set_pin_of(await made.viewer(made.kept_by), made.company, made.li, PIN)
    return made


async def test_code_and_pin_bring_a_browser_to_the_desk_and_nowhere_else(desk):
    await grant_role(desk.book, desk.li, Role.ORGANISER, None)
    token, signed = await desk.come(code=f" {desk.code[:4].lower()}　{desk.code[4:]} ")
    viewer = await viewer_of(signed.token)
    assert viewer is not None
    assert (viewer.person_id, viewer.company_id) == (desk.li, desk.company)
    assert viewer.roles == {Role.PROPERTY_DESK}  # an organiser too, by password
    allowed = {each for each in TABLE if viewer.may(each)}
    assert allowed == {Permission.WORK_AT_DESK, Permission.TAKE_VOUCHERS}
    with pytest.raises(FullSignInNeeded):
        require(viewer)
    with pytest.raises(RoleNeeded):
        require(viewer, Permission.RENDER_SERVICES)
    with pytest.raises(FullSignInNeeded):
        await desk_turns.set_pin_of(viewer, desk.company, desk.li, "5082")
    device = await this_device(token, desk=True)
    assert [each.id for each in await devices_of(desk.book, desk.company)] == [device.id]
    assert await devices_of(desk.book) == []  # no counter's
    with pytest.raises(NotAtACounter):
        await this_device(token)
    with pytest.raises(NoSuchDevice):
        await revoke(desk.book, device.id, desk.kept_by, desk.other)
    await revoke(desk.book, device.id, desk.kept_by, desk.company)
    assert await viewer_of(signed.token) is None
    assert await device_of(token) is None


async def test_a_wrong_code_or_pin_brings_nobody_in_and_five_wrong_pins_rest(desk):
    with pytest.raises(WrongDeskCode):
        await desk.come(code="ACDEFGHJ")
    with pytest.raises(NoSuchMember):
        await desk.come(person_id=desk.kept_by)  # has no PIN
    answers = await asyncio.gather(*(desk.come("9999") for _ in range(20)), return_exceptions=True)
    kinds = [type(each) for each in answers]
    assert kinds.count(WrongClerkPin) == 5
    assert kinds.count(TooManyClerkPins) == 15
    assert await devices_of(desk.book, desk.company) == []
    await desk_turns.set_pin_of(await desk.viewer(desk.kept_by), desk.company, desk.li, "5082")
    with pytest.raises(WrongClerkPin):
        await desk.come()
    assert await desk.come("5082")


async def test_a_new_code_ends_the_old_one_and_is_kept_by_nobody(desk):
    new = await desk_codes.renew(desk.book, desk.company, desk.kept_by)
    assert re.fullmatch(f"[{desk_codes.LETTERS}]{{8}}", new)
    with pytest.raises(WrongDeskCode):
        await desk.come()
    assert await desk.come(code=new)
    kept = await desk_codes.standing(desk.book, desk.company)
    assert kept is not None
    assert new not in str(vars(kept))


async def test_a_dropped_pin_or_role_signs_out_at_once(desk):
    keeper = await desk.viewer(desk.kept_by)
    _, signed = await desk.come()
    await desk_turns.drop_pin_of(keeper, desk.company, desk.li)
    assert await viewer_of(signed.token) is None
    with pytest.raises(NoSuchMember):
        await desk.come()
    await desk_turns.set_pin_of(keeper, desk.company, desk.li, PIN)
    _, signed = await desk.come()
    await revoke_role(desk.book, desk.li, Role.PROPERTY_DESK)
    assert await viewer_of(signed.token) is None


async def test_a_desk_is_kept_by_its_own_people_or_the_office(desk):
    keeper = await desk.viewer(desk.kept_by)
    office = (await register(desk.book, "社区")).person_id
    await grant_role(desk.book, office, Role.ORGANISER, None)
    assert desk_turns.kept_desk(keeper, desk.company) == desk.company
    assert desk_turns.kept_desk(await desk.viewer(office), desk.other) == desk.other
    with pytest.raises(NoSuchPartner):
        desk_turns.kept_desk(keeper, desk.other)
    with pytest.raises(NoSuchMember):
        await desk_turns.set_pin_of(keeper, desk.other, desk.li, PIN)
    with pytest.raises(ClerkPinTooSimple):
        await desk_turns.set_pin_of(keeper, desk.company, desk.li, "1234")
    abroad = (await open_community("别处")).id
    with pytest.raises(NoSuchPartner):
        await desk_codes.renew(abroad, desk.company, office)


async def test_a_partner_does_not_set_the_pin_of_somebody_who_serves_at_the_counter_too(desk):
    await grant_role(desk.book, desk.li, Role.CLERK, None)
    keeper = await desk.viewer(desk.kept_by)
    with pytest.raises(PinOpensMore):
        await desk_turns.set_pin_of(keeper, desk.company, desk.li, "5180")
    with pytest.raises(PinOpensMore):
        await desk_turns.drop_pin_of(keeper, desk.company, desk.li)
    await desk_turns.set_pin_of(await desk.viewer(desk.li), desk.company, desk.li, "5180")
