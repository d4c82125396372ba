"""Texts that come twice, at once, again or late: each is taken once, as if one had come after the other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hvbot.models import Consent, InboundText, OutboundText, Visit
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season, form_of, open_runtime, open_season

COPIES, PROCESSES = 3, 4
WORDS = ("1", "1", "change", "2", "change", "3", "thanks", "change", "1", "hello")


@contextmanager
def web_processes(season: Season, count: int) -> Iterator[list[Season]]:
    """The same season, seen by several processes with a pool and a lock of their own."""
    others = [open_runtime(season.database_url, season.carrier, season.clock) for _ in range(count)]
    try:
        yield [replace(season, runtime=runtime) for runtime in others]
    finally:
        for runtime in others:
            runtime.engine.dispose()


def at_once(*acts: Callable[[], Any]) -> None:
    """Do everything at the same moment; what fails in a thread fails here."""
    barrier, problems = threading.Barrier(len(acts)), []

    def work(act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []


def new_form(season: Season, who: str, body: str) -> dict[str, str]:
    return form_of(f"SM{next(season.sids):032x}", season.people[who], body)


@pytest.mark.fault(2)
def test_copies_of_a_text_at_several_processes_are_taken_once(season: Season) -> None:
    with web_processes(season, PROCESSES) as processes:
        for body in WORDS:
            form = new_form(season, "Kim", body)
            at_once(*(lambda at=process, it=form: at.post(it) for process in processes * COPIES))
            season.clock.advance(minutes=1)
            season.tick()

    assert season.rows(select(InboundText.body).order_by(InboundText.id)) == list(WORDS)
    assert set(season.rows(select(InboundText.status))) == {"received"}
    assert season.one(select(func.count(Consent.id))) == 1
    assert violations(season) == []


@pytest.mark.fault(3)
def test_the_fallback_address_takes_what_the_first_had_taken_for_a_repeat(season: Season) -> None:
    season.text("Kim", "yes")
    form = new_form(season, "Kim", "1")
    season.post(form)
    with web_processes(season, 1) as (fallback,):
        fallback.post(form)
    season.tick()

    assert season.one(select(Visit.version)) == 1
    assert sum("You are set" in body for body in season.bodies("Kim")) == 1


@pytest.mark.fault(1, 45)
@pytest.mark.parametrize("days", [0, 30])
def test_a_text_that_comes_again_after_a_restart_or_a_month_has_no_effect(season: Season, days: int) -> None:
    for body in ("yes", "1"):
        form = new_form(season, "Kim", body)
        season.post(form)
    season.text("Kim", "change")
    season.run_until(season.clock.now() + timedelta(days=days))
    before = outcome(season)
    season.restart()

    season.post(form)
    season.tick()

    assert outcome(season) == before
    assert season.one(select(func.count(InboundText.id))) == 3


@pytest.mark.fault(4)
@pytest.mark.parametrize("second", ["no wait 2", "2", "STOP", "call me"])
def test_two_texts_at_once_end_as_if_one_had_come_after_the_other(season: Season, tmp_path: Path, second: str) -> None:
    season.text("Kim", "yes")
    season.tick()
    with web_processes(season, 2) as (one, other):
        at_once(lambda: one.text("Kim", "1"), lambda: other.text("Kim", second))
    season.tick()

    orders = [("1", second), (second, "1")]
    assert outcome(season) in [one_by_one(tmp_path / f"{n}.db", order) for n, order in enumerate(orders)]
    assert violations(season) == []


def one_by_one(file: Path, texts: tuple[str, ...]) -> tuple[Any, ...]:
    """How the same season ends when each text is taken before the next is written."""
    season = open_season(f"sqlite:///{file}")
    builders.a_school(season)
    builders.okafor_and_lee(season)
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")
    season.tick()
    for body in texts:
        season.text("Kim", body)
    season.tick()
    season.runtime.engine.dispose()
    return outcome(season)


def outcome(season: Season) -> tuple[Any, ...]:
    """What Kim was told, what is set, and what is allowed."""
    visits = season.rows(select(Visit.wall, Visit.status).order_by(Visit.id))
    return season.bodies("Kim"), visits, builders.conversation(season, "Kim").consent


@pytest.fixture
def scarce(database_url: str) -> Iterator[Season]:
    """Two willing families, shown three times that overlap."""
    season = open_season(database_url)
    builders.a_school(season)
    day = date(2026, 12, 3)
    builders.okafor_and_lee(season, (builders.on(season, day, time(15)), builders.on(season, day, time(16, 15))))
    for name in ("Kim", "Rosa"):
        builders.a_home(season, (name, "en"))
    builders.start(season)
    for name in ("Kim", "Rosa"):
        season.text(name, "yes")
    season.tick()
    yield season
    season.runtime.engine.dispose()


@pytest.mark.fault(24)
@pytest.mark.parametrize("minutes", [0, 15, 30])
def test_two_families_that_want_overlapping_times_at_once_are_not_both_told_yes(scarce: Season, minutes: int) -> None:
    wanted = {"Kim": "3:00", "Rosa": f"3:{minutes:02}"}
    assert all(f"{clock} PM" in scarce.bodies(name)[-1] for name, clock in wanted.items())

    with web_processes(scarce, 2) as (one, other):
        at_once(
            lambda: one.text("Kim", f"Thursday {wanted['Kim']} pm"),
            lambda: other.text("Rosa", f"Thursday {wanted['Rosa']} pm"),
        )
    scarce.tick()

    told = [scarce.bodies(name)[-1] for name in wanted]
    assert scarce.one(select(func.count(Visit.id))) == 1
    assert sum("You are set" in body for body in told) == 1
    assert violations(scarce) == []


@pytest.mark.fault(32)
@pytest.mark.parametrize("words", ["STOP", "take me off your list"])
@pytest.mark.parametrize("moment", ["before", "claimed", "accepted"])
def test_an_end_of_texts_while_one_is_on_its_way_lets_nothing_else_leave(
    season: Season, words: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in ("yes", "1"):
        season.text("Kim", body)
    said = len(season.bodies("Kim"))
    if moment == "before":
        season.text("Kim", words)
    else:
        monkeypatch.setattr(season.carrier, "send", ending(season, words, moment))

    season.run_until(season.clock.now() + timedelta(days=10))

    in_flight = 1 if moment == "accepted" or (moment == "claimed" and words != "STOP") else 0
    farewell = 0 if words == "STOP" else 1
    assert len(season.bodies("Kim")) - said == in_flight + farewell
    assert set(season.rows(select(OutboundText.status).where(OutboundText.purpose == "booked"))) <= FINAL
    assert builders.conversation(season, "Kim").consent == "revoked"
    assert season.one(select(Visit.status)) in {"booked", "done"}


FINAL = {"delivered", "dropped", "failed"}


def ending(season: Season, words: str, moment: str) -> Callable[[Any], Any]:
    """A carrier's `send` during which Kim ends the texts, before or after the carrier accepts."""
    send, done = season.carrier.send, []

    def meanwhile(parcel: Any) -> Any:
        if done or parcel.to != season.people["Kim"]:
            return send(parcel)
        done.append(words)
        if moment == "claimed":
            season.text("Kim", words)
            return send(parcel)
        receipt = send(parcel)
        season.text("Kim", words)
        return receipt

    return meanwhile
