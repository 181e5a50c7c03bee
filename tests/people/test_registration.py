"""Opening a community, taking people in, giving and taking roles."""

import asyncio

import pytest

from kernel.database import fetch
from people import roster
from people.errors import (
    CompanyNeeded,
    NameIsEmpty,
    NoSuchCommunity,
    NoSuchMember,
    NumberIsInvalid,
    NumberTaken,
    PhoneIsInvalid,
    ZoneIsUnknown,
)
from people.models import Person, Role, RoleGrant
from people.registration import (
    grant_role,
    open_community,
    open_company,
    register,
    rename,
    revoke_role,
    speak,
    suspend,
)


async def test_a_community_opens_with_its_book(database):
    community = await open_community(" 金苑\u3000社区 ", office_phone="0516-8812 3456")
    assert (community.name, community.office_phone) == ("金苑 社区", "051688123456")
    assert [
        row["zone"] for row in await fetch("SELECT zone FROM book WHERE id = $1", community.id)
    ] == ["Asia/Shanghai"]
    assert [one.id for one in await roster.communities()] == [community.id]


@pytest.mark.parametrize("zone", ["Moon/Base", "", "../etc/passwd", "Asia"])
async def test_a_zone_that_is_none_is_refused(database, zone):
    with pytest.raises(ZoneIsUnknown):
        await open_community("金苑", zone)
    assert await roster.communities() == []


async def test_numbers_are_given_in_turn_and_may_be_chosen(town):
    assert (town.wang.number, town.chen.number) == (101, 102)
    assert (await register(town.book, "李国", number=500)).number == 500
    assert (await register(town.book, "赵强")).number == 501
    with pytest.raises(NumberTaken):
        await register(town.book, "孙丽", number=500)
    assert await Person.filter(name="孙丽").count() == 0


async def test_each_community_counts_from_the_start(town):
    other = await open_community("绿翠社区")
    assert (await register(other.id, "王秀兰", "13800001234")).number == 101


@pytest.mark.concurrency
async def test_people_registered_at_once_get_different_numbers(town):
    made = await asyncio.gather(*(register(town.book, f"志愿者{n}") for n in range(12)))
    assert sorted(member.number for member in made) == list(range(103, 115))


@pytest.mark.parametrize(
    ("entered", "refusal"),
    [
        ({"name": " "}, NameIsEmpty),
        ({"name": "王", "phone": "phone"}, PhoneIsInvalid),
        ({"name": "王", "number": 0}, NumberIsInvalid),
        ({"name": "王", "number": 1_000_000}, NumberIsInvalid),
    ],
)
async def test_what_cannot_be_right_is_refused_and_changes_nothing(town, entered, refusal):
    with pytest.raises(refusal):
        await register(town.book, **entered)
    assert await Person.all().count() == 2


async def test_nobody_joins_a_community_that_is_not_there(town):
    with pytest.raises(NoSuchCommunity):
        await register(1, "王秀兰")
    with pytest.raises(NoSuchCommunity):
        await roster.community(1)


async def test_a_member_is_renamed(town):
    await rename(town.book, town.wang.person_id, name="王秀蘭", phone="", flat="1-1")
    member = await roster.member(town.book, town.wang.person_id)
    assert (member.person.name, member.person.phone, member.flat) == ("王秀蘭", "", "1-1")
    await rename(town.book, town.wang.person_id, name="王秀兰")
    member = await roster.member(town.book, town.wang.person_id)
    assert (member.person.name, member.flat, member.shown_number) == ("王秀兰", "1-1", "101")
    with pytest.raises(NoSuchMember):
        await rename(town.book, 1, name="王秀兰")


async def test_a_person_is_spoken_to_in_their_language(town):
    await speak(town.wang.person_id, "en")
    assert (await roster.member(town.book, town.wang.person_id)).person.language == "en"


async def test_a_role_given_twice_is_held_once_and_remembers_who_gave_it(town):
    for _ in range(2):
        await grant_role(town.book, town.wang.person_id, Role.AUDITOR, town.chen.person_id)
    grants = await RoleGrant.filter(person_id=town.wang.person_id, role=Role.AUDITOR)
    assert [grant.granted_by for grant in grants] == [town.chen.person_id]
    await revoke_role(town.book, town.wang.person_id, Role.AUDITOR)
    assert await roster.roles_of(town.book, town.wang.person_id) == {Role.VOLUNTEER}


async def test_a_stranger_gets_no_role(town):
    other = await open_community("绿翠社区")
    with pytest.raises(NoSuchMember):
        await grant_role(other.id, town.wang.person_id, Role.ADMIN, None)
    with pytest.raises(NoSuchCommunity):
        await grant_role(1, town.wang.person_id, Role.ADMIN, None)


async def test_a_property_desk_belongs_to_one_company_of_its_community(town):
    anhe = await open_company(town.book, "安和物业")
    assert (await open_company(town.book, " 安和物业")).id == anhe.id
    yijia = await open_company(town.book, "宜家物业")
    other = await open_community("绿翠社区")
    foreign = await open_company(other.id, "安和物业")
    desk = Role.PROPERTY_DESK
    for role, company in ((desk, None), (desk, foreign.id), (Role.CLERK, anhe.id)):
        with pytest.raises(CompanyNeeded):
            await grant_role(town.book, town.wang.person_id, role, None, company_id=company)
    await grant_role(town.book, town.wang.person_id, desk, None, company_id=anhe.id)
    await grant_role(town.book, town.wang.person_id, desk, None, company_id=yijia.id)
    held = await RoleGrant.filter(person_id=town.wang.person_id, role=desk, revoked_at__isnull=True)
    assert [grant.company_id for grant in held] == [yijia.id]
    assert [company.name for company in await roster.companies(town.book)] == [
        "安和物业",
        "宜家物业",
    ]


async def test_the_roster_lists_members_by_number_and_staff_by_role(town):
    await suspend(town.book, town.wang.person_id)
    li = await register(town.book, "李国")
    assert [one.number for one in await roster.members(town.book)] == [102, 103]
    assert [one.id for one in await roster.members(town.book, after_number=102, limit=5)] == [li.id]
    assert [(one.person.name, one.role) for one in await roster.staff(town.book)] == [
        ("陈静", Role.ORGANISER),
        ("陈静", Role.CLERK),
    ]
    assert await roster.names(town.book, [town.wang.person_id, 5]) == {
        town.wang.person_id: "王秀兰"
    }
    with pytest.raises(NoSuchMember):
        await roster.member(town.book, 5)
