"""What columns and codes of one's own data are called that come from cards, families, sign-ins and requests."""

from collections.abc import Mapping
from typing import Any

from checkin.alone_models import How
from checkin.sharing import SEVERAL, STRANGERS
from kernel.errors import N_
from people.approvals import Act
from people.cards import Revoked
from people.facts import Question
from people.lives import ConsentGiven, LifeKind
from web import events
from web.approval_words import OUTCOMES
from web.i18n import gettext
from web.witness_words import ABOUT

COLUMNS = {
    "about": N_("Speaks for"),
    "denied_at": N_("Denied"),
    "how": N_("How"),
    "note": N_("Words"),
    "said_at": N_("Date"),
    "act": N_("What"),
    "answered_at": N_("Answered"),
    "asked_at": N_("Asked"),
    "browsers_ended": N_("Browsers signed out"),
    "cards_revoked": N_("Cards stopped"),
    "decided_at": N_("Decided"),
    "detail": N_("How"),
    "enrolled_at": N_("Signed in"),
    "extra_on": N_("More allowed on"),
    "extra_points": N_("Points allowed"),
    "facts": N_("Asked about"),
    "flag": N_("Noticed"),
    "flat_after": N_("New flat"),
    "flat_before": N_("Old flat"),
    "given_how": N_("How"),
    "happened_at": N_("Date"),
    "happening": N_("What"),
    "kind": N_("What"),
    "known_at": N_("Known since"),
    "label": N_("Name"),
    "left_at": N_("Left"),
    "minutes_moved": N_("Time moved"),
    "name": N_("Name"),
    "off_at": N_("Switched off"),
    "outcome": N_("Outcome"),
    "points": N_("Points"),
    "points_a_month": N_("Points a month"),
    "points_limit": N_("Points at most"),
    "points_moved": N_("Points moved"),
    "points_refunded": N_("Points returned"),
    "proof": N_("Proof"),
    "points_between": N_("Difference in points"),
    "points_out": N_("Points for what goes"),
    "proved_at": N_("Used"),
    "quantity_received": N_("Quantity"),
    "received_at": N_("Date"),
    "recorded_at": N_("Date"),
    "reported_at": N_("Date"),
    "reversed_at": N_("Taken back"),
    "set_at": N_("Set"),
    "side": N_("As"),
    "spent_at": N_("Signed in"),
    "spent_on": N_("Last on"),
    "unlocked_at": N_("Unlocked"),
    "valid_on": N_("Good on"),
    "version": N_("Card no."),
    "why": N_("Why"),
    "year": N_("Year of birth"),
}
CODES: Mapping[str, Mapping[Any, str]] = {
    "about": ABOUT,
    "how": {
        How.CARD: N_("Card scanned"),
        How.NUMBER: N_("Number of the card typed"),
        How.PHONE: N_("The person helped, on their own phone"),
        How.ORGANISER: N_("An organiser"),
        How.MEMBER: N_("Another member of the shift"),
    },
    "act": {
        Act.ADJUSTMENT: N_("Points put right"),
        Act.DEBT_WRITE_OFF: N_("Debt written off"),
        Act.ROLE_GRANT: N_("Role given"),
        Act.ROLE_REVOCATION: N_("Role taken away"),
        Act.GOODS_RETURN: N_("Goods taken back"),
        Act.GOODS_EXCHANGE: N_("Goods swapped"),
        Act.PIN_RESET: N_("PIN set anew"),
    },
    "detail": events.DETAILS,
    "flag": {
        SEVERAL: N_("Three or more on one phone"),
        STRANGERS: N_("Two households on one phone"),
    },
    "given_how": {
        ConsentGiven.PAPER: N_("Signed on paper"),
        ConsentGiven.IN_PERSON: N_("In person"),
        ConsentGiven.BY_PHONE: N_("By phone"),
    },
    "happening": events.WORDS,
    "kind": {
        LifeKind.MOVED_WITHIN: N_("Moved to another flat"),
        LifeKind.MOVED_OUT: N_("Moved out"),
        LifeKind.MERGED: N_("Joined with another record"),
        LifeKind.CLOSED: N_("Record closed"),
    },
    "outcome": {**OUTCOMES, "accepted": N_("Accepted"), "doubtful": N_("In doubt")},
    "side": {
        "giver": N_("Lets the other spend"),
        "spender": N_("May spend"),
        "child": N_("Child"),
        "guardian": N_("Guardian"),
    },
    "why": {Revoked.REISSUED: N_("A new card was made"), Revoked.LOST: N_("Lost")},
}
FACTS = {
    Question.FLAT: N_("Flat"),
    Question.PHONE: N_("Phone"),
    Question.JOINED: N_("Joined"),
    Question.NUMBER: N_("Member number"),
}


def facts(value: str) -> str:
    """Write what was asked about, `flat,phone`, in words."""
    return gettext(", ").join(gettext(FACTS[Question(each)]) for each in value.split(","))
