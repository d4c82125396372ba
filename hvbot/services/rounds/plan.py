"""The plan of a round: what a start would do, without doing it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hvbot.i18n.catalogue import Catalogue
from hvbot.runtime import Runtime
from hvbot.services.programs import setting, the_program
from hvbot.services.rounds.audience import LOOK_AT, NOT_ASKED, Pass, Verdict, look_at, open_pass, slices
from hvbot.services.rounds.first_texts import letters
from hvbot.services.rounds.making import the_round_of


@dataclass(frozen=True, slots=True)
class LanguageCost:
    """What a language's first texts come to. `cost` is in US dollars."""

    language: str
    texts: int
    segments: int
    cost: float
    review: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a start would do."""

    round_id: int
    name: str
    seed: int
    sample: int | None
    homes: int
    languages: tuple[LanguageCost, ...]
    not_asked: dict[str, int]
    not_asked_homes: tuple[tuple[str, str], ...]
    first_at: datetime | None


@dataclass(slots=True)
class Sum:
    """What has been counted so far."""

    homes: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    segments: Counter[str] = field(default_factory=Counter)
    not_asked: list[tuple[str, str]] = field(default_factory=list)
    first_at: datetime | None = None


def preview(runtime: Runtime, round_id: int) -> Preview:
    """What a start would do now: who, in which language, at what cost, and when. Nothing is written."""
    with runtime.sessions() as session:
        now = runtime.clock.now()
        the_round = the_round_of(session, round_id)
        program = the_program(session, now)
        this = open_pass(session, the_round, program, runtime.catalogue, now)
        total = Sum()
        for piece in slices(this.roll, LOOK_AT):
            add(total, this, look_at(session, this, piece), runtime.catalogue)
        return Preview(
            the_round.id,
            the_round.name,
            the_round.seed,
            the_round.sample,
            total.homes,
            language_costs(runtime.catalogue, total, setting(program, "segment_cents")),
            dict(Counter(reason for _, reason in total.not_asked)),
            tuple(total.not_asked),
            total.first_at,
        )


def add(total: Sum, this: Pass, verdicts: list[Verdict], catalogue: Catalogue) -> None:
    """Count some homes."""
    for home, why_not in verdicts:
        if why_not:
            total.not_asked.append((home.ref, why_not))
            continue
        total.homes += 1
        for row in letters(catalogue, home, 0, this.teams[home.school_id].site, this.program.id, this.now):
            add_text(total, row)


def add_text(total: Sum, row: dict[str, Any]) -> None:
    """Count a text."""
    total.texts[row["language"]] += 1
    total.segments[row["language"]] += row["segments"]
    total.first_at = min(total.first_at or row["not_before"], row["not_before"])


def language_costs(catalogue: Catalogue, total: Sum, cents: float) -> tuple[LanguageCost, ...]:
    """Texts, segments and cost of each language."""
    return tuple(
        LanguageCost(
            code,
            total.texts[code],
            total.segments[code],
            total.segments[code] * cents / 100,
            catalogue.languages[code].review,
        )
        for code in sorted(total.texts)
    )


def describe_preview(found: Preview) -> str:
    """The preview as a person reads it."""
    lines = [
        f"Round {found.round_id}: {found.name}",
        f"Drawn: {'everybody' if found.sample is None else f'{found.sample} homes'}, seed {found.seed}",
        f"Homes to ask: {found.homes}",
        *(
            f"  {it.language}: {it.texts} texts, {it.segments} segments, about ${it.cost:.2f} ({it.review})"
            for it in found.languages
        ),
        f"Total: {sum(it.segments for it in found.languages)} segments, about ${sum(it.cost for it in found.languages):.2f}",
        f"First texts leave: {found.first_at.isoformat() if found.first_at else 'none'}",
        f"Homes not asked: {sum(found.not_asked.values())}",
        *(f"  {count} {NOT_ASKED[reason]}" for reason, count in sorted(found.not_asked.items())),
        *(
            f"    home of {ref.lstrip('~')}: {NOT_ASKED[reason]}"
            for ref, reason in found.not_asked_homes[:20]
            if reason != "not_drawn"
        ),
    ]
    return "\n".join(lines)
