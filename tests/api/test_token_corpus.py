"""Tokens that look like ours and are not: each is refused with 401, whatever is wrong with it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api import access_tokens
from api.access_tokens import (
    AUDIENCE,
    CLAIMS,
    ISSUER,
    LEEWAY_SECONDS,
    LIFE_SECONDS,
    LONGEST,
    TYPE,
    Access,
    TokenNotAccepted,
)
from kernel.key_rings import key_id
from kernel.keys import signing_key
from tests.harness.application import the_app

PERSON, BOOK, SESSION = 41, 42, 43


def now() -> int:
    return int(time.time())


def ours() -> Ed25519PrivateKey:
    return signing_key("api-access")


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def head(**changed: Any) -> dict[str, Any]:
    said = {"alg": "EdDSA", "typ": TYPE, "kid": key_id(ours())} | changed
    return {name: value for name, value in said.items() if value is not None}


def claims(**changed: Any) -> dict[str, Any]:
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(PERSON),
        "book": str(BOOK),
        "sid": str(SESSION),
        "iat": now(),
        "exp": now() + LIFE_SECONDS,
        "jti": "one",
    } | changed
    return {name: value for name, value in said.items() if value is not None}


def raw(header: bytes | str, body: bytes | str, key: Any = None) -> str:
    """A token signed with our own key over any bytes at all: only its content is wrong."""
    parts = [each.encode() if isinstance(each, str) else each for each in (header, body)]
    text = ".".join(packed(each) for each in parts)
    return f"{text}.{packed((key or ours()).sign(text.encode()))}"


def signed(header: dict[str, Any] | None = None, body: dict[str, Any] | None = None) -> str:
    return raw(json.dumps(header or head()), json.dumps(body or claims()))


def macced(secret: bytes, algorithm: str = "HS256", kind: str = "sha256") -> str:
    """The classic confusion: a MAC whose secret is our public key, which everybody may know."""
    text = f"{packed(json.dumps(head(alg=algorithm)).encode())}.{packed(json.dumps(claims()).encode())}"
    return f"{text}.{packed(hmac.digest(secret, text.encode(), kind))}"


def public(encoding: Encoding, form: PublicFormat) -> bytes:
    return ours().public_key().public_bytes(encoding, form)


def jwk() -> dict[str, str]:
    x = packed(public(Encoding.Raw, PublicFormat.Raw))
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def confused() -> Iterator[tuple[str, str]]:
    """Another algorithm than ours, or none."""
    for name in ("none", "None", "NONE", "nOnE"):
        bare = packed(json.dumps(head(alg=name)).encode()), packed(json.dumps(claims()).encode())
        yield f"{name} without signature", ".".join([*bare, ""])
        yield f"{name} with our signature", signed(head(alg=name))
    secrets = {
        "raw": public(Encoding.Raw, PublicFormat.Raw),
        "PEM": public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "PEM without its line end": public(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).rstrip(),
        "DER": public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "OpenSSH": public(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "JWK": json.dumps(jwk()).encode(),
        "tight JWK": json.dumps(jwk(), separators=(",", ":")).encode(),
        "kid": key_id(ours()).encode(),
        "empty": b"",
    }
    for name, secret in secrets.items():
        yield f"HS256 with our public key as {name}", macced(secret)
    yield "HS384", macced(secrets["PEM"], "HS384", "sha384")
    yield "HS512", macced(secrets["PEM"], "HS512", "sha512")
    yield "a MAC that says EdDSA", macced(secrets["raw"], "EdDSA")
    rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    for algorithm, key in (("RS256", rsa_key), ("PS256", rsa_key), ("ES256", ec_key)):
        yield algorithm, jwt.encode(claims(), key, algorithm, headers=head(alg=algorithm))
    alg: Any
    for alg in ("Ed25519", "EDDSA", "eddsa", "ES256", "HS256", "", 1, ["EdDSA"]):
        yield f"our signature, alg {alg!r}", signed(head(alg=alg))
    yield "no alg", signed(head(alg=None))


def foreign_keys() -> Iterator[tuple[str, str]]:
    """Another key than the one that signs now, or a wish to be looked up elsewhere."""
    stranger = Ed25519PrivateKey.generate()
    body = json.dumps(claims())
    yield "a stranger's key under our kid", raw(json.dumps(head()), body, stranger)
    yield (
        "a stranger's key under its kid",
        raw(json.dumps(head(kid=key_id(stranger))), body, stranger),
    )
    for purpose in ("voucher", "ledger-checkpoint"):
        other = signing_key(purpose)
        yield f"the {purpose} key", raw(json.dumps(head(kid=key_id(other))), body, other)
        yield f"the {purpose} key under our kid", raw(json.dumps(head()), body, other)
    theirs = jwk() | {"x": packed(stranger.public_key().public_bytes_raw())}
    yield "its key in jwk", raw(json.dumps(head(jwk=theirs)), body, stranger)
    yield "our key in jwk", signed(head(jwk=jwk()))
    for name in ("jku", "x5u"):
        yield (
            f"its key by {name}",
            raw(json.dumps(head(**{name: "https://evil.test/k"})), body, stranger),
        )
    yield "its chain in x5c", signed(head(x5c=["MIIB"]))
    for kid in (
        "", " ", "../../../../dev/null", "/etc/passwd", "access.keys", "' OR '1'='1", "x' UNION SELECT 'k'--",
        "\x00", "A" * 700, [], [key_id(ours())], {}, {"a": 1}, 0, 1.5, True,
        key_id(ours()).lower(), key_id(ours()) + " ", key_id(ours()) + "\x00", key_id(ours())[:-1],
    ):  # fmt: skip
        yield f"kid {str(kid)[:30]!r}", signed(head(kid=kid))
    yield "no kid", signed(head(kid=None))


def odd_headers() -> Iterator[tuple[str, str]]:
    """Headers that ask for something we do not do."""
    for typ in (
        "JWT",
        "at+JWT",
        "AT+JWT",
        "application/at+jwt",
        "rt+jwt",
        "dpop+jwt",
        "",
        1,
        ["at+jwt"],
    ):
        yield f"typ {typ!r}", signed(head(typ=typ))
    yield "no typ", signed(head(typ=None))
    crit: Any
    for crit in (["exp"], ["b64"], [], "exp", {}, ["x-tenant"]):
        yield f"crit {crit!r}", signed(head(crit=crit))
    yield "b64 true", signed(head(b64=True))
    yield "b64 false", signed(head(b64=False))
    yield "b64 false, critical", signed(head(b64=False, crit=["b64"]))
    text = f"{packed(json.dumps(head(b64=False, crit=['b64'])).encode())}."
    yield "detached", f"{text}.{packed(ours().sign(text.encode()))}"
    yield "cty JWT", signed(head(cty="JWT"))
    yield "zip", signed(head(zip="DEF"))
    nested = json.dumps(signed())
    yield "nested", raw(json.dumps(head(cty="JWT")), nested[1:-1])
    yield "nested as JSON", raw(json.dumps(head()), nested)
    twice = json.dumps(head())[:-1]
    yield "alg twice", raw(twice + ', "alg": "EdDSA"}', json.dumps(claims()))
    yield "none, then EdDSA", raw('{"alg": "none", ' + json.dumps(head())[1:], json.dumps(claims()))
    yield "kid twice", raw(twice + f', "kid": "{key_id(ours())}"}}', json.dumps(claims()))
    for name, text in (
        ("list", "[]"),
        ("text", '"x"'),
        ("null", "null"),
        ("number", "1"),
        ("open", "{"),
    ):
        yield f"header is {name}", raw(text, json.dumps(claims()))
    yield "header is deep", raw("[" * 500, json.dumps(claims()))
    yield "header is not UTF-8", raw(b'{"alg":"\xff"}', json.dumps(claims()))


def odd_moments() -> Iterator[tuple[str, str]]:
    """Too late, too early, or no moment at all."""
    late = now() - LEEWAY_SECONDS - 1
    yield "late by a second", signed(body=claims(iat=late - 60, exp=late))
    yield "long ago", signed(body=claims(iat=1, exp=2))
    moment: Any
    for moment in (-1, 1e400, "soon", "9999999999", now() + 0.5, True, {}):
        yield f"exp {moment!r}", signed(body=claims(exp=moment))
    yield "good for a day", signed(body=claims(exp=now() + 86400))
    yield "over before it began", signed(body=claims(iat=now(), exp=now() - 1))
    ahead = now() + LEEWAY_SECONDS + 60
    yield "made tomorrow", signed(body=claims(iat=ahead, exp=ahead + 60))
    yield "not yet", signed(body=claims(nbf=ahead))
    yield "nbf is text", signed(body=claims(nbf="later"))


def odd_claims() -> Iterator[tuple[str, str]]:
    """Our own signature under what we would never say."""
    for name in CLAIMS:
        yield f"without {name}", signed(body=claims(**{name: None}))
        yield f"{name} is null", raw(json.dumps(head()), json.dumps(claims() | {name: None}))
        yield f"{name} is a list", signed(body=claims(**{name: [claims()[name]]}))
    for iss in ("caihon", "caihong.evil", "caihong ", "Caihong", "https://caihong", ""):
        yield f"iss {iss!r}", signed(body=claims(iss=iss))
    for aud in (
        "caihong",
        "pages",
        "caihong-api ",
        "caihong-api.evil",
        "",
        ["caihong-api", "x"],
        {"a": 1},
    ):
        yield f"aud {aud!r}", signed(body=claims(aud=aud))
    for name in ("sub", "book", "sid"):
        for value in (
            "one",
            "-1",
            "0",
            "01",
            "1.0",
            "1e3",
            " 43",
            "４３",
            str(2**63),
            "9" * 400,
            43,
            True,
        ):
            yield f"{name} {str(value)[:20]!r}", signed(body=claims(**{name: value}))
    twice = json.dumps(claims())[:-1]
    for name in ("sub", "sid", "exp"):
        yield (
            f"{name} twice",
            raw(json.dumps(head()), f'{twice}, "{name}": {json.dumps(claims()[name])}}}'),
        )
    for name, text in (
        ("list", "[]"),
        ("text", '"x"'),
        ("null", "null"),
        ("nothing", ""),
        ("open", "{"),
    ):
        yield f"claims are {name}", raw(json.dumps(head()), text)
    yield "claims are deep", raw(json.dumps(head()), "[" * 900)
    yield "huge", signed(body=claims(jti="x" * LONGEST))


def bent() -> Iterator[tuple[str, str]]:
    """A good token, written otherwise."""
    good = signed()
    header, body, mark = good.split(".")
    scalar = int.from_bytes(base64.urlsafe_b64decode(mark + "==")[32:], "little")
    order = 2**252 + 27742317777372353535851937790883648493
    grown = base64.urlsafe_b64decode(mark + "==")[:32] + (scalar + order).to_bytes(32, "little")
    yield from {
        "nothing": "",
        "garbage": "garbage",
        "dots": "..",
        "four parts": f"{good}.{mark}",
        "five parts, as encrypted": f"{good}.{mark}.{mark}",
        "two parts": f"{header}.{body}",
        "a dot behind": good + ".",
        "a dot before": "." + good,
        "garbage behind": good + "A",
        "padded": good + "==",
        "padded in the middle": f"{header}=.{body}.{mark}",
        "blank inside": f"{header} .{body}.{mark}",
        "line end inside": f"{header}.{body}\n.{mark}",
        "tab behind": good + "\tx",
        "another alphabet": f"{header}.{body}.{mark[:-2]}+/",
        "full width": f"{header}.{body}.{mark[:-1]}Ａ",
        "not ascii": "é.é.é",
        "percent-encoded": good.replace(".", "%2E"),
        "quoted": f'"{good}"',
        "signature cut": good[:-4],
        "signature cut by one": good[:-1],
        "signature empty": f"{header}.{body}.",
        "signature of zeros": f"{header}.{body}.{packed(bytes(64))}",
        "signature twice as long": f"{header}.{body}.{mark}{mark}",
        "signature of another": f"{header}.{body}.{signed(body=claims(jti='two')).split('.')[2]}",
        "signature over the claims alone": f"{header}.{body}.{packed(ours().sign(body.encode()))}",
        "parts changed round": f"{body}.{header}.{mark}",
        "other claims": f"{header}.{packed(json.dumps(claims(sid='44')).encode())}.{mark}",
        "other header": f"{packed(json.dumps(head(), sort_keys=True).encode())}.{body}.{mark}",
        "signature with idle bits set": good[:-1] + with_idle_bits(good[-1]),
        "the same signature with a greater scalar": f"{header}.{body}.{packed(grown)}",
        "JSON instead": json.dumps({"protected": header, "payload": body, "signature": mark}),
        "a hash": hashlib.sha256(good.encode()).hexdigest(),
    }.items()


def with_idle_bits(sign: str) -> str:
    """The same two bits of data in a sign that no encoder writes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(sign) | 1]


