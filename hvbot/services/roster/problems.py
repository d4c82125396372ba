"""What was wrong with a roster, counted in full and kept up to a limit."""

from collections import Counter
from collections.abc import Iterator

from hvbot.services.roster.rows import Problem

MOST_KEPT = 20_000


class Problems:
    """The problems of one import, in the order found."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.cut_short: set[str] = set()

    def append(self, problem: Problem) -> None:
        """Add one."""
        self.counts[problem.file, problem.what, problem.level] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(problem)

    def cut(self, file: str) -> None:
        """Note that rows of a file are missing, so that nobody may be taken for gone."""
        self.cut_short.add(file)

    def count(self, file: str, what: str, level: str) -> int:
        """How many problems of one level a kind of row in a file has; those of no kind are the file's only kind."""
        return self.counts[file, what, level]

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.kept)
