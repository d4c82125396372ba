"""The report of an import in plain words for the terminal, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hvbot.services.roster.rows import Problem
from hvbot.services.roster.tally import Report, Section

MOST_ROWS = 20
COUNTS = ("added", "changed", "gone", "unchanged", "blocked")


def describe(report: Report, most: int = MOST_ROWS) -> str:
    """Tell what was added, changed, gone and blocked in each file, and why; at most `most` rows of a file."""
    return "\n".join(
        [
            heading(report),
            *(line for section in report.sections for line in section_lines(section, most)),
            *report.notes,
            closing_line(report),
        ]
    )


def heading(report: Report) -> str:
    return f"{'Dry run: nothing was changed. ' if report.dry_run else ''}Roster ({report.format})"


def section_lines(section: Section, most: int) -> Iterator[str]:
    counts = ", ".join(f"{getattr(section, name)} {name}" for name in COUNTS)
    name = section.file if not section.what or is_named_so(section) else f"{section.file} ({section.what})"
    yield f"  {name}: {counts}"
    for done, refs in section.samples.items():
        total = int(getattr(section, done))
        more = f" and {total - len(refs)} more" if total > len(refs) else ""
        yield f"    {done}: {', '.join(refs)}{more}"
    shown = sorted(section.problems, key=lambda problem: problem.level != "blocked")[:most]
    yield from (f"    {problem_line(problem)}" for problem in shown)
    left = section.blocked + section.warnings - len(shown)
    if left > 0:
        yield f"    and {left} more; see --format json"


def is_named_so(section: Section) -> bool:
    return section.file.lower().removesuffix(".csv").replace("_", " ") == section.what


def problem_line(problem: Problem) -> str:
    where = f"row {problem.row}" if problem.row else "the file"
    level = "blocked" if problem.level == "blocked" else "note"
    remedy = f" -> {problem.remedy}" if problem.remedy else ""
    return f"{level}: {where}: {problem.reason}{remedy}"


def closing_line(report: Report) -> str:
    counts = ", ".join(f"{report.total(name)} {name}" for name in COUNTS)
    would = "Would be" if report.dry_run else "In all"
    if report.changes_something:
        return f"{would}: {counts}."
    return f"Nothing {'would change' if report.dry_run else 'changed'}: {counts}."


def as_rows(report: Report) -> list[dict[str, Any]]:
    """The report as a list of plain values, one for each section, for `--format json`."""
    return [asdict(section) for section in report.sections]
