"""What a run leaves behind: the table for people, the list for machines, and every sample for the doubtful."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.rows import Row

HERE = Path(__file__).parent
OPENING, CLOSING = "<!-- bench -->", "<!-- /bench -->"
HEAD = "| what | ours | baseline | ratio | goal | met | others' CPU |\n|---|---:|---:|---:|---:|:-:|---:|\n"


def figure(value: float | None, unit: str) -> str:
    """Return a figure with three digits that count, and its unit."""
    if value is None:
        return "–"
    whole = len(str(int(abs(value))))
    digits = max(0, 3 - whole)
    return f"{value:,.{digits}f} {unit}".replace(",", " ")


def line(row: Row) -> str:
    """Return a row as a line of the Markdown table."""
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}×"
    goal = "–" if row.goal is None else f"{row.goal}{'' if row.ratio is None else '×'}"
    if row.ratio is None and row.goal:
        goal += f" {row.unit}"
    met = {True: "yes", False: "**no**", None: "–"}[row.met]
    what = f"{row.what}{f' ({row.note})' if row.note else ''}"
    cells = figure(row.ours, row.unit), figure(row.baseline, row.unit), ratio, goal, met
    return f"| {what} | {' | '.join(cells)} | {row.outside:.0%} |"


def table(rows: Sequence[Row], left_out: Sequence[str], stated: Sequence[str]) -> str:
    """Return the whole block: the table, what is not in it, and where it was taken."""
    lines = [line(row) for row in rows]
    notes = [f"- Not measured: {each}" for each in left_out] + [f"- {each}" for each in stated]
    return HEAD + "\n".join(lines) + "\n\n" + "\n".join(notes) + "\n"


def write(
    rows: Sequence[Row],
    block: str,
    facts: dict[str, str],
    folder: Path = HERE,
    readme: Path | None = None,
) -> None:
    """Write `RESULTS.md`, `latest.json` and `detail.json`, and renew the block between the README's markers."""
    quoted = f"{OPENING}\n{block}{CLOSING}"
    title = "# Figures\n\nWritten by `make bench`; how to read them: [README.md](README.md).\n\n"
    (folder / "RESULTS.md").write_text(title + quoted + "\n", encoding="utf-8")
    latest = [row.as_json() for row in rows]
    _write_json(folder / "latest.json", latest)
    _write_json(folder / "detail.json", {"where": facts, "rows": [row.details() for row in rows]})
    if readme and OPENING in (text := readme.read_text(encoding="utf-8")):
        before, _, rest = text.partition(OPENING)
        readme.write_text(before + quoted + rest.partition(CLOSING)[2], encoding="utf-8")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
