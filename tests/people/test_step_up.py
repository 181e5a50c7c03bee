"""Asking for the password again: when, whom, and what a right or wrong answer does to the session."""

import pytest

from kernel import clock
from kernel.clock import HOUR, MINUTE
from people.errors import SignInNeeded, TooManyTries
from people.models import Session
from people.permissions import Viewer, require
from people.registration import register
from people.sessions import begin, confirm, end, viewer_of
from people.signin import accept_invite, enrol, invite_from_console, sign_in
from people.step_up import FRESH, confirm_with_password, is_fresh
from people.step_up_errors import NothingToConfirmWith, WrongPassword
from people.tallies import TryTally
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000


async def seen(token: str) -> Viewer:
    return require(await viewer_of(token))


@pytest.mark.parametrize(
    ("confirmed_at", "fresh"),
    [
        (None, False),
        (NOON, True),
        (NOON - FRESH + 1, True),
        (NOON - FRESH, False),
        (NOON + 1, False),
        (0, False),
    ],
)
def test_a_password_counts_for_five_minutes(confirmed_at, fresh):
    assert is_fresh(confirmed_at, NOON) is fresh


async def test_who_has_just_signed_in_by_password_or_console_link_is_not_asked(town):
    link = await invite_from_console(town.book, town.chen.person_id)
    for signed in (await sign_in("chen jing", PASSWORD), await accept_invite(link)):
        viewer = await seen(signed.token)
        assert is_fresh(viewer.confirmed_at, clock.now())
    tapped = await enrol(town.book, town.chen.person_id, town.chen.person_id)
    assert (await seen(tapped.token)).confirmed_at is None


async def test_the_right_password_renews_the_session_under_another_token(town):
    with clock.frozen(NOON):
        signed = await sign_in("chen jing", PASSWORD)
    with clock.frozen(NOON + HOUR):
        viewer = await seen(signed.token)
        renewed = await confirm_with_password(viewer, PASSWORD)
        assert await viewer_of(signed.token) is None
        after = await seen(renewed.token)
    assert (after.session_id, after.confirmed_at) == (viewer.session_id, NOON + HOUR)
    assert renewed.seconds == 23 * 3600
    assert await TryTally.all().count() == 0


async def test_a_wrong_password_changes_nothing_and_is_counted_like_any_other(town):
    signed = await sign_in("chen jing", PASSWORD)
    viewer = await seen(signed.token)
    before = await Session.all().values()
    for _ in range(5):
        with pytest.raises(WrongPassword):
            await confirm_with_password(viewer, "a crane flies")
    with pytest.raises(TooManyTries):
        await confirm_with_password(viewer, PASSWORD)
    with pytest.raises(TooManyTries):
        await sign_in("chen jing", PASSWORD)
    assert await Session.all().values() == before


async def test_without_a_password_or_a_session_nothing_is_confirmed(town):
    viewer = await seen((await begin(town.book, town.wang.person_id, staff=False)).token)
    with pytest.raises(NothingToConfirmWith):
        await confirm_with_password(viewer, PASSWORD)
    signed = await sign_in("chen jing", PASSWORD)
    viewer = await seen(signed.token)
    await end(signed.token)
    with pytest.raises(SignInNeeded):
        await confirm_with_password(viewer, PASSWORD)
    assert await confirm(viewer.session_id, viewer.person_id) is None


async def test_confirming_is_for_ones_own_session_and_prolongs_none(town):
    with clock.frozen(NOON):
        signed = await sign_in("chen jing", PASSWORD)
    li = await register(town.book, "李国")
    with clock.frozen(NOON + 11 * HOUR):
        assert await confirm(signed.session_id, li.person_id) is None
        renewed = await confirm(signed.session_id, town.chen.person_id)
    assert renewed is not None
    with clock.frozen(NOON + 12 * HOUR + MINUTE):
        assert await viewer_of(renewed.token) is None
