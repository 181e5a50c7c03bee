"""Codes of an authenticator app (RFC 6238): six digits, 30-second steps, each step once."""

import base64
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kernel import clock
from kernel.clock import SECOND
from kernel.keys import base32, derived_key, from_base32
from people.factor_errors import WrongCode
from people.factors import Authenticator
from people.naming import folded

STEP_SECONDS, DIGITS, SECRET_BYTES, NONCE_BYTES = 30, 6, 20, 12
ISSUER = "Caihong"


def new_secret() -> str:
    """Return a fresh secret as base32, as it is typed into an app."""
    return base32(secrets.token_bytes(SECRET_BYTES))


def app_address(secret: str, account: str) -> str:
    """Return the otpauth address that an authenticator app scans."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def code_at(secret: str, moment: int) -> str:
    """Return the code of the step that a moment (UTC microseconds) lies in."""
    return _totp(secret).generate(step_of(moment) * STEP_SECONDS).decode()


def step_of(moment: int) -> int:
    """Return the number of the step that a moment lies in."""
    return moment // (STEP_SECONDS * SECOND)


def matching_step(secret: str, code: str, moment: int) -> int | None:
    """Return the step whose code this is, if it is the present one or the one before."""
    typed = re.sub(r"\s", "", folded(code))
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", typed):
        return None
    now = step_of(moment)
    fitting = [
        step
        for step in (now, now - 1)
        if secrets.compare_digest(code_at(secret, step * STEP_SECONDS * SECOND), typed)
    ]
    return fitting[0] if fitting else None


def _totp(secret: str) -> TOTP:
    # SHA-1 is what every app speaks; the code's strength lies in the secret and in how few tries there are.
    return TOTP(from_base32(secret) or b"", DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303


async def keep(person_id: int, secret: str, code: str) -> None:
    """Make a secret the person's own, in place of an earlier one, once a code shows that their app has it.

    Raises:
        WrongCode
    """
    now = clock.now()
    step = matching_step(secret, code, now)
    if step is None:
        raise WrongCode(field="code")
    await Authenticator.filter(person_id=person_id).delete()
    await Authenticator.create(
        person_id=person_id, sealed_secret=sealed(secret, person_id), last_step=step, set_at=now
    )


async def use_code(person_id: int, code: str) -> bool:
    """Say whether a code is good now, and use its step up: neither it nor an earlier one opens anything again."""
    found = await Authenticator.get_or_none(person_id=person_id)
    if found is None:
        return False
    step = matching_step(opened(found.sealed_secret, person_id), code, clock.now())
    if step is None:
        return False
    newer = Authenticator.filter(id=found.id, person_id=person_id, last_step__lt=step)
    return bool(await newer.update(last_step=step))


def sealed(secret: str, person_id: int) -> str:
    """Return a secret as it is kept: AES-256-GCM under a key that is not in the database, bound to its owner."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    closed = _cipher().encrypt(nonce, secret.encode(), _owner(person_id))
    return base64.b64encode(nonce + closed).decode()


def opened(kept: str, person_id: int) -> str:
    """Return a kept secret; one that was moved to another row or is under another key opens nothing."""
    data = base64.b64decode(kept)
    try:
        return _cipher().decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _owner(person_id)).decode()
    except InvalidTag:
        return ""


def _cipher() -> AESGCM:
    return AESGCM(derived_key("authenticator"))


def _owner(person_id: int) -> bytes:
    return f"authenticator/{person_id}".encode()
