"""What makes the application installable: its manifest, and the worker that keeps two pages without a network."""

import hashlib
import json

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from web.asking import OPEN
from web.i18n import gettext, language
from web.render import STATIC, static

router = APIRouter(include_in_schema=False, dependencies=[OPEN])
# What those two pages are made of. Modules import each other by plain name, and are asked for that way.
OFFLINE_MODULES = ("roll-call.js", "desk-offline.js", "scan.js", "gun.js")
STAMPED = (
    *("app.css", "roll-call.css", "desk.css", "icon.svg", "vendor/icons.svg"),
    *("vendor/barcode-detector.js", "vendor/zxing_reader.wasm", *OFFLINE_MODULES),
)
PLAIN = ("decoder.js", "ean.js", "beep.js", "roll-call-store.js")


@router.get("/sw.js")
def worker() -> Response:
    """Give the service worker, with the addresses of the files that it keeps: a new file makes a new worker."""
    kept = [static(name) for name in STAMPED] + [f"/static/{name}" for name in PLAIN]
    marks = "".join([*kept, *(static(name) for name in PLAIN)])
    store = f"shell-{hashlib.sha256(marks.encode()).hexdigest()[:12]}"
    text = (STATIC / "worker.js").read_text(encoding="utf-8")
    body = f"const FILES = {json.dumps(store)};\nconst SHELL = {json.dumps(kept)};\n{text}"
    return Response(body, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """Say what the application is called on a home screen."""
    said = {
        "name": gettext("Rainbow Points"),
        "short_name": gettext("Rainbow Points"),
        "lang": "zh-CN" if language() == "zh_Hans" else "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#3340a8",
        "icons": [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(said, media_type="application/manifest+json")
