"""What the README promises is there: each test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_test_the_readme_names_exists():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py"))
    names = set(re.findall(r"`(test_\w+)`", README))

    assert len(names) > 10
    assert sorted(name for name in names if f"def {name}(" not in sources) == []


def test_every_file_the_readme_names_exists():
    paths = set(re.findall(r"`((?:tests|ledger|docs)/[\w/]+\.\w+)`", README)) | set(
        re.findall(r"\]\((docs/[\w./-]+|tests/[\w./-]+)\)", README)
    )

    assert len(paths) > 5
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []
