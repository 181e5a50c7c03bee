"""Ways to carry a one-time code to a phone, one of them chosen by the settings: console, file, mail, or a webhook."""

import asyncio
import json
import logging
import os
import smtplib
import ssl
import sys
from email.message import EmailMessage
from http.client import HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from kernel.settings import settings
from people.events import Happening, happened
from people.one_time_codes import Asked

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 64 * 1024
TAIL = 4
FILE = "one-time-codes.jsonl"
log = logging.getLogger("caihong")


class CodeNotSent(Exception):
    """The way to the phone did not take the code; a reason in plain words, without the code and the phone."""


class CodeSender(Protocol):
    """Carries a text to a phone."""

    async def send(self, phone: str, text: str) -> None:
        """Hand the text over. Raises: CodeNotSent, OSError, SMTPException, HTTPException."""


class ToConsole:
    """Writes the text where the server's own words go, for trying things out on one PC."""

    async def send(self, phone: str, text: str) -> None:
        """Write one line."""
        sys.stderr.write(f"{phone}: {text}\n")


class ToFile:
    """Adds the text to a file in the data folder, which somebody reads out or another program sends."""

    async def send(self, phone: str, text: str) -> None:
        """Add one line of JSON; only the owner of the server may read it."""
        path = settings().data_dir / FILE
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps({"phone": phone, "text": text}, ensure_ascii=False) + "\n")


class ToMail:
    """Mails the text to an address made of the phone, as gateways from mail to text messages have them."""

    async def send(self, phone: str, text: str) -> None:
        """Mail it from a thread, over TLS alone."""
        await asyncio.to_thread(self._mail, phone, text)

    def _mail(self, phone: str, text: str) -> None:
        chosen, message = settings(), EmailMessage()
        message["From"] = chosen.code_smtp_from
        message["To"] = filled(chosen.code_smtp_to, phone, text)
        message["Subject"] = "Caihong"
        message.set_content(text)
        with smtplib.SMTP(
            chosen.code_smtp_host, chosen.code_smtp_port, timeout=TIMEOUT_SECONDS
        ) as line:
            line.starttls(context=ssl.create_default_context())
            if chosen.code_smtp_user:
                line.login(chosen.code_smtp_user, chosen.code_smtp_password.get_secret_value())
            line.send_message(message)


class ToWebhook:
    """Posts JSON to one address whose host the settings allow by name; follows no redirect."""

    async def send(self, phone: str, text: str) -> None:
        """Post it from a thread."""
        await asyncio.to_thread(self._post, phone, text)

    def _post(self, phone: str, text: str) -> None:
        chosen = settings()
        address = urlsplit(chosen.code_webhook_url.get_secret_value())
        if address.scheme != "https" or address.hostname not in chosen.code_webhook_hosts:
            raise CodeNotSent("the webhook's host is not among code_webhook_hosts, or not https")
        post_json(address, in_template(json.loads(chosen.code_webhook_body), phone, text))


def post_json(address: SplitResult, body: Any) -> None:
    """Post JSON to an https address that the caller has allowed; blocks, and follows no redirect.

    Raises: CodeNotSent, OSError, HTTPException.
    """
    line = HTTPSConnection(
        address.hostname or "",
        address.port or 443,
        timeout=TIMEOUT_SECONDS,
        context=ssl.create_default_context(),
    )
    try:
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        said = json.dumps(body, ensure_ascii=False).encode()
        line.request("POST", path, said, {"Content-Type": "application/json"})
        answer = line.getresponse()
        refuse_unless_taken(answer.status, answer.read(LONGEST_ANSWER))
    finally:
        line.close()


def in_template(template: Any, phone: str, text: str) -> Any:
    """Return a JSON template with its placeholders filled in within its texts, so that no text can break out."""
    if isinstance(template, dict):
        return {name: in_template(each, phone, text) for name, each in template.items()}
    if isinstance(template, list):
        return [in_template(each, phone, text) for each in template]
    return filled(template, phone, text) if isinstance(template, str) else template


def filled(template: str, phone: str, text: str) -> str:
    """Return a text with {phone}, {tail} (its last four digits) and {text} filled in."""
    known = {"{phone}": phone, "{tail}": phone[-TAIL:], "{text}": text}
    for name, value in known.items():
        template = template.replace(name, value)
    return template


def refuse_unless_taken(status: int, body: bytes) -> None:
    """Accept an answer of 2xx that does not say otherwise: group robots answer 200 and an `errcode`.

    Raises:
        CodeNotSent
    """
    if status // 100 != 2:  # noqa: PLR2004  2xx
        raise CodeNotSent(f"the webhook answered {status}")
    try:
        said = json.loads(body or b"null")
    except ValueError:
        return
    if isinstance(said, dict) and said.get("errcode"):
        raise CodeNotSent(f"the webhook answered errcode {said['errcode']}")


SENDERS: dict[str, CodeSender] = {
    "console": ToConsole(),
    "file": ToFile(),
    "smtp": ToMail(),
    "webhook": ToWebhook(),
}


async def deliver(asked: Asked, text: str) -> None:
    """Send a code's text after its request was answered; a failure is told to the log and the administrator."""
    if not asked.phone:
        return
    try:
        await SENDERS[settings().code_sender].send(asked.phone, text)
    except (CodeNotSent, OSError, smtplib.SMTPException, HTTPException, ValueError) as error:
        said = str(error) if isinstance(error, CodeNotSent) else type(error).__name__
        log.warning("a one-time code was not sent: %s", said)
        await happened(Happening.CODE_NOT_SENT, asked.book_id, asked.person_id)
        return
    await happened(Happening.CODE_SENT, asked.book_id, asked.person_id)
