"""One's own data as a file that other programs can read: names of fields in English, times with their zone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kernel.days import to_date
from people.own_data import Movement, OwnData, Values

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORM = "caihong-own-data/1"


def own_data_text(data: OwnData) -> str:
    """Return what is held about a person as JSON."""
    return json.dumps(own_data_values(data), ensure_ascii=False, indent=2) + "\n"


def own_data_values(data: OwnData) -> Values:
    """Return what is held about a person as plain values."""
    zone = ZoneInfo(data.zone)
    return {
        "form": FORM,
        "community": data.community,
        "taken_at": _moment(data.taken_at, zone),
        "person": {"id": str(data.person_id)} | _row(data.person, zone),
        **{each.name: [_row(row, zone) for row in each.rows] for each in data.sections},
        "accounts": [
            {
                "account": name.path,
                "asset": name.asset,
                "lines": [_line(line, zone) for line in lines],
            }
            for name, lines in data.accounts.items()
        ],
        "photo_jpeg_base64": data.photo_text,
    }


def _line(line: Movement, zone: ZoneInfo) -> Values:
    values = {name: getattr(line, name) for name in Movement.__slots__}
    return _row(values, zone)


def _row(row: Values, zone: ZoneInfo) -> Values:
    return {name: _value(name, value, zone) for name, value in row.items()}


def _value(name: str, value: Any, zone: ZoneInfo) -> Any:
    """Return a value as JSON has it: `_at` is a moment (UTC microseconds), `_on` a calendar day (yyyymmdd)."""
    if value is None:
        return None
    if name.endswith("_at"):
        return _moment(value, zone)
    if name.endswith("_on"):
        return to_date(value).isoformat()
    return bool(value) if name == "staff" else value


def _moment(value: int, zone: ZoneInfo) -> str:
    return (EPOCH + timedelta(microseconds=value)).astimezone(zone).isoformat(timespec="seconds")
