"""Households and lives as staff and volunteers see them: what is said beforehand, and what is so afterwards."""

import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ledger import chart
from ledger.balances import holding
from people import closed, consents, guardians, households, passwords
from people.credentials import set_password
from people.lives import LifeEvent, PassesTo
from people.models import Membership, Role
from people.passing import rule_of
from people.registration import register
from redemption.closing import Word, close_record
from redemption.models import Voucher
from redemption.states import VoucherState
from tests.redemption.family_world import Family
from tests.redemption.test_lives import buy
from tests.web.counter_world import SOAP, ShopDay, day, forms, own_key, signed_in

__all__ = ["day", "own_key"]

PASSWORD = "seven cranes fly"


def shown(page) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.fixture
async def office(day: ShopDay, monkeypatch):
    """Chen and Zhao work in the office; Chen's browser; Wang and her husband Li live together."""
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    book = day.world.book
    people = [(await register(book, name)).person_id for name in ("陈静", "赵敏", "李建国")]
    chen, zhao, husband = people
    await set_password(zhao, "zhao min", PASSWORD)
    home = await households.make(book, "3-2-601", day.wang.person_id, chen)
    await households.join(book, home.id, husband, chen)
    family = Family(
        day.world, day.wang.person_id, husband, day.zhang.person_id, chen, zhao, home.id
    )
    chens = await signed_in(book, chen, Role.ORGANISER, Role.ADMIN)
    await signed_in(book, zhao, Role.ORGANISER)
    yield family, chens
    await chens.http.aclose()


@pytest.mark.story
async def test_a_record_is_closed_for_a_family_and_nothing_reminds_of_it(day, office):
    family, chen = office
    at = f"/members/{family.wang}"
    await buy(family, family.wang)
    await family.world.give_points(40, person=family.wang)
    wang = await signed_in(family.book, family.wang, staff=False)

    # Before anything happens the page says what will: to points, vouchers, hours, codes and household.
    before = await chen.get(f"{at}/closing")
    for words in ("40 分转给同户的 李*国", "1 张，¥50.00", "立即", "不会再发送任何消息或提醒"):
        assert words in shown(before), words
    said = {"proof": "户口本", "second_name": "zhao min", "second_password": "wrong wrong"}
    refused = await chen.send(before, f"{at}/closing", **said)
    assert refused.status_code == 422
    assert 'value="户口本"' in refused.text
    assert "wrong wrong" not in refused.text
    assert await closed.closing_of(family.book, family.wang) is None

    done = await chen.send(refused, f"{at}/closing", **said | {"second_password": PASSWORD})

    assert "已注销" in shown(done)
    assert not re.search("死亡|已故|去世|离世", done.text)
    assert forms(done, f"{at}/invites") == []
    event = await LifeEvent.get(person_id=family.wang)
    assert (event.made_by, event.approved_by) == (family.chen, family.zhao)
    assert (await family.points(family.wang), await family.points(family.husband)) == (0, 40)
    heirs = await Voucher.filter(person_id=family.husband, state=VoucherState.ISSUED)
    assert [each.remaining_fen for each in heirs] == [5000]
    assert "40" not in shown(await wang.get("/"))
    nobody = await day.clerk.scan("3316")
    assert nobody.status_code == 404
    await says_nothing_of_why(family)
    assert await family.faults() == []

    await wang.http.aclose()


async def says_nothing_of_why(family: Family) -> None:
    """The husband sees what came to him, and no word of the reason."""
    lis = await signed_in(family.book, family.husband, staff=False)
    statement = shown(await lis.get("/statement"))
    assert "+40" in statement
    assert not re.search("死亡|已故|去世|离世", statement)
    await lis.http.aclose()


async def test_a_closing_of_the_wrong_person_is_taken_back_by_two(day, office):
    family, chen = office
    at = f"/members/{family.wang}"
    await close_record(family.book, family.wang, Word(family.chen, family.zhao, "户口本"))
    assert await family.points(family.husband) == 100
    page = await chen.get(f"{at}/reopening")
    alone = await chen.send(page, f"{at}/reopening", second_name="nobody", second_password=PASSWORD)
    assert alone.status_code == 422
    again = await chen.send(
        alone, f"{at}/reopening", second_name="zhao min", second_password=PASSWORD
    )
    assert "已注销" not in shown(again)
    assert (await family.points(family.wang), await family.points(family.husband)) == (100, 0)
    assert (await chen.get(f"{at}/reopening")).status_code == 404
    assert await family.faults() == []


async def test_two_records_of_one_person_become_one(day, office):
    family, chen = office
    old = await register(family.book, "王秀兰")
    await family.world.give_points(15, person=old.person_id)
    at = f"/members/{old.person_id}"
    asked = await chen.get(f"{at}/joining")
    unknown = await chen.send(asked, f"{at}/joining", number="99999")
    assert "没有找到" in shown(unknown)
    foreseen = await chen.send(unknown, f"{at}/joining", number=str(day.wang.number))
    assert "15 分" in shown(foreseen)
    (form,) = [each for each in forms(foreseen, f"{at}/joining") if each.method == "post"]
    typed = {"proof": "身份证", "second_name": "zhao min", "second_password": PASSWORD}
    done = await chen.http.post(form.action, data=form.fields | typed)
    assert f"编号 {old.number} 的档案已并入" in shown(done)
    wang = await signed_in(family.book, family.wang, staff=False)
    earlier = await wang.get(f"/statement?record={old.person_id}")
    assert "+15" in shown(earlier)
    (entry,) = set(re.findall(r"/why/([0-9]+)", earlier.text)) - set(
        re.findall(r"/why/([0-9]+)", (await wang.get("/statement")).text)
    )
    assert (await wang.get(f"/why/{entry}")).status_code == 200
    record = shown(await chen.get(f"/members/{family.wang}/record"))
    assert f"编号 {old.number}" in record
    assert await family.faults() == []
    await wang.http.aclose()