def corpus() -> dict[str, str]:
    parts = (confused(), foreign_keys(), odd_headers(), odd_moments(), odd_claims(), bent())
    return {name: token for part in parts for name, token in part}


def test_a_token_of_this_form_is_accepted_when_nothing_is_wrong_with_it():
    assert access_tokens.read(signed()) == Access(PERSON, BOOK, SESSION)
    barely = now() - LEEWAY_SECONDS + 2
    assert access_tokens.read(signed(body=claims(iat=barely - 60, exp=barely)))
    assert access_tokens.read(signed(body=claims(nbf=now())))


def test_there_are_enough_of_them():
    vectors = corpus()
    assert len(vectors) == len(set(vectors.values())) > 200


async def test_each_is_refused_with_401_and_nothing_else(caplog):
    transport = httpx.ASGITransport(the_app())  # no database: a forged token is never looked up
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for name, token in corpus().items():
            sent = [(b"authorization", f"Bearer {token}".encode("utf-8", "replace"))]
            if "\n" not in token:
                answer = await http.get("/api/v1/me", headers=sent)
                code = "token-not-accepted" if token else "sign-in-needed"
                assert (answer.status_code, answer.json()["code"]) == (401, code), name
                assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"', name
            with pytest.raises(TokenNotAccepted):
                access_tokens.read(token)
    assert [line for line in caplog.records if line.name.startswith("caihong")] == []


def test_every_flipped_bit_of_a_good_token_is_refused():
    good = signed().encode()
    for place in range(len(good)):
        for bit in range(8):
            other = bytearray(good)
            other[place] ^= 1 << bit
            with pytest.raises(TokenNotAccepted):
                access_tokens.read(other.decode("latin-1"))
