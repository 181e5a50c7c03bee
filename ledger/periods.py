"""Periods: a month is closed once, its closing trial balance is kept, and nothing is booked into it any more."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

DIGEST_VERSION = 1
DIGEST_PREFIX = b"caihong period"


def period_digest(ends_on: int, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the hash (32 bytes) of a closing trial balance, whatever order its rows come in.

    Each row has `account_id`, `debits` and `credits`: all that was ever booked on or before `ends_on` (yyyymmdd). The
    numbers have one width and their count comes first, so that no two trial balances share a text.
    """
    totals = sorted((row["account_id"], row["debits"], row["credits"]) for row in rows)
    digest = hashlib.sha256(len(DIGEST_PREFIX).to_bytes(2, "big") + DIGEST_PREFIX)
    for number in (DIGEST_VERSION, ends_on, len(totals)):
        digest.update(number.to_bytes(8, "big"))
    for total in totals:
        digest.update(b"".join(number.to_bytes(8, "big") for number in total))
    return digest.digest()
