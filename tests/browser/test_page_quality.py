"""Every routed page, for everybody: accessible, no sideways scroll, no fault, forms that work as they are.

Two looks a page in `make test`, so that each page meets the narrowest and the widest screen, both modes and both
languages; all twelve in `make test-all`.
"""

from itertools import product

import pytest

from tests.harness.chromium import axe_violations
from tests.harness.site import (  # noqa: F401  fixtures
    Routed,
    _windows,
    address_of,
    look,
    routed_pages,
    samples,
)

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 1280)
LOCALES = ("zh-CN", "en-US")
PAGES = routed_pages()

# What is seen of a page, asked at once. What a form needs to work without scripts: a way to send it, and the session's
# token if it changes something.
AS_SEEN = """
() => ({
  headings: document.querySelectorAll('h1').length,
  language: document.documentElement.lang,
  care: 'care' in document.documentElement.dataset,
  sideways: document.documentElement.scrollWidth > window.innerWidth,
  formsAtFault: [...document.forms].filter(form => {
    const sends = form.querySelector('button:not([type=button]):not([type=reset]), input[type=submit]');
    const own = [...document.querySelectorAll('button[form]')].some(button => button.form === form);
    const guarded = form.method !== 'post' || form.querySelector('input[name=csrf]');
    return !(sends || own) || !guarded;
  }).map(form => form.outerHTML.slice(0, 200)),
})
"""


def pairwise():
    """Two looks a page: the narrowest and the widest, and both modes and languages of each page."""
    for number, routed in enumerate(PAGES):
        for turn, width in enumerate((WIDTHS[0], WIDTHS[-1])):
            care, locale = (number + turn) % 2 == 1, LOCALES[(number // 2 + turn) % 2]
            yield pytest.param(
                routed, width, care, locale, id=f"{routed.path}-{width}-{care}-{locale}"
            )


def the_others():
    """Every other combination."""
    known = {param.id for param in pairwise()}
    for routed, width, care, locale in product(PAGES, WIDTHS, (False, True), LOCALES):
        name = f"{routed.path}-{width}-{care}-{locale}"
        if name not in known:
            yield pytest.param(routed, width, care, locale, id=name, marks=pytest.mark.slow)


@pytest.mark.parametrize(("routed", "width", "care", "locale"), [*pairwise(), *the_others()])
def test_a_page_is_fit_for_everybody(demo_server, samples, look, routed, width, care, locale):  # noqa: F811
    token = samples["sessions"].get(routed.role)
    page = look(demo_server, token, care=care, width=width, locale=locale, axe=True)

    answer = page.goto(address_of(routed, samples))

    assert answer is not None
    assert answer.status == 200, page.url
    assert page.evaluate(AS_SEEN) == {
        "headings": 1,
        "language": "zh-CN" if locale == "zh-CN" else "en",
        "care": care,
        "sideways": False,
        "formsAtFault": [],
    }
    assert axe_violations(page) == []


@pytest.mark.parametrize("routed", PAGES, ids=lambda routed: routed.path)
def test_a_page_reads_the_same_without_scripts(demo_server, samples, look, routed):  # noqa: F811
    token = samples["sessions"].get(routed.role)
    page = look(demo_server, token, javascript=False)

    answer = page.goto(address_of(routed, samples))

    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").is_visible()


def test_every_page_is_looked_at():
    assert {routed.path for routed in PAGES} >= {
        "/",
        "/counter",
        "/desk",
        "/shifts",
        "/verifications",
        "/books",
    }
    assert all(isinstance(routed, Routed) for routed in PAGES)
