"""What every page has around it: headers, language, forms of ours only, a limit, and one notice over plain http."""

import asyncio
import re
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, File, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from kernel import clock
from kernel.errors import Refused
from kernel.settings import settings
from web import cookies, errors, i18n, preferences, qr, render, styleguide
from web.security import shell

HTTPS = "https://caihong.test"
SAFARI = (
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
)


def make_app() -> FastAPI:
    app = FastAPI(middleware=shell(), docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=render.STATIC))
    app.include_router(preferences.router)
    app.include_router(styleguide.router)

    @app.exception_handler(HTTPException)
    async def by_status(request: Request, error: HTTPException):
        return errors.refusal(request, error.status_code, errors.error_for(error.status_code))

    @app.post("/echo")
    async def echo(request: Request, text: Annotated[str, Form()]):
        return render.redirect(request, "/styleguide", f"<{text}>")

    @app.post("/photo")
    async def photo(picture: Annotated[bytes, File()]):
        return len(picture)

    @app.post("/api/v1/echo")
    async def api_echo(request: Request):
        return len(await request.body())

    @app.post("/session")
    async def session(request: Request):
        response = render.redirect(request, "/styleguide")
        cookies.set_session_cookie(request, response, "token")
        return response

    return app


@pytest.fixture(scope="module")
def app():
    return make_app()


class Visitor:
    """A browser without scripts: keeps its cookies, follows nothing by itself."""

    def __init__(self, app: FastAPI, address: str) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.http.get(path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.http.post(path, **options))


@pytest.fixture
def client(app):
    return Visitor(app, HTTPS)


def csrf(page) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_every_page_has_the_safe_headers(client):
    headers = client.get("/styleguide").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "max-age" in headers["strict-transport-security"]


def test_only_pages_that_scan_may_compile_wasm(client):
    policies = {
        name: client.get(f"/styleguide/{name}").headers["content-security-policy"]
        for name in ("scan", "home")
    }
    assert "'wasm-unsafe-eval'" in policies["scan"]
    assert "'wasm-unsafe-eval'" not in policies["home"]


def test_a_static_address_with_its_digest_is_kept_for_ever(client):
    address = render.static("app.css")
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/none.css?v=1").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "cookie", "language"),
    [
        ("", "", "zh_Hans"),
        ("en-GB,en;q=0.9", "", "en"),
        ("fr,en;q=0.5,zh;q=0.8", "", "zh_Hans"),
        ("fr", "", "zh_Hans"),
        ("zh-CN", "en", "en"),
        ("en", "klingon", "en"),
        ("en;q=much,;;,zh;q=0", "", "zh_Hans"),
    ],
)
def test_the_language_is_the_readers_choice_then_the_browsers_then_chinese(
    accept, cookie, language
):
    assert i18n.choose(accept, cookie) == language


def test_a_page_speaks_one_language_at_a_time(client):
    assert "组件" in client.get("/styleguide").text
    english = client.get("/styleguide/components", headers={"accept-language": "en"}).text
    assert 'lang="en"' in english
    assert "2 h 30 min" in english
    assert "2 小时 30 分" in client.get("/styleguide/components").text


def test_language_and_large_print_are_forms_that_lead_back(client):
    token = csrf(client.get("/styleguide"))
    answer = client.post(
        "/language", data={"csrf": token, "lang": "en", "back": "/styleguide/home"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/styleguide/home")
    client.post("/care", data={"csrf": token, "care": "1"})
    page = client.get("/styleguide/home").text
    assert "data-care" in page
    assert "Call the community office" in page
    client.post("/care", data={"csrf": token})
    assert "data-care" not in client.get("/styleguide/home").text


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil", "/a\r\nb", ""]
)
def test_nobody_is_led_away_from_this_site(client, target):
    answer = client.get("/language", params={"lang": "en", "back": target})
    assert answer.headers["location"] == "/"


def test_a_form_of_ours_is_taken_and_its_notice_shown_once(client):
    token = csrf(client.get("/styleguide"))
    assert (
        client.post("/echo", data={"csrf": token, "text": "好 <b>"}).headers["location"]
        == "/styleguide"
    )
    assert "&lt;好 &lt;b&gt;&gt;" in client.get("/styleguide").text
    assert "&lt;好" not in client.get("/styleguide").text


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, None),
        ({}, "wrong"),
        ({}, "错"),
        ({"sec-fetch-site": "cross-site"}, "right"),
        ({"sec-fetch-site": "same-site"}, "right"),
        ({"origin": "https://evil.test"}, "right"),
        ({"origin": "null"}, "right"),
    ],
)
def test_a_form_of_somebody_elses_is_refused(client, headers, token):
    right = csrf(client.get("/styleguide"))
    fields = {"text": "x"} | ({"csrf": right if token == "right" else token} if token else {})
    answer = client.post("/echo", data=fields, headers=headers)
    assert answer.status_code == 403
    assert "没有办" in answer.text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": HTTPS}]
)
def test_where_a_form_of_ours_comes_from_is_right(client, headers):
    token = csrf(client.get("/styleguide"))
    sent = client.post("/echo", data={"csrf": token, "text": "x"}, headers=headers)
    assert sent.status_code == 303


