"""Passkeys (WebAuthn): a phone or security stick that proves its owner, bound to this installation's own domain."""

import json
import secrets
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import transaction
from kernel.settings import settings
from people import second_factor, two_steps
from people.events import Happening, happened
from people.factor_errors import FullSignInNeeded, PasskeyNotAccepted, PasskeysNotHere, WrongCode
from people.factors import Passkey, PasskeyChallenge
from people.naming import folded_name
from people.permissions import Viewer
from people.sessions import SignedIn, token_hash

CHALLENGE_BYTES, CHALLENGE_LIFE = 32, 5 * MINUTE
REGISTER, SIGN_IN = "register", "sign-in"
TIMEOUT_MS = CHALLENGE_LIFE // 1000
# What a made-up answer may trip over inside the library, besides its own refusals.
MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def are_here() -> bool:
    """Say whether passkeys can work: they need an https address with a name of its own."""
    return settings().passkey_host is not None


def _host() -> str:
    host = settings().passkey_host
    if host is None:
        raise PasskeysNotHere
    return host


async def ask_to_register(viewer: Viewer, code: str) -> str:
    """Return the options (JSON) with which a browser makes a new passkey, once a present code was given.

    Raises:
        PasskeysNotHere, FullSignInNeeded, WrongCode, TooManyWrongCodes
    """
    host = _host()
    if viewer.device_id is not None:
        raise FullSignInNeeded
    known = await second_factor.factors_of(viewer.person_id)
    if not known.takes_codes:
        raise WrongCode(field="code")
    await second_factor.use_code(viewer.book_id, viewer.person_id, code)
    options = generate_registration_options(
        rp_id=host,
        rp_name="Caihong",
        user_name=viewer.name,
        user_id=viewer.person_id.to_bytes(8, "big"),
        challenge=await _challenge(viewer.person_id, REGISTER),
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known.passkeys),
    )
    return options_to_json(options)


async def register(viewer: Viewer, name: str, answer: dict[str, Any]) -> None:
    """Keep a new passkey under a name that tells it from others.

    Raises:
        PasskeysNotHere, PasskeyNotAccepted, NameIsEmpty, TextTooLong
    """
    host, name = _host(), folded_name(name)
    challenge = await _use_challenge(viewer.person_id, REGISTER, answer)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=settings().public_url or "",
            require_user_verification=True,
        )
    except MALFORMED:
        raise PasskeyNotAccepted from None
    credential_id = bytes_to_base64url(made.credential_id)
    async with transaction():
        if await Passkey.filter(credential_hash=token_hash(credential_id)).exists():
            raise PasskeyNotAccepted
        await Passkey.create(
            person_id=viewer.person_id,
            credential_id=credential_id,
            credential_hash=token_hash(credential_id),
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            name=name,
            made_at=clock.now(),
        )
        await happened(Happening.PASSKEY_ADDED, viewer.book_id, viewer.person_id)


async def remove(viewer: Viewer, passkey_id: int) -> None:
    """Take a passkey away; codes go on working."""
    await Passkey.filter(id=passkey_id, person_id=viewer.person_id).delete()
    await happened(Happening.PASSKEY_REMOVED, viewer.book_id, viewer.person_id)


async def ask_to_sign_in(half_token: str | None) -> str:
    """Return the options (JSON) with which a browser asks for the passkey of a sign-in's second step.

    Raises:
        PasskeysNotHere, PasskeyNotAccepted, SignInRanOut
    """
    host, half = _host(), await two_steps.find(half_token)
    known = (await second_factor.factors_of(half.person_id)).passkeys
    if half.needs_password or not known:
        raise PasskeyNotAccepted
    options = generate_authentication_options(
        rp_id=host,
        challenge=await _challenge(half.person_id, SIGN_IN),
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def sign_in(half_token: str | None, answer: dict[str, Any]) -> SignedIn:
    """Finish a sign-in with a passkey of the person who began it.

    Raises:
        PasskeysNotHere, PasskeyNotAccepted, SignInRanOut, TooManyWrongCodes
    """
    _host()
    half = await two_steps.find(half_token)
    if half.needs_password:
        raise PasskeyNotAccepted
    rests = await second_factor.count_try(half.person_id)
    challenge = await _use_challenge(half.person_id, SIGN_IN, answer)
    try:
        await _accept(half.person_id, challenge, answer)
    except PasskeyNotAccepted:
        await second_factor.note_refused(half.book_id, half.person_id, "passkey", rests=rests)
        raise
    await second_factor.forgive(half.person_id)
    return await two_steps.finish(half, "passkey")


async def _accept(person_id: int, challenge: bytes, answer: dict[str, Any]) -> None:
    hashed_id = token_hash(str(answer.get("id", "")))
    key = await Passkey.get_or_none(person_id=person_id, credential_hash=hashed_id)
    if key is None:
        raise PasskeyNotAccepted
    try:
        seen = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().public_url or "",
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except MALFORMED:
        raise PasskeyNotAccepted from None
    as_read = Passkey.filter(id=key.id, person_id=person_id, sign_count=key.sign_count)
    if not await as_read.update(sign_count=seen.new_sign_count, used_at=clock.now()):
        raise PasskeyNotAccepted


def _descriptors(keys: tuple[Passkey, ...]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]


async def _challenge(person_id: int, purpose: str) -> bytes:
    challenge, now = secrets.token_bytes(CHALLENGE_BYTES), clock.now()
    await PasskeyChallenge.filter(person_id=person_id, expires_at__lte=now).delete()
    await PasskeyChallenge.create(
        challenge_hash=token_hash(bytes_to_base64url(challenge)),
        person_id=person_id,
        purpose=purpose,
        expires_at=now + CHALLENGE_LIFE,
    )
    return challenge


async def _use_challenge(person_id: int, purpose: str, answer: dict[str, Any]) -> bytes:
    """Return the question that an answer says it answers, if it was ours to this person, and use it up."""
    try:
        said = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(said["challenge"])
    except MALFORMED:
        raise PasskeyNotAccepted from None
    asked = PasskeyChallenge.filter(
        challenge_hash=token_hash(bytes_to_base64url(challenge)),
        person_id=person_id,
        purpose=purpose,
        expires_at__gt=clock.now(),
    )
    if not await asked.delete():
        raise PasskeyNotAccepted
    return challenge
