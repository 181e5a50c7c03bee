"""A volunteer's own password, one-time codes to a phone, and the ways those are carried."""

import asyncio
import json
import smtplib
from typing import ClassVar

import pytest

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import fetch
from kernel.settings import settings
from people import code_senders
from people.browser_errors import (
    CodeDoesNotFit,
    CodeJustSent,
    CodesAreOff,
    OldPasswordNeeded,
    SeveralFit,
    WrongNumberOrPassword,
)
from people.code_senders import CodeNotSent, deliver, in_template, refuse_unless_taken
from people.errors import PasswordTooCommon, PhoneIsInvalid, TooManyTries
from people.events import SecurityEvent
from people.one_time_codes import ask_for_code, prove, recipients, spend
from people.own_passwords import needs_old_password, set_own_password, sign_in_by_number
from people.registration import register, suspend
from people.retention import tidy
from people.sessions import begin, viewer_of

NOON = 1_795_262_400_000_000
HERS, HIS = "rice and beans", "tea and dumplings"
PHONE = "13800001234"


@pytest.fixture
def sending(monkeypatch, tmp_path):
    """An installation that writes its codes to a file."""
    # The phones that the town keeps already are found with the key they were kept with.
    monkeypatch.setenv("CAIHONG_SECRET_KEY", settings().key().hex())
    for name, value in {"SENDER": "file", "WEBHOOK_HOSTS": '["qyapi.weixin.qq.com"]'}.items():
        monkeypatch.setenv(f"CAIHONG_CODE_{name}", value)
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path / code_senders.FILE
    settings.cache_clear()


async def session_of(town, person_id: int) -> int:
    return (await begin(town.book, person_id, staff=False)).session_id


async def test_of_a_family_on_one_phone_the_password_decides_who_it_is(town):
    li = await register(town.book, "李国", "+86 138-0000-1234", "3-2-501")
    for member, password in ((town.wang, HERS), (li, HIS)):
        session = await session_of(town, member.person_id)
        await set_own_password(town.book, member.person_id, password, session_id=session)
    for typed, password, who in [
        ("138 0000 1234", HERS, "王秀兰"),
        (PHONE, HIS, "李国"),
        ("101", HERS, "王秀兰"),
        ("No.103", HIS, "李国"),
    ]:
        viewer = await viewer_of((await sign_in_by_number(town.book, typed, password)).token)
        assert viewer is not None
        assert (viewer.name, viewer.is_staff) == (who, False)
    for typed, password in [
        ("101", HIS),
        ("999", HERS),
        ("", HERS),
        ("0" * 5000, ""),
        ("王", HERS),
    ]:
        with pytest.raises(WrongNumberOrPassword) as refusal:
            await sign_in_by_number(town.book, typed, password)
        assert refusal.value.members == {}
    fresh = await session_of(town, li.person_id)
    await set_own_password(town.book, li.person_id, HERS, session_id=fresh)
    with pytest.raises(SeveralFit):
        await sign_in_by_number(town.book, PHONE, HERS)
    await suspend(town.book, li.person_id)
    assert await sign_in_by_number(town.book, PHONE, HERS)


async def test_every_number_costs_the_same_hashes(town, monkeypatch):
    """Known or not, with a password or without, the work and the answer are the same."""
    done = []

    async def matches(text, password_hash):
        done.append(password_hash is not None)
        return False

    monkeypatch.setattr("people.own_passwords.matches", matches)
    for typed in (PHONE, "101", "99999", "nobody"):
        with pytest.raises(WrongNumberOrPassword):
            await sign_in_by_number(town.book, typed, HERS)
    assert len(done) == 4 * 3


async def test_an_old_password_is_asked_for_unless_the_session_is_fresh(town):
    person = town.wang.person_id
    with clock.frozen(NOON):
        session = await session_of(town, person)
        with pytest.raises(PasswordTooCommon):
            await set_own_password(town.book, person, PHONE, session_id=session)
        await set_own_password(town.book, person, HERS, session_id=session)
    with clock.frozen(NOON + HOUR):
        assert await needs_old_password(town.book, person, session)
        for old in ("", "wrong", HIS):
            with pytest.raises(OldPasswordNeeded):
                await set_own_password(town.book, person, HIS, session_id=session, old=old)
        await set_own_password(town.book, person, HIS, session_id=session, old=HERS)
        fresh = await session_of(town, person)
        await set_own_password(town.book, person, HERS, session_id=fresh)
        with pytest.raises(WrongNumberOrPassword):
            await sign_in_by_number(town.book, PHONE, HIS)
        for _ in range(4):
            with pytest.raises(WrongNumberOrPassword):
                await sign_in_by_number(town.book, PHONE, "guess")
        with pytest.raises(TooManyTries):
            await sign_in_by_number(town.book, PHONE, HERS)
    assert HERS not in repr(await fetch("SELECT * FROM own_password"))


