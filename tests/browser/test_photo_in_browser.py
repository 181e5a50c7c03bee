"""A photo straight from a phone's camera is larger than we take: the browser makes it smaller before it is sent."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from people.pictures import BYTES
from tests.harness.site import open_as, samples  # noqa: F401  a fixture

pytestmark = pytest.mark.browser


def test_a_large_photo_is_made_smaller_before_it_is_sent(demo_server, samples, new_page):  # noqa: F811
    large = io.BytesIO()
    Image.effect_noise((3200, 2400), 90).convert("RGB").save(large, "JPEG", quality=95)
    assert len(large.getvalue()) > BYTES
    page = open_as(new_page, demo_server, samples["sessions"]["volunteer"], width=390)
    page.goto("/my-data")
    page.locator("summary").first.click()

    page.set_input_files(
        "#photo", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": large.getvalue()}
    )

    for _ in range(100):
        if page.evaluate("document.querySelector('#photo').files[0].size") < BYTES:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector('#photo').files[0].size") < BYTES / 2
    assert page.evaluate("document.querySelector('#photo').files[0].type") == "image/jpeg"
    expect(page.locator('form[action="/photos"] button')).to_be_enabled()
