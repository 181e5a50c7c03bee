"""What a screen says of those who came to a shift on one browser."""

from checkin.sharing import SEVERAL, STRANGERS
from web.i18n import gettext


def flag_words() -> dict[str, str]:
    """Return each flag in the reader's language."""
    return {
        SEVERAL: gettext("Three or more on one phone"),
        STRANGERS: gettext("Two households on one phone"),
    }
