"""Who and what speaks for hours that were served without an organiser, in words."""

from checkin.alone_models import About, Errand, How, Witness
from checkin.card_flags import MANY_PEOPLE, TOO_QUICK
from kernel.errors import N_
from web.i18n import gettext

ABOUT = {
    About.ARRIVING: N_("Beginning"),
    About.LEAVING: N_("End"),
    About.WHOLE: N_("Afterwards"),
}
HOW = {
    How.CARD: N_("card “%(who)s” scanned"),
    How.NUMBER: N_("number of the card “%(who)s” typed"),
    How.PHONE: N_("%(who)s, who was helped, on their own phone"),
    How.ORGANISER: N_("organiser %(who)s: %(note)s"),
    How.MEMBER: N_("%(who)s, another member of the shift"),
}


def witness_words(row: Witness) -> str:
    """Say how a witness (with card and teller) spoke."""
    said = gettext(HOW[row.how])
    if row.card is not None:
        return said % {"who": row.card.label}
    name = row.teller.masked_name if row.teller else "–"
    return said % {"who": name, "note": row.note}


def served_words(errand: Errand | None) -> str:
    """Say whom an errand (with the member served) was for; nothing where that is not known."""
    if errand is None:
        return ""
    return errand.served.masked_name if errand.served else errand.served_name


def card_flag_words() -> dict[str, str]:
    """Return each flag of cards in the reader's language."""
    return {
        TOO_QUICK: gettext("Both ends of the card within ten minutes"),
        MANY_PEOPLE: gettext("Unusually many people on this card"),
    }
