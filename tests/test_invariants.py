"""Every invariant bites: the data are broken on purpose, and it sees that."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from hvbot.simulation.carrier import Entry
from hvbot.simulation.ledger import Ledger
from hvbot.simulation.watch import Watch
from tests.support import builders
from tests.support.invariants import INVARIANTS, violations
from tests.support.season import Season, open_season

SPOIL = {
    "I2 two places": "UPDATE visit SET starts_at = (SELECT max(starts_at) FROM visit WHERE status = 'booked') WHERE status = 'booked'",
    "I3 one visit": "UPDATE visit SET status = 'booked' WHERE status = 'moved'",
    "I5 silent loss": "UPDATE outbound_text SET intent = 'lost:' || id",
    "I9 everybody knows": "UPDATE outbound_text SET body = replace(body, '10 dic', '11 dic')",
    "I10 leave": "UPDATE conversation SET consent = 'granted' WHERE consent = 'revoked'",
    "I11 status": "UPDATE outbound_text SET status = 'sent'",
    "I12 expired": "UPDATE visit SET created_at = starts_at",
    "I14 right family": "UPDATE visit SET household_id = (SELECT max(id) FROM household WHERE id <> visit.household_id)",
    "I17 liveness": "UPDATE reminder SET queued_at = NULL, due_at = (SELECT min(created_at) FROM visit)",
    "I18 audit": "UPDATE visit SET status = 'confirmed' WHERE status = 'moved'",
    "I19 language": "UPDATE outbound_text SET language = 'en-x-gap'",
}


@pytest.fixture
def season(sqlite_url: str) -> Iterator[Season]:
    """Rosa moves her visit, Carlos is told, Amina ends the texts, Kim has a visit and is reminded."""
    season = open_season(sqlite_url)
    builders.a_school(season)
    first, second = builders.okafor_and_lee(season)
    assert first < second
    builders.a_home(season, ("Rosa", "es"), ("Carlos", "en"))
    builders.a_home(season, ("Amina", "ar"))
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    for who, words in (("Rosa", "1"), ("Rosa", "1"), ("Rosa", "cambiar"), ("Rosa", "2"), ("Kim", "yes"), ("Kim", "3")):
        writes(season, who, words)
    writes(season, "Amina", "لا ترسلوا لي رسائل")
    season.run_until(datetime(2026, 12, 10, 16, 0, tzinfo=UTC))
    yield season
    season.runtime.engine.dispose()


def writes(season: Season, who: str, words: str) -> None:
    season.clock.advance(minutes=1)
    season.text(who, words)
    season.tick()


def spoil(season: Season, statement: str) -> None:
    """Change the data behind everybody's back, past the constraints that are in the way."""
    with season.runtime.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("DROP INDEX uq_visit_live")
        connection.execute(text(statement))
        connection.commit()


def broken(season: Season) -> set[str]:
    return {found.partition(":")[0] for found in violations(season)}


def watched(season: Season) -> set[str]:
    """What the simulator's watch sees, which looks home by home and only at what was touched."""
    watch = Watch(season.clock.now() - timedelta(days=60))
    watch.look(season.runtime, season.carrier)
    return set(watch.counts)


def last_to(season: Season, who: str) -> Entry:
    return [entry for entry in season.carrier.sent if entry.number == season.people[who]][-1]


def test_a_season_that_went_well_breaks_nothing(season: Season) -> None:
    assert violations(season) == []
    assert watched(season) == set()


@pytest.mark.parametrize("name", SPOIL)
def test_broken_data_are_seen(season: Season, name: str) -> None:
    spoil(season, SPOIL[name])

    assert name in broken(season)
    assert name in watched(season)


@pytest.mark.parametrize(("minutes", "is_broken"), [(5, False), (20, True)])
def test_a_text_in_doubt_tells_nobody_once_a_person_should_have_looked(
    season: Season, minutes: int, is_broken: bool
) -> None:
    to_kim = [entry for entry in season.carrier.sent if entry.number == season.people["Kim"]]
    for entry in to_kim:
        season.carrier.entries[season.carrier.entries.index(entry)] = replace(entry, outbound_id=0)
    lease = (season.clock.now() - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")
    ids = ", ".join(str(entry.outbound_id) for entry in to_kim)
    spoil(season, f"UPDATE outbound_text SET status = 'unknown', lease_until = '{lease}' WHERE id IN ({ids})")

    assert ("I9 everybody knows" in broken(season)) is is_broken


def after_stop(season: Season) -> None:
    season.carrier.note(replace(last_to(season, "Amina"), at=season.clock.now(), outbound_id=1))


def never_stored(season: Season) -> None:
    season.carrier.note(Entry("answer", season.clock.now(), "+12025550123", "hi", "SM" + "f" * 32, status=200))


def sent_twice(season: Season) -> None:
    season.carrier.note(last_to(season, "Kim"))


def after_the_visit(season: Season) -> None:
    reminder = next(entry for entry in season.carrier.sent if "tomorrow" in entry.body)
    season.carrier.note(replace(reminder, at=season.clock.now() + timedelta(days=30)))


def at_midnight(season: Season) -> None:
    places = [n for n, entry in enumerate(season.carrier.entries) if entry.kind == "sent"]
    entry = season.carrier.entries[places[0]]
    season.carrier.entries[places[0]] = replace(entry, at=entry.at.replace(hour=5))


def never_told_of_the_end(season: Season) -> None:
    spoil(season, "UPDATE visit SET status = 'canceled' WHERE version = 2")


def many_times(season: Season) -> None:
    asked = season.carrier.sent[0]
    for _ in range(9):
        season.carrier.note(replace(asked, at=asked.at + timedelta(minutes=1)))


FORGED: dict[str, Callable[[Season], None]] = {
    "I1 stop": after_stop,
    "I4 one turn": never_stored,
    "I6 one send": sent_twice,
    "I7 reminders": after_the_visit,
    "I8 confirmations": never_told_of_the_end,
    "I13 quiet": at_midnight,
    "I20 spend": many_times,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_log_is_seen(season: Season, name: str) -> None:
    FORGED[name](season)

    assert name in broken(season)
    assert name in watched(season)


@pytest.mark.parametrize("mark", ["", "\u200f"])
def test_a_time_that_is_only_offered_is_not_told(season: Season, mark: str) -> None:
    ledger = Ledger(season.runtime, season.carrier)
    visit = ledger.visits[-1]
    when = ledger.when(visit, "en")
    offered = SimpleNamespace(language="en", body=f"The teachers can't come. New times:\n{mark}1) {when}")
    told = SimpleNamespace(language="en", body=f"The teachers can't come {when}. New times:\n{mark}1) Monday")

    assert not ledger.tells(offered, visit)
    assert ledger.tells(told, visit)


def test_every_invariant_has_somebody_who_breaks_it() -> None:
    assert set(INVARIANTS) == set(SPOIL) | set(FORGED)
