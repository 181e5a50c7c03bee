"""One's own data in words: what columns and codes are called, and how a value is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import N_, DomainError
from ledger.chart import MINUTES
from people.own_data import Movement, OwnData, Section
from people.privacy import Purpose, Told
from web import ledger_words, personal_codes
from web.i18n import day, gettext, hours, points, when, yuan
from web.member_words import ROLES

COLUMNS = {
    "activity": N_("Activity"),
    "amount": N_("Points"),
    "amount_fen": N_("Amount"),
    "begun_at": N_("Begun"),
    "captured": N_("Used"),
    "changed_at": N_("Changed"),
    "taken_back_at": N_("Taken back"),
    "checked_in_at": N_("Came at"),
    "checked_out_at": N_("Left at"),
    "company": N_("Property company"),
    "ended_at": N_("Ended"),
    "ends_at": N_("Until"),
    "expires_at": N_("Runs out"),
    "expires_on": N_("Good until"),
    "face_fen": N_("Face value"),
    "flat": N_("Flat"),
    "given_at": N_("Given"),
    "granted_at": N_("Given"),
    "issued_at": N_("Issued"),
    "item": N_("Item"),
    "joined_at": N_("Joined"),
    "lent_at": N_("Lent"),
    "made_at": N_("Made"),
    "minutes_counted": N_("Time counted"),
    "minutes_worked": N_("Time served"),
    "number": N_("Number"),
    "placed_at": N_("Reserved"),
    "points_awarded": N_("Points"),
    "points_paid": N_("Points paid"),
    "points_returned": N_("Points returned"),
    "points_to_debt": N_("Points taken for a debt"),
    "price_points": N_("Points each"),
    "provenance": N_("Rests on"),
    "purpose": N_("What for"),
    "quantity": N_("Quantity"),
    "quantity_refunded": N_("Returned"),
    "reason": N_("Reason"),
    "redeemed_at": N_("Date"),
    "refusal": N_("Refused because"),
    "released": N_("Freed"),
    "remaining_fen": N_("Left on it"),
    "revoked_at": N_("Taken away"),
    "role": N_("Role"),
    "scanned_at": N_("Date"),
    "seen_at": N_("Last used"),
    "serial": N_("Number"),
    "sign_in_name": N_("Sign-in name"),
    "staff": N_("Staff"),
    "starts_at": N_("From"),
    "state": N_("State"),
    "subject": N_("What"),
    "taken_at": N_("Taken"),
    "told_at": N_("Date"),
    "undone_at": N_("Undone"),
    "used_at": N_("Used"),
    "verified_at": N_("Verified"),
    "way": N_("How"),
    "what": N_("What"),
    "withdrawn_at": N_("Withdrawn"),
    **personal_codes.COLUMNS,
}
WHAT = {
    Told.PHONE: N_("Whole phone number shown"),
    Told.OWN_DATA: N_("Own data handed out"),
    Told.BOOK: N_("Book taken out as a file"),
    Told.MEMBERS: N_("List of members"),
    Told.GRANT_LIST: N_("List of points granted"),
    Told.OPENING_LIST: N_("List of members brought in"),
}
PURPOSES = {
    Purpose.SHIFT: N_("About a shift"),
    Purpose.POINTS: N_("About points or goods"),
    Purpose.SIGN_IN: N_("Help with signing in"),
    Purpose.OWN_REQUEST: N_("Asked for by the person"),
    Purpose.ACCOUNTING: N_("Accounting and audit"),
    Purpose.OFFICE: N_("Work of the office"),
}
CODES = {
    **{str(key): text for words in (WHAT, PURPOSES, ROLES) for key, text in words.items()},
    "photo": N_("Photo"),
    "own": N_("By oneself, on the own phone"),
    "spoken": N_("Spoken, at the office"),
    "signed": N_("Signed on paper"),
    "in": N_("To come in"),
    "out": N_("To leave"),
    "code": N_("Code scanned"),
    "typed": N_("Digits typed"),
    "waiting": N_("Waiting"),
    "present": N_("Present"),
    "left": N_("To verify"),
    "verified": N_("Verified"),
    "rejected": N_("Not accepted"),
    "scanned": N_("Scan"),
    "confirmed": N_("Confirmed by the organiser"),
    "corrected": N_("Corrected"),
    "offline": N_("Scan without a network"),
    "twoended": N_("One card scanned at both ends"),
    "reported": N_("As the volunteer says"),
    "place": N_("Service card"),
    "member": N_("Another member of the shift"),
    "done": N_("Done"),
    "undone": N_("Undone"),
    "issued": N_("Open"),
    "used": N_("Used up"),
    "void": N_("Voided"),
    "expired": N_("Expired"),
}
ACCOUNTS = {
    "points": N_("Points"),
    "points-pending": N_("Points under public notice"),
    "points-owed": N_("Points owed"),
    "minutes": N_("Service time"),
}
CODED = frozenset({"state", "purpose", "way", "provenance", "what", "subject", "role"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of data as a table in words; `numeric` are the positions of columns with figures."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    numeric: list[int]


def sheets_of(data: OwnData) -> list[Sheet]:
    """Return a person's own data as tables in the reader's language; kinds without rows are left out."""
    sheets = [_sheet(each, data.zone) for each in data.sections if each.rows]
    return sheets + [
        _statement(gettext(ACCOUNTS[name.path.rpartition(":")[2]]), lines, name.asset, data.zone)
        for name, lines in data.accounts.items()
        if lines
    ]


def _sheet(section: Section, zone: str) -> Sheet:
    # A column in which nothing was ever written tells nothing.
    names = [
        name for name in section.rows[0] if any(row[name] not in (None, "") for row in section.rows)
    ]
    return Sheet(
        title=gettext(section.title),
        heads=[gettext(COLUMNS[name]) for name in names],
        rows=[[written(name, row[name], zone) for name in names] for row in section.rows],
        numeric=[place for place, name in enumerate(names) if _is_figure(name, section.rows)],
    )


def _is_figure(name: str, rows: Sequence[dict[str, Any]]) -> bool:
    plain = not name.endswith(("_at", "_on")) and name not in ("number", "staff")
    return plain and any(isinstance(row[name], int) for row in rows)


def written(name: str, value: Any, zone: str) -> str:
    """Write one value: its column says whether it is a moment, a day, a time served, money or a code."""
    if value is None or value == "":
        return ""
    if name.endswith("_at"):
        return when(value, zone)
    if name in personal_codes.CODES:
        return gettext(personal_codes.CODES[name].get(value, value))
    for fits, write in WRITERS:
        if fits(name):
            return write(value)
    return points(value) if isinstance(value, int) else str(value)


def _rule(slug: str) -> str:
    rule = DomainError.by_slug.get(slug)
    return gettext(rule.title) if rule else slug


WRITERS: tuple[tuple[Callable[[str], bool], Callable[[Any], str]], ...] = (
    (lambda name: name.endswith("_on"), day),
    (lambda name: name.startswith("minutes_"), hours),
    (lambda name: name.endswith("_fen"), yuan),
    (lambda name: name == "staff", lambda value: gettext("yes") if value else gettext("no")),
    (lambda name: name == "refusal", _rule),
    (lambda name: name in ("number", "year", "version"), str),
    (lambda name: name == "facts", personal_codes.facts),
    (lambda name: name in CODED, lambda value: gettext(CODES.get(value, value))),
)


def _statement(title: str, lines: Sequence[Movement], asset: str, zone: str) -> Sheet:
    write = hours if asset == MINUTES else points
    heads = [N_("Date"), N_("What"), N_("Amount"), N_("Balance"), N_("Good until")]
    return Sheet(
        title=title,
        heads=[gettext(head) for head in heads],
        rows=[
            [
                when(line.occurred_at, zone),
                ledger_words.kind_words(line.kind),
                ("−" if line.amount < 0 else "+") + write(abs(line.amount)),
                write(line.balance_after),
                day(line.expires_on) if line.expires_on else "",
            ]
            for line in lines
        ],
        numeric=[2, 3],
    )