def test_a_visitors_form_is_worth_nothing_in_a_session(client):
    token = csrf(client.get("/styleguide"))
    assert client.post("/session", data={"csrf": token}).status_code == 303
    assert client.post("/echo", data={"csrf": token, "text": "x"}).status_code == 403
    mine = csrf(client.get("/styleguide"))
    assert client.post("/echo", data={"csrf": mine, "text": "x"}).status_code == 303


def test_a_photo_carries_its_token_in_its_form_or_in_a_header(client):
    token, picture = csrf(client.get("/styleguide")), {"picture": b"12345"}
    assert client.post("/photo", data={"csrf": token}, files=picture).text == "5"
    assert client.post("/photo", headers={"x-csrf-token": token}, files=picture).text == "5"
    assert client.post("/photo", files=picture).status_code == 403
    garbled = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/photo", content=b"--x\r\ngarbage", headers=garbled).status_code == 403


def test_a_body_too_large_is_refused_in_the_readers_language(client):
    page = client.post("/echo", content=b"x" * 10_000_000)
    assert (page.status_code, "太大" in page.text) == (413, True)
    problem = client.post("/api/v1/echo", content=b"x" * 100_000, headers={"accept-language": "en"})
    assert problem.status_code == 413
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["title"] == "That is too large"


def test_a_body_that_never_says_its_length_is_refused_too(client):
    async def chunks(count: int):
        for _ in range(count):
            yield b"x" * 1000

    assert client.post("/echo", content=chunks(100)).status_code == 413
    assert client.post("/api/v1/echo", content=chunks(100)).status_code == 413
    assert client.post("/api/v1/echo", content=chunks(3)).text == "3000"


@pytest.mark.parametrize("host", ["192.168.1.20:8000", "office-pc", "evil.test", "[fe80::1]:8000"])
def test_over_plain_http_from_another_machine_every_page_is_one_notice(app, host):
    far = Visitor(app, f"http://{host}")
    for path in ("/", "/styleguide", "/nowhere"):
        answer = far.get(path)
        assert answer.status_code == 200
        assert "http://127.0.0.1:8000" in answer.text
        assert "set-cookie" not in answer.headers
    assert far.post("/language", data={"lang": "en"}).status_code == 421
    assert far.get("/static/app.css").status_code == 200
    assert far.post("/api/v1/echo", content=b"12").json()["code"] == "host-unknown"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("caihong.test", 200),
        ("CAIHONG.test:443", 200),
        ("old.example.cn", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("evil.test", 400),
        ("caihong.test.evil.test", 400),
        ("evil.test#caihong.test", 400),
        ("evil.test@caihong.test", 400),
        ("", 400),
    ],
)
def test_it_answers_under_its_own_names_alone(app, monkeypatch, host, status):
    monkeypatch.setenv("CAIHONG_FORMER_HOSTS", '["old.example.cn"]')
    settings.cache_clear()
    visitor = Visitor(app, "https://127.0.0.1")
    page = visitor.get("/styleguide", headers={"host": host})
    api = visitor.post("/api/v1/echo", content=b"12", headers={"host": host})
    settings.cache_clear()
    assert (page.status_code, api.status_code) == (status, status)
    if status != 200:
        assert "不是我们的网址" in page.text
        assert api.json()["code"] == "host-unknown"
    assert visitor.get("/static/app.css", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "a.localhost"])
