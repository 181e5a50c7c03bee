"""docs/security.md names tests: each of them is there."""

import re

from tests.harness.run import ROOT


def test_every_test_that_the_security_document_names_is_there():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = {name for source in sources for name in re.findall(r"def (test_\w+)\(", source)}
    assert len(named) > 60
    assert named - there == set()
