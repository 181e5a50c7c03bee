"""Passkeys: bound to the domain, the person verified, each question answered once, counters that only grow."""

import copy
from typing import Any

import pytest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from kernel import clock
from kernel.clock import MINUTE
from kernel.settings import Settings, settings
from people import code_sheets, passkeys, second_factor, two_steps
from people.factor_errors import FullSignInNeeded, PasskeyNotAccepted, PasskeysNotHere, WrongCode
from people.factors import Passkey
from people.permissions import Viewer
from people.sessions import viewer_of
from tests.people.authenticator import PRESENT, VERIFIED, Phone
from tests.people.conftest import PASSWORD

HOST, ORIGIN = "caihong.example.cn", "https://caihong.example.cn"
CODES = code_sheets.new_codes()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (None, None),
        ("http://caihong.example.cn", None),
        ("https://203.0.113.7", None),
        ("https://[2001:db8::1]", None),
        ("https://localhost", None),
        ("https://caihong.example.cn:8443", "caihong.example.cn"),
    ],
)
def test_passkeys_need_https_and_a_name(url, host):
    assert Settings(public_url=url).passkey_host == host


@pytest.fixture(autouse=True)
def with_a_domain(monkeypatch):
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", ORIGIN)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def chen(town):
    """Chen, who has a sheet of codes."""
    await code_sheets.keep(town.chen.person_id, CODES)
    return Viewer(town.chen.person_id, town.book, "陈静", frozenset(), 1, "Asia/Shanghai")


@pytest.fixture
async def phone(chen):
    """Her phone, registered."""
    made = Phone(HOST, ORIGIN)
    options = await passkeys.ask_to_register(chen, CODES[0])
    await passkeys.register(chen, "my phone", made.make(options))
    return made


async def half():
    begun = await two_steps.start("chen jing", PASSWORD)
    assert isinstance(begun, two_steps.Half)
    return begun.token


async def refused(token, answer):
    with pytest.raises(PasskeyNotAccepted):
        await passkeys.sign_in(token, answer)


async def test_a_passkey_is_the_second_step_and_answers_each_question_once(phone, chen):
    token = await half()
    options = await passkeys.ask_to_sign_in(token)
    assert len(base64url_to_bytes(options.partition('"challenge": "')[2].partition('"')[0])) == 32
    answer = phone.prove(options)
    signed = await passkeys.sign_in(token, answer)
    assert await viewer_of(signed.token) is not None
    await refused(await half(), answer)
    late = await half()
    with clock.frozen(clock.now() - 5 * MINUTE):
        old = await passkeys.ask_to_sign_in(late)
    await refused(late, phone.prove(old))


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_what_a_real_phone_would_never_answer_is_refused(phone, chen):
    token = await half()

    async def asked():
        return await passkeys.ask_to_sign_in(token)

    phone.flags = PRESENT  # somebody touched it, nobody was verified
    await refused(token, phone.prove(await asked()))
    phone.flags = PRESENT | VERIFIED
    phone.origin = "https://evil.example"
    await refused(token, phone.prove(await asked()))
    await second_factor.forgive(chen.person_id)
    phone.origin, phone.host = ORIGIN, "evil.example"
    await refused(token, phone.prove(await asked()))
    phone.host = HOST
    stranger = Phone(HOST, ORIGIN)
    await refused(token, stranger.prove(await asked()))
    stranger.id = phone.id
    await refused(token, stranger.prove(await asked()))
    await second_factor.forgive(chen.person_id)
    broken = copy.deepcopy(phone.prove(await asked()))
    broken["response"]["signature"] = bytes_to_base64url(b"x" * 70)
    await refused(token, broken)
    made_up: tuple[dict[str, Any], ...] = (
        {},
        {"response": 7},
        {"response": {"clientDataJSON": "!!"}},
        {"id": []},
    )
    for odd in made_up:
        await refused(token, odd)
        await second_factor.forgive(chen.person_id)


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_a_counter_that_falls_is_a_copy_and_is_refused(phone, chen):
    token = await half()
    phone.count = 7
    await passkeys.sign_in(token, phone.prove(await passkeys.ask_to_sign_in(token)))
    assert (await Passkey.get(person_id=chen.person_id)).sign_count == 8
    token = await half()
    phone.count = 5
    await refused(token, phone.prove(await passkeys.ask_to_sign_in(token)))


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_registering_wants_a_present_code_a_verified_owner_and_a_question_of_ours(chen):
    made = Phone(HOST, ORIGIN)
    with pytest.raises(WrongCode):
        await passkeys.ask_to_register(chen, "AAAA")
    by_pin = Viewer(chen.person_id, chen.book_id, "陈静", frozenset(), 1, "", device_id=3)
    with pytest.raises(FullSignInNeeded):
        await passkeys.ask_to_register(by_pin, CODES[0])
    options = await passkeys.ask_to_register(chen, CODES[0])
    made.flags = PRESENT
    with pytest.raises(PasskeyNotAccepted):
        await passkeys.register(chen, "phone", made.make(options))
    made.flags |= VERIFIED
    with pytest.raises(PasskeyNotAccepted):  # the question is used up
        await passkeys.register(chen, "phone", made.make(options))
    await passkeys.register(
        chen, "phone", made.make(await passkeys.ask_to_register(chen, CODES[1]))
    )
    known = await second_factor.factors_of(chen.person_id)
    assert [key.name for key in known.passkeys] == ["phone"]
    await passkeys.remove(chen, known.passkeys[0].id)
    with pytest.raises(PasskeyNotAccepted):
        await passkeys.ask_to_sign_in(await half())


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_without_a_domain_there_are_none(chen, monkeypatch):
    monkeypatch.delenv("CAIHONG_PUBLIC_URL")
    settings.cache_clear()
    assert not passkeys.are_here()
    for verb in (
        passkeys.ask_to_register(chen, CODES[0]),
        passkeys.ask_to_sign_in(await half()),
        passkeys.sign_in(await half(), {}),
    ):
        with pytest.raises(PasskeysNotHere):
            await verb