async def test_moving_and_moving_out_say_what_they_do(day, office):
    family, chen = office
    at = f"/members/{family.wang}"
    await buy(family, family.wang)
    page = await chen.get(f"{at}/moving")
    same = await chen.send(page, f"{at}/moving", flat="3-2-601")
    assert same.status_code == 422
    await chen.send(same, f"{at}/moving", flat="8-1-101")
    good = await Voucher.get(person_id=family.wang, state=VoucherState.ISSUED)
    assert good.flat == "8-1-101"
    out = await chen.get(f"{at}/moving-out")
    assert "8-1-101" in out.text
    statement = await chen.send(out, f"{at}/moving-out")
    assert "打印" in shown(statement)
    assert await households.of_person(family.book, family.wang) is None
    back = await chen.get(f"{at}/moving-out")
    await chen.send(back, f"{at}/moving-out/reversal")
    assert (await Membership.get(person_id=family.wang)).flat == "8-1-101"
    leaving = await chen.get(f"{at}/leaving")
    assert "3-2-601" in shown(leaving)
    await chen.send(leaving, f"{at}/leaving")
    assert await households.of_person(family.book, family.wang) is None
    assert await family.faults() == []


async def test_the_office_keeps_households_guardians_and_the_rule(day, office):
    family, chen = office
    at = f"/members/{family.stranger}"
    page = await chen.get(f"{at}/household")
    wrong = await chen.send(page, f"{at}/household/joining", number="99999")
    assert wrong.status_code == 404
    await chen.send(wrong, f"{at}/household/joining", number=str(day.wang.number))
    page = await chen.get(f"{at}/household")
    allowed = {"spender": str(family.wang), "points_a_month": "三十"}
    odd = await chen.send(page, f"{at}/consents", **allowed)
    assert odd.status_code == 422
    assert 'value="三十"' in odd.text
    page = await chen.send(odd, f"{at}/consents", **allowed | {"points_a_month": "30"})
    (given,) = await consents.given_by(family.book, family.stranger)
    page = await chen.send(page, f"{at}/consents/{given.id}/withdrawal")
    assert await consents.given_by(family.book, family.stranger) == []
    page = await chen.send(page, f"{at}/birth-year", year="2016", proof="户口本")
    assert "监护人" in shown(page)
    page = await chen.send(page, f"{at}/guardian", guardian=str(day.wang.number), how="paper")
    guardian = await guardians.consent_of_guardian(family.book, family.stranger)
    assert guardian is not None
    assert guardian.guardian_id == family.wang
    rule = await chen.get("/passing-rule")
    nameless = await chen.send(rule, "/passing-rule", passes_to="fund", fund_name=" ")
    assert nameless.status_code == 422
    await chen.send(nameless, "/passing-rule", passes_to="fund", fund_name="爱心基金")
    written = await rule_of(family.book)
    assert written is not None
    assert (written.passes_to, written.fund_name) == (PassesTo.FUND, "爱心基金")


@pytest.mark.story
async def test_a_family_pays_together_at_the_counter(day, office):
    family, _ = office
    await family.world.give_points(50, person=family.husband)
    lis = await signed_in(family.book, family.husband, staff=False)
    own = await lis.get("/family")
    await lis.send(own, "/family/consents", spender=str(family.wang), points_a_month="40")

    page = await day.clerk.scan(day.code(day.wang))
    assert "李*国" in page.text
    for _ in range(3):
        page = await day.clerk.send(
            page, "/counter/lines", item=str(family.world.rice.id), step="1"
        )
    for _ in range(3):
        page = await day.clerk.scan(SOAP, page)
    assert "还差 14 分" in shown(page)
    page = await day.clerk.send(page, "/counter/family", person=str(family.husband))
    assert 'aria-pressed="true"' in page.text
    assert "家人支付 14" in shown(page)

    receipt = await day.clerk.send(page, "/counter/redemptions")

    assert "王*兰 支付 100" in shown(receipt)
    assert "李*国 支付 14" in shown(receipt)
    assert (await family.points(family.wang), await family.points(family.husband)) == (0, 36)
    assert await family.faults() == []
    await lis.http.aclose()


@pytest.mark.story
async def test_a_grandchild_collects_with_eight_digits(day, office):
    family, _ = office
    wang = await signed_in(family.book, family.wang, staff=False)
    own = await wang.get("/family")
    made = await wang.send(own, "/family/collect-codes", points_limit="20")
    found = re.search(r'class="spoken num">([0-9]{4} [0-9]{4})<', made.text)
    assert found
    assert found[1] not in (await wang.get("/family")).text

    page = await day.clerk.scan(found[1])
    assert "他人代领" in shown(page)
    page = await day.clerk.scan(SOAP, page)
    receipt = await day.clerk.send(page, "/counter/redemptions")
    assert "代领" in shown(receipt)
    assert (await holding(family.book, chart.purse(family.wang))).balance == 92
    again = await day.clerk.scan(found[1])
    assert again.status_code == 404
    assert await family.faults() == []
    await wang.http.aclose()
