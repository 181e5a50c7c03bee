"""What the log holds after a day's work at the loudest level: nothing about anybody, and every line whole."""

import io
import json
import logging
import logging.config
import re

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from checkin import venue_codes
from cli import logs
from cli.serving import _config
from kernel import clock
from kernel.settings import Settings, settings
from people import passwords, signin
from people.code_senders import FILE
from people.credentials import set_password
from people.limits import network_of
from tests.web.office import Browser, an_office

FORGERIES = [
    "x\nINFO forged",
    "x\r\nINFO forged",
    "x\rINFO forged",
    "x\u2028INFO forged",
    "x\u0085INFO forged",
    "x\x1b[2K\x1b[1AINFO forged",
    "x\x00INFO forged",
    "%0d%0aINFO forged",
]


@pytest.fixture
def written():
    """Everything that is logged, as the server's own formatter writes it, from DEBUG on."""
    text, before = io.StringIO(), logging.getLogger().handlers[:]
    kept = {name: logging.getLogger(name).level for name in ("", *logs.TALKATIVE)}
    chosen = logs.configuration("DEBUG")
    chosen["formatters"]["lines"]["as_json"] = True
    chosen["handlers"]["stderr"] = {
        "class": "logging.StreamHandler",
        "stream": text,
        "formatter": "lines",
    }
    logging.config.dictConfig(chosen)
    yield text
    root = logging.getLogger()
    root.handlers[:] = before
    for name, level in kept.items():
        logging.getLogger(name).setLevel(level)
    access = logging.getLogger("uvicorn.access")
    access.filters.clear()


@pytest.fixture
def in_a_folder(monkeypatch, tmp_path):
    """An installation whose codes go to a file, and whose passwords are cheap to check."""
    monkeypatch.setenv("CAIHONG_CODE_SENDER", "file")
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    yield tmp_path
    settings.cache_clear()


async def at_the_desk(office) -> Browser:
    """An organiser mistypes, signs in, searches, and looks at what happened."""
    desk = Browser()
    await desk.get("/sign-in")
    await desk.post("/sign-in", name="chen-at-work", password="eight cranes")
    await desk.post("/sign-in", name="chen-at-work", password="seven cranes fly")
    for path in ("/members?q=王秀兰", "/events"):
        assert (await desk.get(path)).status_code == 200
    return desk


async def on_her_phone(office, invite: str, code: str) -> Browser:
    """A volunteer is enrolled by a printed invite and checks in."""
    phone = Browser()
    for path in (f"/welcome/{invite}", f"/Q/{code}"):
        await phone.get(path)
        await phone.post("/check-in" if "/Q/" in path else path)
    return phone


async def with_a_code(folder) -> tuple[Browser, str]:
    """She signs in elsewhere with a code to her phone, at the second try."""
    other = Browser()
    await other.get("/sign-in")
    await other.post("/sign-in/codes", phone="13800003316")
    sent = re.findall(r"\d{6}", json.loads((folder / FILE).read_text())["text"])[0]
    for code in ("000000", sent):
        answer = await other.post("/sign-in/code", code=code)
    assert answer.status_code == 303
    return other, sent


@pytest.mark.usefixtures("by_password_alone")
@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_a_days_log_at_debug_knows_no_name_phone_token_or_code(
    database, written, in_a_folder
):
    office = await an_office()
    await set_password(office.chen, "chen-at-work", "seven cranes fly")
    invite = await signin.invite(office.book_id, office.wang, office.chen)
    code = venue_codes.issue(office.book_id, office.shift.id, clock.now())
    other, sent = await with_a_code(in_a_folder)
    browsers = [await at_the_desk(office), await on_her_phone(office, invite, code), other]

    said = written.getvalue()
    secrets = ["陈静", "王秀兰", "王*兰", "chen-at-work", "seven cranes", "eight cranes", "3316"]
    secrets += [invite, code, sent]
    secrets += [each.value or "" for browser in browsers for each in browser.http.cookies.jar]
    assert "signed-in" in said
    assert "invite-used" in said
    # An id of eighteen digits may hold four digits by chance: they count where they stand alone.
    apart = [rf"(?<!\d){re.escape(secret)}(?!\d)" for secret in secrets if secret]
    assert [each for each in apart if re.search(each, said)] == []
    assert len(said.splitlines()) > 8
    assert all(json.loads(line)["level"] for line in said.splitlines())


@pytest.mark.parametrize("forged", FORGERIES)
@pytest.mark.parametrize("as_json", [True, False])
def test_nobody_forges_a_line(written, forged, as_json):
    log = logging.getLogger("caihong")
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logs.formatter(as_json=as_json))
    log.warning("defect at %s %s", "GET", forged)
    (line,) = written.getvalue().splitlines()
    assert not set("\r\n\x1b\x00\u2028\u0085") & set(line)
    assert "forged" in line


def test_access_lines_lose_their_codes_and_queries(written):
    access = logging.getLogger("uvicorn.access")
    for path in ("/Q/ABCDEFGH", "/q/abcdefgh", "/welcome/ABCDEFGH?x=1", "/members?q=ABCDEFGH"):
        access.info('%s - "%s %s HTTP/%s" %d', "203.0.113.9:1", "GET", path, "1.1", 200)
    said = written.getvalue()
    assert "ABCDEFGH" not in said.upper()
    assert "203.0.113.9" not in said
    assert "/members" in said


@pytest.mark.parametrize(
    ("proxies", "peer", "seen"),
    [
        ('["127.0.0.1"]', "127.0.0.1", "203.0.113.0/24"),
        ('["127.0.0.1"]', "192.0.2.7", "192.0.2.0/24"),
        ('["10.0.0.0/24"]', "10.0.0.8", "203.0.113.0/24"),
        ('["10.0.0.0/24"]', "127.0.0.1", "127.0.0.0/24"),
        ("[]", "127.0.0.1", "127.0.0.0/24"),
    ],
)
async def test_an_address_is_believed_from_a_configured_proxy_alone(
    monkeypatch, proxies, peer, seen
):
    """The server's own stack, with the peer's socket address in the scope and a forwarded one in the header."""
    monkeypatch.setenv("CAIHONG_TRUSTED_PROXIES", proxies)
    settings.cache_clear()
    found = []

    async def app(scope, receive, send):
        found.append(network_of(scope["client"][0]))

    config = _config("127.0.0.1", 0, 1, None, None)
    settings.cache_clear()
    config.app, config.factory, config.log_config = app, False, None
    config.load()
    scope = {
        "type": "http",
        "client": (peer, 4711),
        "scheme": "http",
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-host", b"evil.test")],
    }
    await config.loaded_app(scope, None, None)
    assert found == [seen]


@pytest.mark.parametrize("everybody", ['["*"]', '["0.0.0.0/0"]', '["::/0"]', '["proxy.local"]'])
def test_everybody_is_no_proxy(monkeypatch, everybody):
    monkeypatch.setenv("CAIHONG_TRUSTED_PROXIES", everybody)
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings()