def test_on_this_machine_plain_http_is_as_good(app, host):
    page = Visitor(app, f"http://{host}").get("/styleguide")
    assert "http://127.0.0.1" not in page.text
    assert "__Host-visit=" in page.headers["set-cookie"]
    assert "strict-transport-security" not in page.headers


def asked(scheme: str, host: str, **headers: str) -> Request:
    raw = [(b"host", host.encode())]
    raw += [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Request({"type": "http", "scheme": scheme, "path": "/", "headers": raw, "method": "GET"})


@pytest.mark.parametrize(
    ("request_", "name", "token"),
    [
        (asked("https", "a.test", cookie="__Host-sid=1"), "__Host-sid", "1"),
        (asked("https", "a.test", cookie="sid=1"), "__Host-sid", None),
        (asked("https", "a.test", cookie="sid=1", user_agent=SAFARI), "__Host-sid", None),
        (asked("http", "127.0.0.1", cookie="__Host-sid=1"), "__Host-sid", "1"),
        (asked("http", "127.0.0.1", cookie="sid=1", user_agent=SAFARI), "sid", "1"),
        (asked("http", "192.168.1.2", cookie="__Host-sid=1; sid=2"), "__Host-sid", None),
    ],
)
def test_the_session_cookie_is_strict_except_for_safari_on_this_machine(request_, name, token):
    assert cookies.session_cookie_name(request_) == name
    assert cookies.read_session_cookie(request_) == token


def test_a_signed_text_is_good_for_its_purpose_and_its_time():
    with clock.frozen(1_000_000_000_000_000):
        value = cookies.sign("one", "你好", seconds=60)
        assert cookies.unsign("one", value) == "你好"
        assert cookies.unsign("two", value) is None
        assert cookies.unsign("one", value[:-1]) is None
        assert cookies.unsign("one", "错.错.错") is None
    with clock.frozen(1_000_000_000_000_000 + 61 * clock.SECOND):
        assert cookies.unsign("one", value) is None


def test_an_error_page_says_what_to_do_and_keeps_a_way_back(client):
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "没有找到" in page.text
    assert 'href="/"' in page.text
    assert client.get("/styleguide/nothing").status_code == 404
    assert client.get("/echo").status_code == 405


@pytest.mark.parametrize(
    ("error", "status"),
    [(errors.TooLarge(), 422), (Refused(), 409), (errors.InternalError(), 500)],
)
def test_a_kind_of_refusal_has_one_status(error, status):
    assert errors.status_of(error) == status


def test_a_code_is_drawn_as_it_was_made(client):
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image

    text = "HTTPS://CAIHONG.EXAMPLE.CN/Q/AEBAGBAFAYDQQCIK"
    image = str(qr.svg(text, '"mine" & yours'))
    assert 'aria-label="&#34;mine&#34; &amp; yours"' in image
    assert qr.version(text) <= 4
    side = int(re.search(r'viewBox="0 0 (\d+)', image)[1])  # type: ignore[index]
    picture = Image.new("L", (side * 8, side * 8), 255)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", image):
        picture.paste(0, (int(x) * 8, int(y) * 8, (int(x) + int(run)) * 8, int(y) * 8 + 8))
    assert zxingcpp.read_barcode(picture).text == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (i18n.points(1286), "1,286"),
        (i18n.hours(150), "2 小时 30 分"),
        (i18n.hours(120), "2 小时"),
        (i18n.hours(45), "45 分"),
        (i18n.yuan(1250), "¥12.50"),
        (i18n.yuan(-5), "−¥0.05"),
        (i18n.day(20261121), "2026年11月21日"),
        (i18n.short_day(20261121), "11月21日"),
        (i18n.weekday(20261121), "周六"),
        (i18n.when(1_795_241_160_000_000, "Asia/Shanghai"), "2026年11月21日 14:06"),
        (i18n.clock(1_795_241_160_000_000, "Asia/Shanghai"), "14:06"),
    ],
)
def test_figures_are_written_as_people_say_them(written, expected):
    assert written == expected
