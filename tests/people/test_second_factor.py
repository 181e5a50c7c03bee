"""Two steps to sign in: a code of the app or the sheet counts once, and half a session opens nothing."""

import base64

import pytest
from pydantic import ValidationError

from kernel import clock
from kernel.clock import MINUTE, SECOND
from kernel.database import fetch
from kernel.settings import Settings, settings
from people import authenticators, code_sheets, own_factors, second_factor, two_steps
from people.authenticators import code_at, matching_step, opened, sealed
from people.code_sheets import CODES, read_code
from people.credentials import set_password
from people.errors import LinkHasExpired, WrongNameOrPassword
from people.factor_errors import (
    FullSignInNeeded,
    SecondFactorIsSet,
    SignInRanOut,
    TooManyWrongCodes,
    WrongCode,
)
from people.limits import RULES, Growing, Purpose
from people.permissions import Viewer
from people.resetting import reset
from people.sessions import viewer_of
from people.signin import invite_from_console, sign_in
from people.two_steps import Half, Step
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000
STEP = 30 * SECOND
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.fixture(autouse=True)
def root_key(monkeypatch):
    """Secrets are encrypted under a root key; a test leaves none behind in the data folder."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_codes_are_those_of_the_standard():
    assert code_at(RFC_SECRET, 59 * SECOND) == "287082"  # RFC 6238, appendix B, last six digits
    assert code_at(RFC_SECRET, 1_111_111_109 * SECOND) == "081804"


def test_this_step_and_the_one_before_are_good_and_no_other():
    good = {
        offset: matching_step(RFC_SECRET, code_at(RFC_SECRET, NOON + offset * STEP), NOON)
        for offset in (-2, -1, 0, 1)
    }
    now = authenticators.step_of(NOON)
    assert good == {-2: None, -1: now - 1, 0: now, 1: None}
    spaced = code_at(RFC_SECRET, NOON)
    assert matching_step(RFC_SECRET, f"{spaced[:3]} {spaced[3:]}", NOON) == now
    assert [matching_step(RFC_SECRET, odd, NOON) for odd in ("", "12345", "12345a", "x" * 99)] == [
        None
    ] * 4


def test_a_secret_is_kept_encrypted_for_its_owner_alone():
    secret = authenticators.new_secret()
    kept = sealed(secret, 7)
    assert secret not in kept
    assert opened(kept, 7) == secret
    assert opened(kept, 8) == ""
    assert sealed(secret, 7) != kept


def test_a_sheet_has_ten_codes_of_sixty_bits_that_are_read_as_people_type():
    codes = code_sheets.new_codes()
    assert len(set(codes)) == CODES == 10
    assert {len(read_code(code)) for code in codes} == {12}  # five bits each
    assert read_code(" abcd-efgh jk0l ") == "ABCDEFGHJKOL"


def test_the_wait_for_codes_grows_and_ends():
    rule = RULES[Purpose.SECOND_FACTOR]
    assert isinstance(rule, Growing)
    waits = [rule.wait_after(n) // MINUTE for n in (4, 5, 6, 7, 8, 9, 999)]
    assert waits == [0, 1, 2, 4, 8, 15, 15]


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:8000", "https://localhost"])
def test_only_an_installation_that_others_cannot_reach_may_do_without(url):
    assert not Settings(public_url=url, second_factor=False).second_factor
    with pytest.raises(ValidationError, match="need a second factor"):
        Settings(public_url="https://caihong.example.cn", second_factor=False)


async def begun(step: Step) -> Half:
    half = await two_steps.start("chen jing", PASSWORD)
    assert isinstance(half, Half)
    assert half.step is step
    return half


@pytest.fixture
async def secret(town):
    """The secret of Chen's authenticator app, set up at noon less an hour."""
    fresh = authenticators.new_secret()
    with clock.frozen(NOON - 60 * MINUTE):
        await authenticators.keep(town.chen.person_id, fresh, code_at(fresh, clock.now()))
    return fresh


