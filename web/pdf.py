"""Sheets as PDF, through WeasyPrint, where that extra is installed."""

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from kernel.errors import N_, Unavailable
from web import i18n
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


def written(template: str, styles: tuple[str, ...], **values: Any) -> bytes:
    """Return a template as a PDF with some of our own stylesheets: nothing is fetched from anywhere.

    Raises:
        NoPdf
    """
    if not is_there():
        raise NoPdf
    from weasyprint import CSS, HTML

    lang = i18n.TAGS[i18n.language()]
    html = ENVIRONMENT.get_template(template).render(lang=lang, **values)
    sheets = [CSS(filename=STATIC / name) for name in styles]
    return bytes(HTML(string=html, url_fetcher=_nothing).write_pdf(stylesheets=sheets))


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """A sheet is complete in itself: no address is opened while it is drawn."""
    raise ValueError(url)
