"""The rules of the house that no linter knows. Each reads every tracked file it speaks of, and lists each breach."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "kernel", "ledger", "people", "checkin", "redemption", "audit", "web", "api", "cli", "migrations",
)  # fmt: skip
MODULE_LINES, TEST_MODULE_LINES, FUNCTION_LINES = 300, 400, 50
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services"}
BANNED_NAMES |= {"repository", "repositories", "common", "misc"}
LEDGER_TABLES = (
    "book", "asset", "account", "balance", "lot_balance", "journal_entry", "transfer", "idempotency", "hold", "alarm",
    "seal_queue", "seal_block", "block_total", "seal_member", "checkpoint", "period", "period_total", "points_grant",
)  # fmt: skip
WRITES = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|update(?:\s+only)?|delete\s+from|truncate(?:\s+table)?)"
    rf"\s+[\"`]?(?:{'|'.join(LEDGER_TABLES)})\b",
    re.IGNORECASE,
)
PACKAGE_FILES = re.compile(
    r"(package-lock\.json|package\.json|\.npmrc|requirements[\w-]*\.txt|pyproject\.toml)$"
)
# Put together from parts, so that this file keeps its own rules.
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:" + "|".join(["work", "root", "home"]) + r")/[\w.-]+")
HOSTS = re.compile(
    r"\b(?:registry\.|files\.|www\.)?(?:"
    + "|".join(["npmjs", "pypi", "pythonhosted", "yarnpkg"])
    + r")\.(?:org|com)\b"
)
UNFINISHED = re.compile(r"\b(?:" + "TO" + "DO|FIX" + r"ME)\b")


def tracked(*suffixes: str) -> list[Path]:
    """Files that are, or are about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    paths = (ROOT / name for name in sorted(set(listed.split("\0"))) if name)
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def modules(*rooms: str) -> list[Path]:
    """The Python modules of some rooms, or of all of them."""
    return [path for path in tracked(".py") if room_of(path) in (rooms or ROOMS)]


def templates() -> list[Path]:
    return [path for path in tracked(".html", ".jinja", ".j2", ".svg") if room_of(path) == "web"]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=name(path))


def lines_matching(paths: list[Path], pattern: str | re.Pattern[str]) -> list[str]:
    """Each line of the files that the pattern finds."""
    sought = re.compile(pattern)
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if sought.search(line)
    ]


def text_files() -> list[Path]:
    """Every tracked file that is text."""
    return [path for path in tracked() if b"\0" not in path.read_bytes()[:8000]]


