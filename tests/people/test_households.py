"""Households, guardians and codes to collect with: one home at a time, a guardian for children, one day and once."""

import pytest

from kernel import clock
from kernel.clock import DAY
from people import collecting, consents, guardians, households
from people.errors import WrongNameOrPassword
from people.homes import homes_of
from people.household_errors import (
    BirthYearIsOdd,
    CollectCodeUnknown,
    ConsentExists,
    ConsentToOneself,
    GuardianNeeded,
    GuardianTooYoung,
    InAHousehold,
    LimitIsOdd,
    NoSuchConsent,
    NoSuchHousehold,
    NotOneHousehold,
    ProofIsMissing,
    SecondPersonNeeded,
    SpenderRecords,
    TooManyCollectCodes,
)
from people.leaving import leave
from people.lives import ConsentGiven, HouseholdMember
from people.models import Role
from people.registration import open_community, register, revoke_role
from people.signin import vouch
from redemption.barcodes import valid_ean
from tests.people.conftest import PASSWORD


def test_who_may_be_under_fourteen_counts_by_the_year_alone():
    assert guardians.may_be_under(14, 2012, 20261130)
    assert not guardians.may_be_under(14, 2011, 20261130)


def test_the_digits_of_a_code_are_never_a_barcode():
    drawn = [collecting._digits() for _ in range(300)]
    assert all(len(each) == 8 and not valid_ean(each) for each in drawn)
    assert collecting.may_be_code("1234 5678")
    assert collecting.may_be_code(collecting._token())
    assert not collecting.may_be_code("王秀兰")


async def test_a_person_lives_in_one_household_at_a_time(town):
    wang, chen, book = town.wang.person_id, town.chen.person_id, town.book
    home = await households.make(book, " 3-2-501 ", wang, chen)
    assert home.label == "3-2-501"
    with pytest.raises(InAHousehold):
        await households.make(book, "又一家", wang, chen)
    with pytest.raises(NotOneHousehold):
        await consents.give(book, wang, chen, 40, wang)
    await households.join(book, home.id, chen, wang)
    assert [each.person_id for each in await households.living_in(book, home.id)] == [wang, chen]
    assert await households.share_a_household(book, wang, {chen})
    await leave(book, chen, wang)
    with pytest.raises(NoSuchHousehold):
        await leave(book, chen, wang)
    assert not await households.share_a_household(book, wang, {chen})
    await households.join(book, home.id, chen, wang)
    assert await HouseholdMember.filter(person_id=chen).count() == 2
    with pytest.raises(NoSuchHousehold):
        await households.join(book, 1, chen, wang)


async def test_a_consent_names_two_a_limit_and_who_recorded_it(town):
    wang, chen, book = town.wang.person_id, town.chen.person_id, town.book
    home = await households.make(book, "3-2-501", wang, chen)
    await households.join(book, home.id, chen, wang)
    for giver, limit, by, refusal in [
        (chen, 40, chen, ConsentToOneself),
        (wang, 40, chen, SpenderRecords),
        (wang, 0, wang, LimitIsOdd),
        (wang, 10**6, wang, LimitIsOdd),
    ]:
        with pytest.raises(refusal):
            await consents.give(book, giver, chen, limit, by)
    given = await consents.give(book, wang, chen, 40, wang)
    with pytest.raises(ConsentExists):
        await consents.give(book, wang, chen, 50, wang)
    with pytest.raises(NoSuchConsent):
        await consents.withdraw_own(book, given.id, chen)
    await consents.withdraw_own(book, given.id, wang)
    with pytest.raises(NoSuchConsent):
        await consents.withdraw(book, given.id, wang)
    assert await consents.given_by(book, wang) == []


async def test_a_child_lets_others_spend_only_with_a_guardian(town):
    child, chen, book = town.wang.person_id, town.chen.person_id, town.book
    home = await households.make(book, "3-2-501", child, chen)
    await households.join(book, home.id, chen, chen)
    for year, proof, refusal in [(1850, "户口本", BirthYearIsOdd), (2016, " ", ProofIsMissing)]:
        with pytest.raises(refusal):
            await guardians.set_birth_year(book, child, year, proof, chen)
    assert not await guardians.is_child(book, child)
    await guardians.set_birth_year(book, child, 2016, "户口本", chen)
    with pytest.raises(GuardianNeeded):
        await consents.give(book, child, chen, 40, child)
    with pytest.raises(GuardianNeeded):
        await collecting.make(book, child, 40, chen)
    await guardians.set_birth_year(book, chen, 2015, "户口本", chen)
    with pytest.raises(GuardianTooYoung):
        await guardians.give(book, child, chen, ConsentGiven.PAPER, chen)
    await guardians.set_birth_year(book, chen, 1980, "身份证", chen)
    await guardians.give(book, child, chen, ConsentGiven.PAPER, chen)
    with pytest.raises(ConsentExists):
        await guardians.give(book, child, chen, ConsentGiven.PAPER, chen)
    await consents.give(book, child, chen, 40, child)
    await guardians.withdraw(book, child, chen)
    assert await guardians.consent_of_guardian(book, child) is None
    assert await consents.given_by(book, child) == []


async def test_a_member_has_three_open_codes_for_a_day(town):
    wang, book = town.wang.person_id, town.book
    made = [await collecting.make(book, wang, 40, wang) for _ in range(3)]
    with pytest.raises(TooManyCollectCodes):
        await collecting.make(book, wang, 40, wang)
    await collecting.revoke(book, wang, made[0].id)
    with pytest.raises(CollectCodeUnknown):
        await collecting.revoke(book, wang, made[0].id)
    with pytest.raises(CollectCodeUnknown):
        await collecting.find(book, made[0].token)
    with clock.frozen(clock.now() + DAY):
        assert await collecting.open_codes(book, wang) == []


async def test_a_second_person_vouches_with_name_and_password_and_signs_nothing_in(town):
    chen = town.chen.person_id
    assert await vouch(town.book, "chen jing", PASSWORD) == chen
    with pytest.raises(WrongNameOrPassword):
        await vouch(town.book, "chen jing", "another password")
    await revoke_role(town.book, chen, Role.ORGANISER)
    with pytest.raises(SecondPersonNeeded):
        await vouch(town.book, "chen jing", PASSWORD)


async def test_a_household_is_a_home_before_a_flat_is(database):
    book = (await open_community("金苑社区")).id
    wang, li, zhao, zhou = [
        (await register(book, name, flat=flat)).person_id
        for name, flat in (("王", "3-2-601"), ("李", "5-1-302"), ("赵", "3-2-601"), ("周", ""))
    ]
    homes = await homes_of(book, [wang, li, zhao, zhou])
    assert (homes[wang] == homes[zhao], homes[wang] == homes[li], zhou in homes) == (
        True,
        False,
        False,
    )

    household = await households.make(book, "老王家", wang, zhao)
    await households.join(book, household.id, li, zhao)

    homes = await homes_of(book, [wang, li, zhao])
    assert homes[wang] == homes[li] == homes[zhao] == f"household {household.id}"
    await households.join(book, household.id, zhou, zhao)
    assert (await homes_of(book, [wang, zhou]))[zhou] == homes[wang]