async def test_a_code_fits_the_request_that_asked_for_it_once_in_five_minutes(town, sending):
    with pytest.raises(PhoneIsInvalid):
        await ask_for_code(town.book, "")
    with clock.frozen(NOON):
        first = await ask_for_code(town.book, PHONE)
        with pytest.raises(CodeJustSent) as soon:
            await ask_for_code(town.book, "+86 13800001234")
        nobody = await ask_for_code(town.book, "13900000000")
    assert soon.value.members == {"minutes": 1, "seconds": 60}
    assert (first.phone, nobody.phone) == (PHONE, "")
    with clock.frozen(NOON + MINUTE):
        second = await ask_for_code(town.book, PHONE)
        for request, code in [
            (first.request, second.code),
            (second.request, first.code),
            (nobody.request, nobody.code),
            ("", first.code),
        ]:
            with pytest.raises(CodeDoesNotFit):
                await prove(request, code)
        await prove(second.request, f" {second.code[:3]} {second.code[3:]}")
        with pytest.raises(CodeDoesNotFit):
            await prove(second.request, second.code)
        with pytest.raises(CodeDoesNotFit):
            await spend(second.request, town.chen.person_id)
        signed = await spend(second.request, town.wang.person_id)
        with pytest.raises(CodeDoesNotFit):
            await spend(second.request, town.wang.person_id)
        assert await viewer_of(signed.token)
    with clock.frozen(NOON + 5 * MINUTE), pytest.raises(CodeDoesNotFit):
        await prove(first.request, first.code)
    kept = repr([await fetch(f"SELECT * FROM {name}") for name in ("one_time_code", "try_tally")])
    for secret in (first.code, second.code, first.request, PHONE):
        assert f"'{secret}'" not in kept


async def test_five_tries_and_ten_codes_a_day(town, sending):
    with clock.frozen(NOON):
        asked = await ask_for_code(town.book, PHONE)
        wrong = f"{(int(asked.code) + 1) % 1_000_000:06d}"
        for code in [wrong] * 5 + [asked.code]:
            with pytest.raises(CodeDoesNotFit):
                await prove(asked.request, code)
    for minute in range(1, 10):
        with clock.frozen(NOON + minute * MINUTE):
            await ask_for_code(town.book, PHONE)
    with clock.frozen(NOON + 10 * MINUTE), pytest.raises(CodeJustSent) as tomorrow:
        await ask_for_code(town.book, PHONE)
    assert tomorrow.value.members["minutes"] == 24 * 60 - 10
    with clock.frozen(NOON + DAY + HOUR):
        await ask_for_code(town.book, PHONE)
    with clock.frozen(NOON + DAY + 2 * HOUR):
        gone = await tidy()
    assert (gone["one_time_code"], gone["code_recipient"]) == (10, 10)
    assert len(await fetch("SELECT id FROM one_time_code")) == 1  # Today's.


@pytest.mark.concurrency
async def test_of_five_taps_at_once_one_wins(town, sending):
    await register(town.book, "李国", PHONE)
    asked = await ask_for_code(town.book, PHONE)
    answers = await asyncio.gather(
        *(prove(asked.request, asked.code) for _ in range(5)), return_exceptions=True
    )
    assert [type(each) for each in answers].count(CodeDoesNotFit) == 4
    people = await recipients(asked.request)
    assert [each.person.name for each in people] == ["王秀兰", "李国"]
    spent = await asyncio.gather(
        *(spend(asked.request, each.person_id) for each in people * 2), return_exceptions=True
    )
    assert [type(each) for each in spent].count(CodeDoesNotFit) == 3


async def test_codes_are_off_by_default(town):
    with pytest.raises(CodesAreOff):
        await ask_for_code(town.book, PHONE)


