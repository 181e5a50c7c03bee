"""Whatever is sent to a page, by whomever: a friendly answer, never a defect, and a refusal changes nothing."""

from tests.web.doors import ALL, FOREIGN, FORM, MULTIPART, POSTS, TYPE, Door, House, encoded, house

__all__ = ["house"]

LARGE_AT = 10
HOSTILE = (
    "",
    "x",
    "0",
    "1",
    "１２",
    "٣",
    "1" + "0" * 40,
    "9" * 12,
    "99991231",
    "20261399",
    "1e9",
    "12.505",
    "\x00",
    "a\x00b",
    "\ud800",
    "🌈👨‍👩‍👧‍👦",
    "ﷺ" * 30,
    "王" * 300,
    "<script>alert(1)</script>",
    "'; DROP TABLE person; --",
    "{{ 7 * 7 }} %(name)s %s",
    "a\r\nset-cookie: a=b",
    "//[",
    "https://[evil",
    "/\\evil.example",
    "A" * 26,
    "A" * 48,
    "9999-12-31",
)


async def test_hostile_values_get_a_friendly_answer_from_every_page(house):
    for number, door in enumerate(ALL):
        # A quarter of the values each, and the neighbours have the others.
        for place, value in list(enumerate(HOSTILE))[number % 4 :: 4]:
            mixed = [HOSTILE[(place + number * at) % len(HOSTILE)] for at in range(9)]
            if door.parts:
                address = house.address(door, value or "x", mixed[1])
                await house.ask("everything", door.method, address, content=b"", headers=TYPE)
            elif door.query:
                await house.ask("everything", door.method, house.address(door, None, value))
            if door.form:
                # Every other time what has to exist does exist, so that the rest of the form is read too.
                known = house.real if place % 4 < 2 else _nothing
                fields = list(zip(door.form, mixed, strict=False))
                await _post(house, door, [(name, known(name) or said) for name, said in fields])
    assert not house.wrong, "\n".join(house.wrong)


def _nothing(_: str) -> str:
    return ""


async def _post(house: House, door: Door, fields: list[tuple[str, str]], **more: str) -> None:
    address = house.address(door, None, "")
    headers = TYPE | more
    await house.ask("everything", door.method, address, content=encoded(fields), headers=headers)


async def test_bodies_that_are_no_form_of_ours_are_refused_in_words(house):
    charsets = ("utf-7", "unicode_escape", "punycode", "undefined", "idna", "no-such")
    bodies = [
        (b'{"name": "\\ud800", "items": [1, null]}', "application/json"),
        (b"\xff\xfe\x00name=1", FORM),
        (b"&".join(b"a%d=1" % number for number in range(1500)), FORM),
        (b"name=1;key=2", "text/plain"),
        (b"name=1", ""),
        (b"x", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=a"),
        (b"--a\r\nfoo\r\n\r\n", "multipart/form-data; boundary=a"),
        *((_parts("name", b"\\ud800+2AA-"), f"{MULTIPART}; charset={name}") for name in charsets),
    ]
    for number, door in enumerate(POSTS):
        for content, kind in bodies[number % 3 :: 3]:
            await house.ask(
                "everything",
                "POST",
                house.address(door, None, ""),
                content=content,
                headers={"content-type": kind},
            )
        # A picture where a word is asked for, and every field twice.
        files = dict.fromkeys(door.form, ("a.png", b"\x89PNG\x00", "image/png"))
        await house.ask("everything", "POST", house.address(door, None, ""), files=files or None)
        await _post(house, door, [(name, "1") for name in door.form * 2])
        if number % LARGE_AT == 0:  # the limit of a body stands before every door alike
            await _post(house, door, [("name", "x" * 10_000_000)])
    assert not house.wrong, "\n".join(house.wrong)


def _parts(name: str, value: bytes) -> bytes:
    head = f'--a\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value + b"\r\n--a--\r\n"


async def test_addresses_that_name_no_day_or_no_place_are_refused_in_words(house):
    for address in (
        "/books/entries?first=20261399&last=20260230",
        "/language?lang=en&back=//[",
        "/sign-in?next=http://[",
        f"/sign-in?next=/{'a' * 3000}",
    ):
        await house.ask("everything", "GET", address)
    assert not house.wrong, "\n".join(house.wrong)


async def test_headers_and_cookies_that_nobody_sends_are_read_as_none(house):
    signed = ("claim", "basket", "notice", "visit", "sid")
    odd = ("é\xff", ".", "..", "a.b.c", "1.e30.", "A" * 4000, '"\\377"', "9" * 5000 + ".A.A")
    for value in odd:
        cookie = "; ".join(f"__Host-{name}={value}" for name in signed) + f"; lang={value}; care=1"
        for path in ("/", "/check-in", "/check-in/waiting", "/counter", "/sign-in", "/scan"):
            await house.ask(None, "GET", path, headers={"cookie": cookie.encode("latin-1")})
        token = (
            f"__Host-sid={house.tokens['everything']}; __Host-basket={value}; __Host-notice={value}"
        )
        for path in ("/counter", "/shifts"):
            await house.ask("everything", "GET", path, headers={"cookie": token.encode("latin-1")})
        form = [("basket", value), ("key", value), ("expected_total", "1")]
        counter = next(door for door in POSTS if door.path == "/counter/redemptions")
        await _post(house, counter, form)
    for name, value in (
        ("referer", "http://[bad"),
        ("referer", "https://evil.example/x"),
        ("accept-language", "en;q=nan,zh;q=1e999,;q=,*"),
        ("content-length", "9" * 5000),
        ("content-length", "x"),
        ("hx-request", "true"),
        ("x-forwarded-host", "evil.example"),
    ):
        refused = {"person": "x", name: value}
        await house.ask(
            "everything", "POST", "/counter/customer", headers=TYPE | refused, content=b""
        )
        await house.ask(None, "GET", "/sign-in?next=/counter", headers={name: value})
    assert not house.wrong, "\n".join(house.wrong)


async def test_no_form_is_taken_without_its_token_or_from_another_site(house):
    for door in POSTS:
        for headers in ({"x-csrf-token": "x"}, {"sec-fetch-site": "cross-site"}, FOREIGN):
            before = house.state()
            answer = await house.ask(
                "everything", "POST", house.address(door, None, ""), headers=TYPE | headers
            )
            assert (answer.status_code, house.state()) == (403, before), door.path
    assert not house.wrong, "\n".join(house.wrong)
