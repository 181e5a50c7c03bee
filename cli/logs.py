"""Log lines: readable on a terminal, JSON elsewhere; no code, phone number or search text gets into them."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# A code or link in an address is a credential: after /Q/ and /welcome/, and whatever else is long enough to be one.
TOKEN = re.compile(r"(?i)(/(?:q|welcome)/)[^\s/?\"']+|(/)[a-z2-7]{24,}(?![\w-])")
PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
# A database names the offending values in its DETAIL: names and phones among them.
DETAIL = re.compile(r"(?m)^DETAIL:.*$")
# What would end a line, or begin another one in the eyes of a terminal: every control sign and Unicode line end.
LINE_ENDS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
MANY_LINES = ("exception", "stack")  # tracebacks, written by ourselves
TALKATIVE = (
    "tortoise",
    "aiosqlite",
    "asyncpg",
    "python_multipart",
    "multipart",
    "httpx",
    "httpcore",
)
ACCESS_ARGS = 5  # client, method, path with its query, version of HTTP, status


class PathOnly(logging.Filter):
    """Keeps method, path and status of an access line: a query holds what people searched for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line and let it through."""
        if isinstance(record.args, tuple) and len(record.args) == ACCESS_ARGS:
            _, method, path, _, status = record.args
            record.msg = "%s %s %s"
            record.args = (method, str(path).partition("?")[0], status)
        return True


def masked(text: str) -> str:
    """Return a text without codes, phone numbers and the values a database complains about."""
    text = TOKEN.sub(r"\1\2…", text)
    text = PHONE.sub(r"\1****\2", text)
    return DETAIL.sub("DETAIL: …", text)


def on_one_line(text: str) -> str:
    """Return a text with its line ends written out, so that nobody forges a line of ours."""
    return LINE_ENDS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def without_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """Mask every text of a line, the traceback included, and keep each on its line."""
    return {name: _safe(name, value) for name, value in event.items()}


def _safe(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return masked(value) if name in MANY_LINES else on_one_line(masked(value))


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]


def formatter(*, as_json: bool) -> logging.Formatter:
    """Return the formatter of all lines, ours and the libraries'."""
    shown: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=40)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
    )


def configuration(level: str = "INFO") -> dict[str, Any]:
    """Return the logging configuration of a server; plain values, so that worker processes can be given it."""
    lines = {"()": "cli.logs.formatter", "as_json": not sys.stderr.isatty()}
    stderr = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "lines"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": lines},
        "filters": {"paths": {"()": "cli.logs.PathOnly"}},
        "handlers": {"stderr": stderr},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "uvicorn.error": {"level": "WARNING"},
            "uvicorn.access": {"filters": ["paths"]},
            # These write statements with their values, form fields and addresses, at DEBUG and some at INFO.
            **{name: {"level": "WARNING"} for name in TALKATIVE},
        },
    }
