"""Count where the tests ran, say so at the end, and put browser tests last."""

from collections import Counter

import pytest

from tests.harness import databases, postgresql
from tests.harness.run import (
    allowed_to_miss,
    close_run,
    is_controller,
    open_run,
    run_folder,
    stay_in_memory,
)

PLACES = {
    "sqlite": "on SQLite",
    "postgresql": "on PostgreSQL",
    "browser": "in the browser",
    "elsewhere": "elsewhere",
}


def place_of(item: pytest.Item) -> str:
    """Where a test runs: in the browser if it asks for one, else on the database it is parametrised by."""
    if item.get_closest_marker("browser"):
        return "browser"
    callspec = getattr(item, "callspec", None)
    named = (
        [value for value in callspec.params.values() if value in databases.DIALECTS]
        if callspec
        else []
    )
    return str(named[0]) if named else "elsewhere"


class Tally:
    """Collects the reports of all workers in the process that started the run."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()
        self.missing: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count each test once, when its body has run."""
        properties = report.user_properties
        self.missing.update(str(value) for name, value in properties if name == "missing")
        if report.when == "call" and not report.skipped:
            self.ran.update(str(value) for name, value in properties if name == "place")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the tests ran and what could not."""
        counts = (f"{words}: {self.ran[place]}" for place, words in PLACES.items())
        terminalreporter.write_line("")
        for line in sorted(self.missing):
            allowed = allowed_to_miss(line.partition(":")[0])
            verdict = "left out as allowed" if allowed else "COULD NOT RUN"
            terminalreporter.write_line(
                f"{verdict}: {line}", red=not allowed, yellow=allowed, bold=True
            )
        terminalreporter.write_line("tests " + " · ".join(counts), bold=True)


def pytest_configure(config: pytest.Config) -> None:
    """Open the run in the process that started it."""
    if is_controller(config):
        stay_in_memory()
        open_run()
        postgresql.stop_forgotten()
        config.pluginmanager.register(Tally(), "caihong-tally")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the run: databases, server, folder."""
    if is_controller(config):
        try:
            databases.drop_template()
            postgresql.stop(run_folder())
        finally:
            close_run()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests, note each test's place, and keep browser tests for the end.

    Playwright's loop stays in the worker's main thread once started, and no other loop can run there after it.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        item.user_properties.append(("place", place_of(item)))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
