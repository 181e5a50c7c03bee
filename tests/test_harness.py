"""The harness itself: databases are fresh, leaks are failures, cameras see."""

import asyncio
import functools
import http.server
import threading

import asyncpg
import pytest
import zxingcpp
from PIL import Image

from tests.harness.camera import code_picture, film, film_flags, show_code
from tests.harness.chromium import axe_violations, launch
from tests.harness.databases import scratch_database
from tests.harness.run import ROOT

SCAN = """
async () => {
  BarcodeDetectionAPI.prepareZXingModule({overrides: {locateFile: path => '/' + path}});
  const detector = new BarcodeDetectionAPI.BarcodeDetector({formats: ['qr_code']});
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({video: {width: 1280, height: 720}});
  await video.play();
  for (let tries = 0; tries < 100; tries++) {
    const codes = await detector.detect(video);
    if (codes.length) return codes[0].rawValue;
    await new Promise(done => setTimeout(done, 50));
  }
}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the placed assets and one empty page."""

    def log_message(self, format, *args):  # noqa: A002  the base class's name
        pass

    def do_GET(self):
        if self.path != "/page":
            return super().do_GET()
        body = b"<!doctype html><html lang=en><title>t</title><link rel=icon href=data:,><main><h1>t</h1></main>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)
        return None


@pytest.fixture
def assets():
    """The placed assets over HTTP on loopback, where a page may use a camera."""
    handler = functools.partial(Quiet, directory=ROOT / "web" / "static" / "vendor")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_test_gets_a_migrated_database_of_its_own(database):
    from kernel.database import dialect, fetch

    assert dialect() == database.dialect
    assert await fetch("SELECT 1 AS one") == [{"one": 1}]
    assert await fetch("SELECT count(*) AS people FROM person") == [{"people": 0}]


def test_a_connection_left_open_fails_the_test():
    async def leak(url):
        return await asyncpg.connect(url)

    with asyncio.Runner() as runner:
        with (
            pytest.raises(asyncpg.ObjectInUseError),
            scratch_database("postgresql", migrated=False) as scratch,
        ):
            left = runner.run(leak(scratch.url))
        left.terminate()


def test_the_stand_in_camera_shows_what_the_test_holds_up(assets, new_page):
    page = new_page(assets)
    page.goto("/page")
    page.add_script_tag(url="/barcode-detector.js")
    show_code(page, "HTTPS://CAIHONG.TEST/Q/ABC")
    assert page.evaluate(SCAN) == "HTTPS://CAIHONG.TEST/Q/ABC"
    assert axe_violations(page) == []


def test_chromiums_own_camera_plays_a_film(assets, browser, playwright, tmp_path):
    path = film(tmp_path / "camera.mjpeg", [None, code_picture("FILM")])
    filmed = launch(playwright, *film_flags(path))
    page = filmed.new_context(base_url=assets, permissions=["camera"]).new_page()
    page.goto("/page")
    page.add_script_tag(url="/barcode-detector.js")
    assert page.evaluate(SCAN) == "FILM"
    filmed.close()


def test_a_code_picture_is_read_by_another_decoder(tmp_path):
    code_picture("彩虹").save(tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["彩虹"]
