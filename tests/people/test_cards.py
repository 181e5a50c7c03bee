"""Printed cards: one good card a person, found at a desk, dead at once when replaced, and never a login."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.keys import base32, from_base32
from people import card_issuing, recognition
from people.card_codes import CARD, CARD_SIGNS, is_card, new_card_token
from people.card_errors import CardIsDead, CardsExist, NobodyChosen, SheetIsGone, TooManyCards
from people.cards import Card
from people.codes import make_code, member_key
from people.errors import CodeIsUnknown, MemberCodeUsed, NoSuchMember
from people.lookup import find_member
from people.models import UsedMemberCode
from people.recognition import Way, way_of
from people.registration import open_community, register, suspend
from people.sessions import token_hash


async def card_for(town, person=None, **more):
    wanted = [person or town.wang.person_id]
    return (await card_issuing.issue_cards(town.book, wanted, town.chen.person_id, **more))[0]


def test_a_token_is_a_type_a_version_and_sixteen_random_bytes():
    token = new_card_token(258)
    data = from_base32(token) or b""
    assert (len(token), data[0], data[1], len(data)) == (CARD_SIGNS, CARD, 2, 18)
    assert is_card(token)
    assert token != new_card_token(258)
    assert not is_card(token[:-1])
    assert not is_card("A" * CARD_SIGNS)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("A" * 48, Way.CODE),
        ("https://x.cn/q/" + base32(bytes([CARD, 1, *range(16)])).lower(), Way.CARD),
        ("138 0000 1234", Way.NUMBER),
        ("１０３", Way.NUMBER),
        ("王秀兰", Way.NAME),
        ("", Way.NAME),
    ],
)
def test_what_a_text_recognises_somebody_by(text, way):
    assert way_of(text) is way


async def test_a_card_finds_its_member_from_any_host_and_leaves_only_its_hash(town):
    made = await card_for(town)
    for text in (made.token, f"HTTPS://OLD.EXAMPLE/Q/{made.token}", made.token.lower()):
        found = await find_member(town.book, text, town.chen.person_id)
        assert [each.person_id for each in found] == [town.wang.person_id]
    kept = await Card.get(book_id=town.book)
    assert (kept.token_hash, kept.version) == (token_hash(made.token), 1)
    assert made.token not in repr(kept.__dict__) + repr(made)


async def test_a_new_card_ends_the_old_one_at_once_and_is_asked_first(town):
    old = await card_for(town)
    with pytest.raises(CardsExist):
        await card_for(town)
    assert await find_member(town.book, old.token, town.chen.person_id)
    new = await card_for(town, replace=True)
    assert (new.version, new.token != old.token) == (2, True)
    with pytest.raises(CardIsDead):
        await find_member(town.book, old.token, town.chen.person_id)
    assert await find_member(town.book, new.token, town.chen.person_id)
    dead = await Card.get(book_id=town.book, version=1)
    assert (dead.why, dead.revoked_by) == ("reissued", town.chen.person_id)


async def test_a_card_of_another_community_or_of_a_suspended_member_is_unknown(town):
    made = await card_for(town)
    elsewhere = (await open_community("彩虹社区")).id
    with pytest.raises(CodeIsUnknown):
        await find_member(elsewhere, made.token, town.chen.person_id)
    with pytest.raises(SheetIsGone):
        await card_issuing.on_sheet(elsewhere, [made.token], town.chen.person_id)
    with pytest.raises(NoSuchMember):
        await card_issuing.issue_cards(elsewhere, [town.wang.person_id], 1)
    await suspend(town.book, town.wang.person_id)
    with pytest.raises(CodeIsUnknown):
        await find_member(town.book, made.token, town.chen.person_id)


async def test_who_has_no_card_is_listed_and_too_many_are_refused(town):
    await card_for(town)
    li = await register(town.book, "李建国")
    lacking = [each.person_id for each in await card_issuing.without_card(town.book)]
    assert lacking == [town.chen.person_id, li.person_id]
    with pytest.raises(NobodyChosen):
        await card_issuing.issue_cards(town.book, [], town.chen.person_id)
    with pytest.raises(TooManyCards):
        await card_issuing.issue_cards(town.book, range(1, 202), town.chen.person_id)


@pytest.mark.concurrency
async def test_of_cards_made_at_once_one_is_good_and_the_database_says_so(town):
    await asyncio.gather(*(card_for(town, replace=True) for _ in range(4)))
    assert await Card.filter(book_id=town.book, revoked_at__isnull=True).count() == 1
    assert sorted(card.version for card in await Card.all()) == [1, 2, 3, 4]
    with pytest.raises(IntegrityError):
        await Card.filter(version=1).update(revoked_at=None, revoked_by=None, why="")


async def test_looking_at_a_code_does_not_use_it(town):
    now = clock.now()
    code = make_code(member_key(), town.book, town.wang.id, now)
    seen = await recognition.look(town.book, code, now)
    assert (seen.member.person_id, seen.way) == (town.wang.person_id, Way.CODE)
    assert await UsedMemberCode.all().count() == 0
    await recognition.use(town.book, seen, town.chen.person_id)
    with pytest.raises(MemberCodeUsed):
        await recognition.use(town.book, seen, town.wang.person_id)