async def test_the_second_step_begins_the_session_and_each_code_counts_once(town, secret):
    with clock.frozen(NOON):
        code = code_at(secret, NOON)
        half = await begun(Step.CODE)
        assert await viewer_of(half.token) is None
        signed = await two_steps.with_code(half.token, code)
        viewer = await viewer_of(signed.token)
        assert viewer is not None
        assert viewer.is_staff
        assert signed.token != half.token
        with pytest.raises(SignInRanOut):
            await two_steps.with_code(half.token, code)
        another = await begun(Step.CODE)
        for replayed in (code, code_at(secret, NOON - STEP), code_at(secret, NOON + STEP)):
            with pytest.raises(WrongCode):
                await two_steps.with_code(another.token, replayed)
    with clock.frozen(NOON + 2 * STEP):
        assert await two_steps.with_code(another.token, code_at(secret, NOON + STEP))


async def test_half_a_session_lasts_five_minutes_and_a_new_password_ends_it(town, secret):
    with clock.frozen(NOON):
        half = await begun(Step.CODE)
    with clock.frozen(NOON + 5 * MINUTE - 1):
        assert (await two_steps.find(half.token)).person_id == town.chen.person_id
    with clock.frozen(NOON + 5 * MINUTE), pytest.raises(SignInRanOut):
        await two_steps.with_code(half.token, code_at(secret, clock.now()))
    for nothing in (None, "", "x" * 999):
        with pytest.raises(SignInRanOut):
            await two_steps.find(nothing)
    with clock.frozen(NOON):
        half = await begun(Step.CODE)
        await set_password(town.chen.person_id, "chen jing", "eight cranes land")
        with pytest.raises(SignInRanOut):
            await two_steps.with_code(half.token, code_at(secret, NOON))


async def test_wrong_codes_make_the_next_wait_however_often_one_begins_again(town, secret):
    with clock.frozen(NOON):
        for _ in range(5):
            with pytest.raises(WrongCode):
                await two_steps.with_code((await begun(Step.CODE)).token, "000000")
        half = await begun(Step.CODE)
        with pytest.raises(TooManyWrongCodes) as refusal:
            await two_steps.with_code(half.token, code_at(secret, NOON))
        assert refusal.value.members == {"minutes": 1, "seconds": 60}
    with clock.frozen(NOON + MINUTE):
        assert await two_steps.with_code(half.token, code_at(secret, clock.now()))
        await begun(Step.CODE)
        assert await fetch("SELECT tries FROM try_tally WHERE purpose = 'second-factor'") == []


async def test_each_code_of_the_sheet_opens_once_and_a_new_sheet_ends_the_old(town):
    codes, person_id = code_sheets.new_codes(), town.chen.person_id
    await code_sheets.keep(person_id, codes)
    await two_steps.with_code((await begun(Step.CODE)).token, codes[0].lower().replace("-", " "))
    half = await begun(Step.CODE)
    with pytest.raises(WrongCode):
        await two_steps.with_code(half.token, codes[0])
    assert await code_sheets.codes_left(person_id) == 9
    viewer = Viewer(person_id, town.book, "陈静", frozenset(), 1, "Asia/Shanghai")
    fresh = await own_factors.new_sheet(viewer, codes[1])
    for old in codes[2:4]:
        with pytest.raises(WrongCode):
            await two_steps.with_code(half.token, old)
    assert await two_steps.with_code(half.token, fresh[0])
    kept = str(await fetch("SELECT * FROM sheet_code"))
    assert not any(code in kept or read_code(code) in kept for code in (*codes, *fresh))


