"""What an import did or would do, counted, with a few examples; ids only, never names or numbers."""

from collections import Counter
from dataclasses import dataclass, field

from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import Problem

SAMPLES = 5
DONE = ("added", "changed", "gone", "unchanged")


@dataclass(slots=True)
class Tally:
    """Counts by what was done to which kind of row."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, done: str, ref: str, detail: str = "") -> None:
        """Count one."""
        self.counts[what, done] += 1
        examples = self.samples.setdefault((what, done), [])
        if done != "unchanged" and len(examples) < SAMPLES:
            examples.append(f"{ref} ({detail})" if detail else ref)


@dataclass(frozen=True, slots=True)
class Section:
    """What became of one kind of row in one file."""

    file: str
    what: str
    added: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    blocked: int = 0
    warnings: int = 0
    samples: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or, when `dry_run`, would do."""

    format: str
    dry_run: bool
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    def total(self, what: str) -> int:
        """Add up `added`, `changed`, `gone`, `unchanged`, `blocked` or `warnings`."""
        return sum(int(getattr(section, what)) for section in self.sections)

    @property
    def is_usable(self) -> bool:
        """Tell whether at least one row could be read: an import of blocked rows only has done nothing."""
        return any(self.total(done) for done in DONE)

    @property
    def changes_something(self) -> bool:
        """Tell whether anything is added, changed or gone."""
        return any(self.total(done) for done in ("added", "changed", "gone"))


def make_sections(labels: dict[str, str], tally: Tally, problems: Problems) -> tuple[Section, ...]:
    """Put counts and problems together. `labels` names the file of each kind of row the roster tells of."""
    alone = {file: what for what, file in labels.items() if list(labels.values()).count(file) == 1}
    grouped: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        what = problem.what or alone.get(problem.file, "")
        grouped.setdefault((problem.file, what), []).append(problem)
    counted: Counter[tuple[str, str, str]] = Counter()
    for (file, what, level), number in problems.counts.items():
        counted[file, what or alone.get(file, ""), level] += number
    places = list(dict.fromkeys([*((file, what) for what, file in labels.items()), *grouped]))
    return tuple(make_section(place, tally, counted, grouped.get(place, [])) for place in places)


def make_section(
    place: tuple[str, str], tally: Tally, counted: Counter[tuple[str, str, str]], problems: list[Problem]
) -> Section:
    file, what = place
    counts = {done: tally.counts[what, done] for done in DONE}
    samples = {done: tuple(tally.samples.get((what, done), ())) for done in DONE if tally.samples.get((what, done))}
    return Section(
        file,
        what,
        **counts,
        blocked=counted[file, what, "blocked"],
        warnings=counted[file, what, "warning"],
        samples=samples,
        problems=tuple(sorted(problems, key=lambda problem: (problem.row, problem.level))),
    )
