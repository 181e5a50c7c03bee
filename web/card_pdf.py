"""The sheet of cards as a PDF, through WeasyPrint, where that extra is installed."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from kernel.errors import N_, Unavailable
from people.card_issuing import PrintedCard
from people.models import Community
from web import i18n
from web.addresses import code_text
from web.render import ENVIRONMENT, STATIC


class NoPdf(Unavailable):
    """The PDF writer is an extra that this installation does not have."""

    slug = "no-pdf"
    title = N_("No PDF here")
    detail = N_("This installation writes no PDF. Please print the sheet from the browser instead.")


@lru_cache(maxsize=1)
def is_there() -> bool:
    """Say whether this installation can write PDF."""
    return find_spec("weasyprint") is not None


def written(sheets: list[Sequence[PrintedCard]], community: Community) -> bytes:
    """Return the sheets as a PDF: the same cards, the same stylesheets, nothing fetched from anywhere.

    Raises:
        NoPdf
    """
    if not is_there():
        raise NoPdf
    from weasyprint import CSS, HTML

    lang = i18n.TAGS[i18n.language()]
    html = ENVIRONMENT.get_template("cards/pdf.html").render(
        sheets=sheets, community=community, code_text=code_text, lang=lang
    )
    styles = [CSS(filename=STATIC / name) for name in ("app.css", "cards.css")]
    return bytes(HTML(string=html, url_fetcher=_nothing).write_pdf(stylesheets=styles))


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """A sheet is complete in itself: no address is opened while it is drawn."""
    raise ValueError(url)