def calls(path: Path, *wanted: str) -> Iterator[str]:
    """Calls to a function by its bare or dotted name, found in the syntax tree and so never in a comment."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in wanted:
            yield f"{name(path)}:{node.lineno}: {ast.unparse(node)[:80]}"


def breaches_of(paths: list[Path], *wanted: str) -> list[str]:
    return [found for path in paths for found in calls(path, *wanted)]


def test_git_can_be_asked_which_files_there_are():
    assert ROOT / "pyproject.toml" in tracked()


def test_a_module_has_at_most_300_lines_and_a_table_of_tests_400():
    # A migration is one step of history: written once, read from top to bottom, never grown.
    limits = dict.fromkeys(ROOMS[:-1], MODULE_LINES) | {"tests": TEST_MODULE_LINES}
    sizes = {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked(".py")
        if room_of(path) in limits
    }
    assert {path: size for path, size in sizes.items() if size > limits[path.split("/")[0]]} == {}


def test_a_function_has_at_most_50_lines():
    functions = (
        (name(path), node)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [
        f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path, node in functions
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_a_module_is_named_for_what_it_does():
    vague = [name(path) for path in modules() if {path.stem, *path.parts} & BANNED_NAMES]
    assert vague == []


def test_only_the_clock_reads_the_time():
    clock = ROOT / "kernel" / "clock.py"
    readers = [
        "datetime.now",
        "datetime.datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
    ]
    readers += ["datetime.date.today", "time.time", "time.time_ns"]
    assert breaches_of([path for path in modules() if path != clock], *readers) == []


def test_only_the_command_line_prints():
    assert (
        breaches_of([path for path in modules() if room_of(path) != "cli"], "print", "pprint") == []
    )


def test_the_books_hold_whole_numbers():
    assert breaches_of(modules("ledger"), "float", "round") == []
    divisions = [
        f"{name(path)}:{node.lineno}"
        for path in modules("ledger")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and "Path" not in ast.unparse(node)
    ]
    assert divisions == [], "use // on whole amounts"


def test_only_the_ledgers_own_writers_write_the_ledgers_tables():
    others = [path for path in modules() if room_of(path) not in ("ledger", "migrations")]
    strings = [
        f"{name(path)}:{node.lineno}: {node.value.strip()[:80]}"
        for path in others
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WRITES.search(node.value)
    ]
    assert strings == []


def test_every_foreign_key_restricts():
    keys = {"ForeignKeyField", "OneToOneField", "fields.ForeignKeyField", "fields.OneToOneField"}
    keys |= {"ManyToManyField", "fields.ManyToManyField"}
    loose = [
        f"{name(path)}:{node.lineno}: {ast.unparse(node)[:80]}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in keys and not restricts(node)
    ]
    assert loose == [], (
        "the default CASCADE would delete a table's children when SQLite rebuilds it"
    )


def restricts(call: ast.Call) -> bool:
    return any(
        word.arg == "on_delete" and ast.unparse(word.value).rpartition(".")[2] == "RESTRICT"
        for word in call.keywords
    )


def test_no_exception_is_caught_without_saying_which():
    bare = [
        f"{name(path)}:{node.lineno}"
        for path in tracked(".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_what_only_unix_has_is_imported_with_care():
    unix = {"fcntl", "pwd", "grp", "resource", "termios"}
    # Only the top level of a module counts: inside `if` or `try` the import is guarded.
    unguarded = [
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in parsed(path).body
        if isinstance(node, ast.Import | ast.ImportFrom) and imported(node) & unix
    ]
    assert unguarded == []


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {node.module or ""}
    return {alias.name for alias in node.names}


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("escaping is never switched off", r"\|\s*safe\b|autoescape\s+false|\bMarkup\("),
        ("no style attribute: the policy forbids it", r"<[^>]*\sstyle\s*="),
        ("no style element", r"<style\b"),
        ("no script but by address", r"<script\b(?![^>]*\bsrc=)(?![^>]*type=.application/json)"),
        ("no handler in an attribute", r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*="),
        ("nothing is loaded from elsewhere", r"(?:src|href|action)\s*=\s*.?(?:https?:)?//"),
        ("no javascript: address", r"javascript:"),
    ],
)
def test_templates_keep_the_content_policy(rule: str, pattern: str):
    assert lines_matching(templates(), re.compile(pattern, re.IGNORECASE)) == [], rule


def test_no_package_file_names_a_host():
    files = [path for path in tracked() if PACKAGE_FILES.search(path.name)]
    assert lines_matching(files, r"\"resolved\"|index-url|find-links|trusted-host|^registry") == []
    assert not [
        path for path in tracked() if path.name in ("uv.lock", "pylock.toml", "poetry.lock")
    ]


def test_no_file_names_a_package_registry():
    assert lines_matching(text_files(), HOSTS) == []


def test_no_file_names_a_path_of_somebodys_machine():
    assert lines_matching(text_files(), MACHINE_PATHS) == []


def test_nothing_is_left_for_later_in_a_comment():
    assert lines_matching(text_files(), UNFINISHED) == []


def test_the_barcode_reader_and_its_wasm_are_of_one_version():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    pinned = packages["node_modules/barcode-detector"]["dependencies"]["zxing-wasm"]
    assert packages["node_modules/zxing-wasm"]["version"] == pinned
    assert "node_modules/barcode-detector/node_modules/zxing-wasm" not in packages


def test_every_requirement_is_pinned_by_hash():
    for path in (ROOT / f"requirements{kind}.txt" for kind in ("", "-build", "-dev")):
        pins = re.findall(r"^[\w.-]+==\S+.*$", path.read_text(), re.MULTILINE)
        assert pins, f"{path.name} pins nothing"
        assert [pin for pin in pins if not pin.endswith("\\")] == [], path.name