async def test_who_has_none_is_led_to_set_one_up_and_only_the_first_time(town):
    early, late = await begun(Step.SET_UP), await begun(Step.SET_UP)
    secret = authenticators.new_secret()
    with pytest.raises(SignInRanOut):
        await two_steps.with_code(early.token, "000000")
    with pytest.raises(WrongCode):
        await two_steps.set_up_app(early.token, secret, "000000")
    assert not (await second_factor.factors_of(town.chen.person_id)).any
    signed, codes = await two_steps.set_up_app(early.token, secret, code_at(secret, clock.now()))
    assert await viewer_of(signed.token) is not None
    assert len(codes) == 10
    other = authenticators.new_secret()
    for verb in (
        two_steps.set_up_app(late.token, other, code_at(other, clock.now())),
        two_steps.set_up_sheet(late.token, code_sheets.new_codes(), ""),
    ):
        with pytest.raises(SecondFactorIsSet):
            await verb
    assert secret not in str(await fetch("SELECT * FROM authenticator"))


async def test_a_sheet_alone_will_do_once_it_is_in_somebodys_hand(town):
    half, codes = await begun(Step.SET_UP), code_sheets.new_codes()
    with pytest.raises(WrongCode):
        await two_steps.set_up_sheet(half.token, codes, "AAAA-BBBB-CCCC")
    signed = await two_steps.set_up_sheet(half.token, codes, codes[4])
    assert await viewer_of(signed.token) is not None
    assert await code_sheets.codes_left(town.chen.person_id) == 9


async def test_a_reset_on_the_console_ends_everything_and_leads_to_a_password_and_a_second_factor(
    town, secret
):
    person_id = town.chen.person_id
    old = await sign_in("chen jing", PASSWORD)
    half = await begun(Step.CODE)
    earlier = await invite_from_console(town.book, person_id)
    token = await reset(town.book, person_id)

    assert await viewer_of(old.token) is None
    assert not (await second_factor.factors_of(person_id)).any
    with pytest.raises(SignInRanOut):
        await two_steps.with_code(half.token, code_at(secret, clock.now()))
    with pytest.raises(WrongNameOrPassword):
        await two_steps.start("chen jing", PASSWORD)
    with pytest.raises(LinkHasExpired):
        await two_steps.start_by_link(earlier)

    begun_by_link = await two_steps.start_by_link(token)
    assert isinstance(begun_by_link, Half)
    assert begun_by_link.step is Step.PASSWORD
    assert await viewer_of(begun_by_link.token) is None
    with pytest.raises(SecondFactorIsSet):
        await two_steps.set_up_sheet(begun_by_link.token, code_sheets.new_codes(), "")
    step = await two_steps.choose_password(begun_by_link.token, "chen jing", "eight cranes land")
    assert step is Step.SET_UP
    codes = code_sheets.new_codes()
    signed = await two_steps.set_up_sheet(begun_by_link.token, codes, codes[0])
    assert await viewer_of(signed.token) is not None


async def test_a_new_app_wants_a_present_code_and_no_pin_will_do(town, secret):
    person_id = town.chen.person_id
    viewer = Viewer(person_id, town.book, "陈静", frozenset(), 1, "Asia/Shanghai")
    fresh = authenticators.new_secret()
    with clock.frozen(NOON):
        new_code, code = code_at(fresh, NOON), code_at(secret, NOON)
        with pytest.raises(WrongCode) as refusal:
            await own_factors.replace_app(viewer, fresh, "000000", code)
        assert refusal.value.members == {"field": "new_code"}
        with pytest.raises(WrongCode):
            await own_factors.replace_app(viewer, fresh, new_code, "000000")
        by_pin = Viewer(person_id, town.book, "陈静", frozenset(), 1, "", device_id=3)
        with pytest.raises(FullSignInNeeded):
            await own_factors.replace_app(by_pin, fresh, new_code, code)
        await own_factors.replace_app(viewer, fresh, new_code, code)
    with clock.frozen(NOON + 2 * STEP):
        half = await begun(Step.CODE)
        with pytest.raises(WrongCode):
            await two_steps.with_code(half.token, code_at(secret, clock.now()))
        assert await two_steps.with_code(half.token, code_at(fresh, clock.now()))
