"""A desk by code and PIN over http, who keeps it, and the page on which one company takes another's place."""

import re

from people.models import Role
from people.registration import grant_role, register
from redemption import vouchers
from tests.redemption.world import key
from tests.web.counter_world import Visitor, day, own_key
from tests.web.test_settlement_pages import staff

__all__ = ["day", "own_key"]


async def test_a_manager_makes_code_and_pin_and_a_browser_comes_in_with_them(day):
    world = day.world
    manager = await staff(world, "物业经理", Role.PROPERTY_DESK, world.company)
    li = (await register(world.book, "李前台")).person_id
    await grant_role(world.book, li, Role.PROPERTY_DESK, None, company_id=world.company)
    own = await manager.get("/desks")
    made = await manager.send(own, f"/desks/{world.company}/code")
    [code] = re.findall(r"<b>([A-Z0-9]{4} [A-Z0-9]{4})</b>", made.text)
    assert code not in (await manager.get("/desks")).text
    simple = await manager.send(made, f"/desks/{world.company}/pins", person=str(li), pin="1234")
    assert simple.status_code == 422
    await manager.send(simple, f"/desks/{world.company}/pins", person=str(li), pin="4071")
    assert (await manager.get(f"/desks/{world.rival}")).status_code == 404

    phone = Visitor("nobody")
    wrong = await phone.send(await phone.get("/desks/sign-in"), "/desks/sign-in", code="ABCD")
    assert wrong.status_code == 422
    names = await phone.send(wrong, "/desks/sign-in", code=code.lower())
    # Nobody has proved who they are yet, and whoever has no PIN is not there.
    assert [each in names.text for each in ("李*台", "李前台", "物**理")] == [True, False, False]
    typed = {"person": str(li), "code": code}
    refused = await phone.send(names, "/desks/turns", **typed, pin="9999")
    assert refused.status_code == 422
    at_desk = await phone.send(refused, "/desks/turns", **typed, pin="4071")
    assert at_desk.url.path == "/desk"
    for elsewhere in ("/my-sign-in", "/desks", "/desk/settlements", "/my-data", "/approvals"):
        assert (await phone.get(elsewhere)).status_code == 403, elsewhere
    again = await phone.send(at_desk, "/sign-out")
    assert again.status_code == 200
    turns = await phone.get("/desks/turns")
    turn = await phone.send(turns, "/desks/turns", person=str(li), pin="4071")
    assert turn.url.path == "/desk"
    await manager.send(await manager.get("/desks"), f"/desks/{world.company}/pins/{li}/removal")
    assert (await phone.get("/desk")).url.path == "/sign-in"


async def test_two_who_look_alike_before_their_pin_are_told_apart_by_their_numbers(day):
    world = day.world
    manager = await staff(world, "物业经理", Role.PROPERTY_DESK, world.company)
    page = await manager.get("/desks")
    for name, number in (("李前台", 931), ("李后台", 932), ("周前台", 933)):
        who = (await register(world.book, name, number=number)).person_id
        await grant_role(world.book, who, Role.PROPERTY_DESK, None, company_id=world.company)
        await manager.send(page, f"/desks/{world.company}/pins", person=str(who), pin="4071")
    made = await manager.send(page, f"/desks/{world.company}/code")
    [code] = re.findall(r"<b>([A-Z0-9]{4} [A-Z0-9]{4})</b>", made.text)
    phone = Visitor("nobody")
    names = await phone.send(await phone.get("/desks/sign-in"), "/desks/sign-in", code=code)
    assert all(shown in names.text for shown in ("李*台 · 931", "李*台 · 932", "周*台<"))
    assert not any(name in names.text for name in ("李前台", "李后台", "周前台"))


async def test_one_company_takes_anothers_place_and_the_books_explain_it(day):
    world = day.world
    await vouchers.issue(
        world.book, day.wang.person_id, world.offer.id, world.company, world.clerk, key()
    )
    maker = await staff(world, "赵敏", Role.ORGANISER)
    checker = await staff(world, "钱主任", Role.ADMIN)
    same = await maker.get(f"/company-changes/new?before={world.company}&after={world.company}")
    assert same.status_code == 422
    listed = await maker.get(f"/company-changes/new?before={world.company}&after={world.rival}")
    assert "¥50.00" in listed.text
    assert "王*兰" in listed.text
    asked = await maker.send(
        listed, "/company-changes", before=str(world.company), after=str(world.rival)
    )
    await checker.send(await checker.get(asked.url.path), f"{asked.url.path}/approval")
    changes = await maker.get("/company-changes")
    [path] = re.findall(r"/company-changes/[0-9]+", changes.text)[:1]
    assert "¥50.00" in (await maker.get(path)).text
    entries = await maker.get("/books/entries?first=20200101&last=20991231")
    found = [
        await maker.get(each)
        for each in sorted(set(re.findall(r"/books/entries/[0-9]+", entries.text)))
    ]
    assert any(path in each.text for each in found)