async def test_a_code_is_delivered_and_a_failure_is_told_without_it(
    town, sending, monkeypatch, caplog
):
    asked = await ask_for_code(town.book, PHONE)
    await deliver(asked, f"code {asked.code}")
    assert json.loads(sending.read_text()) == {"phone": PHONE, "text": f"code {asked.code}"}
    assert sending.stat().st_mode & 0o077 == 0
    await deliver(await ask_for_code(town.book, "13900000000"), "nobody's")
    assert len(sending.read_text().splitlines()) == 1

    monkeypatch.setenv("CAIHONG_CODE_SENDER", "webhook")
    monkeypatch.setenv("CAIHONG_CODE_WEBHOOK_URL", "https://evil.example/?key=secret-key")
    settings.cache_clear()
    await deliver(asked, f"code {asked.code}")
    told = [each.happening for each in await SecurityEvent.filter(book_id=town.book).order_by("id")]
    assert told[-2:] == ["code-sent", "code-not-sent"]
    assert "not sent: the webhook's host" in caplog.text
    for secret in (asked.code, PHONE, "secret-key"):
        assert secret not in caplog.text


class Line:
    """Stands in for a connection: keeps what was asked, gives a prepared answer."""

    made: ClassVar[list["Line"]] = []
    status, body = 200, b'{"errcode": 0}'

    def __init__(self, host, port, **options):
        self.to, self.options, self.said = (host, port), options, []
        Line.made.append(self)

    def request(self, *said):
        self.said.append(said)

    def getresponse(self):
        return self

    def read(self, *_):
        return self.body

    def close(self):
        self.said.append("closed")

    # As a mail line:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def starttls(self, **_):
        self.said.append("tls")

    def login(self, *who):
        self.said.append(who)

    def send_message(self, message):
        self.said.append((message["To"], message.get_content().strip()))


async def test_the_webhook_posts_json_to_an_allowed_host_and_follows_nothing(monkeypatch, sending):
    Line.made.clear()
    monkeypatch.setattr(code_senders, "HTTPSConnection", Line)
    monkeypatch.setenv(
        "CAIHONG_CODE_WEBHOOK_URL", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
    )
    settings.cache_clear()
    await code_senders.ToWebhook().send(PHONE, 'code "1"')
    (line,) = Line.made
    assert line.to == ("qyapi.weixin.qq.com", 443)
    assert line.options["timeout"] == 10
    method, path, body, headers = line.said[0]
    assert (method, path) == ("POST", "/cgi-bin/webhook/send?key=k")
    assert json.loads(body) == {"msgtype": "text", "text": {"content": 'code "1"'}}
    assert headers == {"Content-Type": "application/json"}
    monkeypatch.setattr(Line, "status", 302)
    with pytest.raises(CodeNotSent, match="answered 302"):
        await code_senders.ToWebhook().send(PHONE, "code")
    assert len(Line.made) == 2
    for bad in ("http://qyapi.weixin.qq.com/", "https://qyapi.weixin.qq.com.evil.example/", ""):
        monkeypatch.setenv("CAIHONG_CODE_WEBHOOK_URL", bad)
        settings.cache_clear()
        with pytest.raises(CodeNotSent, match="host"):
            await code_senders.ToWebhook().send(PHONE, "code")
    assert len(Line.made) == 2


async def test_mail_goes_over_tls_to_an_address_made_of_the_phone(monkeypatch, sending):
    Line.made.clear()
    monkeypatch.setattr(smtplib, "SMTP", Line)
    for name, value in {
        "HOST": "mail.example",
        "USER": "u",
        "PASSWORD": "p",
        "FROM": "a@b.cn",
    }.items():
        monkeypatch.setenv(f"CAIHONG_CODE_SMTP_{name}", value)
    settings.cache_clear()
    await code_senders.ToMail().send(PHONE, "code 123456")
    (line,) = Line.made
    assert line.to == ("mail.example", 587)
    assert line.said == [
        "tls",
        ("u", "p"),
        (f"{PHONE}@sms.example", "code 123456"),
        "closed",
    ]


async def test_the_console_gets_the_text(capsys):
    await code_senders.ToConsole().send(PHONE, "code 1")
    assert capsys.readouterr().err == f"{PHONE}: code 1\n"


def test_a_template_is_filled_in_its_texts_alone():
    template = {"a": ["{tail}: {text}", 5, None], "{text}": "{phone}"}
    assert in_template(template, PHONE, 'say "{x}"\n') == {
        "a": ['1234: say "{x}"\n', 5, None],
        "{text}": PHONE,
    }


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b'{"errcode": 0}', True),
        (204, b"", True),
        (200, b"thanks", True),
        (200, b"[1]", True),
        (200, b'{"errcode": 93000, "errmsg": "x"}', False),
        (301, b"", False),
        (500, b"{}", False),
    ],
)
def test_an_answer_says_whether_the_code_was_taken(status, body, taken):
    if taken:
        refuse_unless_taken(status, body)
        return
    with pytest.raises(CodeNotSent):
        refuse_unless_taken(status, body)
