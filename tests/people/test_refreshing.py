"""Refresh tokens: each works once, a lost answer can be asked for again, and a stolen one ends the session."""

import asyncio
import logging

import pytest

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE, SECOND
from kernel.database import fetch
from kernel.settings import settings
from people import refreshing
from people.models import Session
from people.refreshing import GRACE, begin_family, refresh, successor
from people.registration import suspend
from people.sessions import end, sessions_of, viewer_of, viewer_of_session
from people.signin import enrol, sign_in
from people.token_families import RefreshToken
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000


@pytest.fixture(autouse=True)
def root_key(monkeypatch):
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def first(town):
    """The first refresh token of Chen's session, begun at noon."""
    with clock.frozen(NOON):
        return await begin_family(await sign_in("chen jing", PASSWORD))


async def at(moment, token):
    with clock.frozen(NOON + moment):
        return await refresh(token)


async def lives(town, moment):
    with clock.frozen(NOON + moment):
        return bool(await sessions_of(town.book, town.chen.person_id))


def test_a_successor_is_256_bits_drawn_from_token_salt_and_key(monkeypatch):
    drawn = successor("token", "salt")
    assert len(drawn) == 43
    assert drawn == successor("token", "salt")
    assert drawn not in (successor("token", "salz"), successor("tokem", "salt"))
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5f" * 32)
    settings.cache_clear()
    assert drawn != successor("token", "salt")


async def test_each_token_gives_way_to_the_next(town, first):
    second = await at(MINUTE, first)
    third = await at(2 * MINUTE, second.token)
    assert len({first, second.token, third.token}) == 3
    assert (third.person_id, third.book_id) == (town.chen.person_id, town.book)
    assert second.session_id == third.session_id
    works = await RefreshToken.filter(spent_at__isnull=True)
    assert [each.session_id for each in works] == [third.session_id]


async def test_an_answer_that_was_lost_is_given_again_for_ten_seconds(town, first):
    second = await at(MINUTE, first)
    assert await at(MINUTE + 1, first) == second
    assert await at(MINUTE + GRACE, first) == second
    assert await RefreshToken.all().count() == 2
    assert (await at(MINUTE + GRACE, second.token)).token not in (first, second.token)


async def test_a_spent_token_that_comes_back_ends_the_session_and_is_told_to_the_log(
    town, first, caplog
):
    second = await at(MINUTE, first)
    with caplog.at_level(logging.WARNING, "caihong.security"):
        assert await at(MINUTE + GRACE + 1, first) is None
    session = await Session.get(id=second.session_id)
    assert session.ended_at == NOON + MINUTE + GRACE + 1
    assert await at(2 * MINUTE, second.token) is None
    assert await viewer_of_session(second.session_id) is None
    [line] = [each for each in caplog.records if each.name == "caihong.security"]
    assert str(second.session_id) in line.getMessage()
    assert first not in line.getMessage()
    assert second.token not in line.getMessage()


async def test_once_the_next_token_was_used_the_one_before_has_no_grace(town, first):
    second = await at(0, first)
    third = await at(SECOND, second.token)
    assert await at(2 * SECOND, first) is None
    assert await at(3 * SECOND, third.token) is None
    assert not await lives(town, 3 * SECOND)


async def test_of_twenty_at_once_one_rotates_and_all_get_the_same(town, first):
    answers = await asyncio.gather(*(at(MINUTE, first) for _ in range(20)))
    assert len({each.token for each in answers}) == 1
    assert await RefreshToken.all().count() == 2
    assert await RefreshToken.filter(spent_at__isnull=True).count() == 1
    assert await lives(town, MINUTE)


async def test_a_token_that_never_was_ends_nothing(town, first):
    for token in ("", "x", "王", "\x00", "A" * 43, "x" * 100_000):
        assert await at(MINUTE, token) is None
    assert await lives(town, MINUTE)


async def test_a_session_that_has_ended_gives_no_more_tokens(town, first):
    second = await at(MINUTE, first)
    await suspend(town.book, town.chen.person_id)
    assert await at(MINUTE + 1, second.token) is None
    assert await at(MINUTE + 1, first) is None  # not even its lost answer


async def test_a_staff_family_ends_with_its_session_idle_or_after_a_day(town, first):
    assert await at(12 * HOUR, first) is None
    with clock.frozen(NOON):
        token = await begin_family(await sign_in("chen jing", PASSWORD))
    for hour in range(1, 24):
        renewed = await at(hour * HOUR, token)
        token = renewed.token
        with clock.frozen(NOON + hour * HOUR):
            assert await viewer_of_session(renewed.session_id)
    assert await at(DAY, token) is None


async def test_a_refresh_token_is_no_cookie_and_a_cookie_no_refresh_token(town):
    browser = await enrol(town.book, town.wang.person_id, town.chen.person_id)
    token = await begin_family(browser)
    assert await viewer_of(token) is None
    assert await refresh(browser.token) is None
    await end(token)
    assert await viewer_of(browser.token) is not None


async def test_the_database_keeps_no_token_and_allows_one_that_works(town, first):
    second = await at(MINUTE, first)
    kept = [await fetch(f"SELECT * FROM {table}") for table in ("refresh_token", "session")]
    assert first not in repr(kept)
    assert second.token not in repr(kept)
    row = await RefreshToken.get(spent_at__isnull=True)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await RefreshToken.create(
            book_id=row.book_id, session_id=row.session_id, token_hash="x", made_at=NOON
        )


async def test_a_token_spent_long_ago_is_forgotten(town):
    with clock.frozen(NOON):
        token = await begin_family(await enrol(town.book, town.wang.person_id, town.chen.person_id))
    second = await at(0, token)
    third = await at(refreshing.REMEMBERED + 1, second.token)
    assert await RefreshToken.all().count() == 2
    assert await at(refreshing.REMEMBERED + MINUTE, token) is None
    assert await at(refreshing.REMEMBERED + MINUTE, third.token) is not None
