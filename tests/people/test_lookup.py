"""Finding a member at the counter."""

import asyncio

import pytest

from kernel import clock
from kernel.clock import SECOND
from people.codes import make_code, member_key
from people.errors import CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, NoSuchMember
from people.lookup import by_code, by_name, by_number, by_number_or_phone, by_phone_end, find_member
from people.pinyin import begins
from people.recognition import Way, way_said
from people.registration import open_community, register, suspend

NOON = 1_795_262_400_000_000


def code_of(town, moment=NOON):
    return make_code(member_key(), town.book, town.wang.id, moment)


async def found(town, text):
    return [
        member.person.name for member in await find_member(town.book, text, town.chen.person_id)
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("101", ["王秀兰"]),
        ("１０１\n", ["王秀兰"]),
        ("1234", ["王秀兰"]),
        ("13800001234", ["王秀兰"]),
        ("138 0000 1234", ["王秀兰"]),
        ("王秀兰", ["王秀兰"]),
        ("秀兰", ["王秀兰"]),
        ("陈", ["陈静"]),
        ("wxl", ["王秀兰"]),
        ("ＷＸ", ["王秀兰"]),
        ("cj", ["陈静"]),
    ],
)
async def test_one_box_takes_number_phone_and_name(town, text, names):
    assert await found(town, text) == names


@pytest.mark.parametrize(
    "text", ["", " ", "999", "0000", "234", "%", "_", "王秀%", "李四", "\x00", "0" * 30]
)
async def test_who_is_not_found_gets_a_way_on(town, text):
    with pytest.raises(NoSuchMember):
        await find_member(town.book, text, town.chen.person_id)


@pytest.mark.parametrize(
    ("name", "letters", "begins_so"),
    [
        ("王秀兰", "WXL", True),
        ("王秀兰", "WX", True),
        ("王秀兰", "XL", False),
        ("王秀兰", "WXLA", False),
        ("单建国", "SJG", True),
        ("单建国", "DJG", True),
        ("喆A", "ZA", True),
        ("", "WX", False),
    ],
)
def test_a_name_is_known_by_its_first_letters_in_pinyin(name, letters, begins_so):
    assert begins(name, letters) is begins_so


async def test_a_shared_phone_gives_both_and_a_number_comes_first(town):
    await register(town.book, "李国", "13800001234")
    await register(town.book, "赵强", number=1234)
    assert await found(town, "1234") == ["赵强", "王秀兰", "李国"]
    assert len(await by_phone_end(town.book, "1234")) == 2
    assert await by_phone_end(town.book, "34") == []


async def test_the_whole_name_comes_before_names_that_hold_it(town):
    await register(town.book, "王秀兰花", number=7)
    assert [member.person.name for member in await by_name(town.book, "王秀兰")] == [
        "王秀兰",
        "王秀兰花",
    ]
    assert await by_name(town.book, "\u200b") == []


async def test_a_latin_name_is_found_in_any_case(town):
    await register(town.book, "Anna Schmidt")
    assert await found(town, "anna") == ["Anna Schmidt"]


async def test_another_community_sees_nobody_of_this_one(town):
    other = await open_community("绿翠社区")
    with clock.frozen(NOON):
        for text in ("101", "1234", "王秀兰"):
            with pytest.raises(NoSuchMember):
                await find_member(other.id, text, town.chen.person_id)
        with pytest.raises(CodeIsUnknown):
            await by_code(other.id, code_of(town), town.chen.person_id)


async def test_a_member_code_finds_its_member_and_the_same_clerk_may_read_it_again(town):
    with clock.frozen(NOON):
        for text in (code_of(town), f"https://any.host/q/{code_of(town).lower()}\n"):
            assert await found(town, text) == ["王秀兰"]


async def test_a_member_code_serves_one_clerk(town):
    with clock.frozen(NOON):
        await by_code(town.book, code_of(town), town.chen.person_id)
        with pytest.raises(MemberCodeUsed) as refusal:
            await by_code(town.book, code_of(town), town.wang.person_id)
    assert "last four digits" in str(refusal.value)
    with clock.frozen(NOON + 30 * SECOND):
        await by_code(town.book, code_of(town, NOON + 30 * SECOND), town.wang.person_id)


@pytest.mark.concurrency
async def test_of_two_clerks_at_once_one_gets_the_code(town):
    with clock.frozen(NOON):
        answers = await asyncio.gather(
            *(by_code(town.book, code_of(town), clerk) for clerk in range(1, 7)),
            return_exceptions=True,
        )
    assert [type(answer) for answer in answers].count(MemberCodeUsed) == 5


async def test_an_old_code_is_out_of_date_and_never_invalid(town):
    with clock.frozen(NOON + 60 * SECOND), pytest.raises(MemberCodeExpired) as refusal:
        await find_member(town.book, code_of(town), town.chen.person_id)
    assert (
        str(refusal.value)
        == "The code is out of date; please give the last four digits of your phone."
    )


@pytest.mark.parametrize("text", ["A" * 48, "EEAQ" + "A" * 44, "GEAA" * 20, "ABCDEFGH" * 4])
async def test_a_code_that_is_none_of_ours_is_said_to_be_unknown(town, text):
    with pytest.raises(CodeIsUnknown):
        await find_member(town.book, text, town.chen.person_id)


async def test_a_suspended_member_is_found_by_nothing(town):
    await suspend(town.book, town.wang.person_id)
    with clock.frozen(NOON):
        with pytest.raises(CodeIsUnknown):
            await find_member(town.book, code_of(town), town.chen.person_id)
        with pytest.raises(NoSuchMember):
            await find_member(town.book, "101", town.chen.person_id)


async def test_a_visitor_says_who_they_are_by_number_or_phone(town):
    assert (await by_number(town.book, "No. 101")).id == town.wang.id
    assert [one.id for one in await by_number_or_phone(town.book, "1234")] == [town.wang.id]
    for text in ("", "103", "王秀兰", "9" * 400):
        with pytest.raises(NoSuchMember):
            await by_number(town.book, text)
    with pytest.raises(NoSuchMember):
        await by_number_or_phone(town.book, "王秀兰")


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("card", Way.CARD),
        ("name", Way.NAME),
        ("number", Way.NUMBER),
        ("code", Way.NUMBER),
        ("sheet", Way.NUMBER),
        ("", Way.NUMBER),
    ],
)
def test_a_form_says_no_more_than_a_clerk_can_see(text, way):
    assert way_said(text) is way
