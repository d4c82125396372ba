"""A database that is locked, full, lost with the power, or yesterday's: what was answered is kept, nothing is half done."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, update

from hvbot.channels.port import Fault as ChannelFault
from hvbot.channels.port import SendError
from hvbot.channels.twilio import TwilioChannel
from hvbot.models import Conversation, InboundText, OutboundText, Program, Tick, Visit
from hvbot.runtime import Runtime
from hvbot.services.comeback import AWAY, SENDING, is_held
from hvbot.services.outbox import send_due
from hvbot.services.reconciling import compare_after_pause, reconcile
from hvbot.services.ticks import note
from hvbot.web.webhooks import sign
from hvbot.worker import TASKS, tick
from tests.support import builders
from tests.support.carrier import ACCOUNT, SERVICE, TOKEN, Place, lay_out, runtime_for, settings_for
from tests.support.fake_twilio import FakeTwilio
from tests.support.season import INBOUND, Season, form_of, webhook_of

NOT_NOW = 503
STEP, MOST_STEPS = 40, 2000


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """These faults are told of SQLite's file; PostgreSQL's are in tests/processes."""
    return sqlite_url


def file_of(season: Season) -> Path:
    return Path(season.database_url.removeprefix("sqlite:///"))


def answer_to(season: Season, form: dict[str, str]) -> int:
    """What the carrier gets for a text that we may not be able to take."""
    headers = sign(season.runtime.settings, INBOUND, form)
    return webhook_of(season.runtime).test_client().post(INBOUND, data=form, headers=headers).status_code


@contextmanager
def pragma(runtime: Runtime, statement: str) -> Iterator[None]:
    """Every connection that is opened meanwhile has this setting."""

    def apply(connection: Any, _record: object) -> None:
        connection.execute(statement)

    runtime.engine.dispose()
    event.listen(runtime.engine, "connect", apply)
    try:
        yield
    finally:
        event.remove(runtime.engine, "connect", apply)
        runtime.engine.dispose()


@pytest.mark.fault(20)
def test_a_text_that_finds_the_database_locked_is_sent_elsewhere_and_then_taken_once(season: Season) -> None:
    form = form_of("SM" + "a" * 32, season.people["Kim"], "yes")
    with pragma(season.runtime, "PRAGMA busy_timeout=100"), closing(sqlite3.connect(file_of(season))) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert answer_to(season, form) == NOT_NOW
        writer.rollback()
        assert answer_to(season, form) == 200

    assert season.rows(select(InboundText.body)) == ["yes"]
    assert builders.conversation(season, "Kim").consent == "granted"


@pytest.mark.fault(53)
def test_a_full_disk_takes_nothing_sends_nothing_and_needs_no_repair(season: Season) -> None:
    season.text("Kim", "yes")
    sent = len(season.carrier.sent)
    with closing(sqlite3.connect(file_of(season))) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    long = "no words " * 1000
    with pragma(season.runtime, f"PRAGMA max_page_count={pages}"):
        forms = [form_of(f"SM{n:032x}", season.people["Kim"], long) for n in range(100, 104)]
        answers = [answer_to(season, form) for form in forms]
    assert answers[-1] == NOT_NOW
    assert season.one(select(func.count(InboundText.id))) == 1 + answers.count(200)
    assert len(season.carrier.sent) == sent

    assert [answer_to(season, form) for form in forms] == [200] * 4
    season.tick()
    assert season.one(select(func.count(InboundText.id))) == 5
    assert set(season.rows(select(OutboundText.status))) == {"delivered"}


@pytest.mark.fault(53)
def test_nothing_leaves_that_could_not_be_recorded(season: Season) -> None:
    season.text("Kim", "yes")
    sent = len(season.carrier.sent)
    with pragma(season.runtime, "PRAGMA query_only=1"), pytest.raises(Exception, match="readonly"):
        send_due(season.runtime)
    assert len(season.carrier.sent) == sent

    season.tick()
    assert len(season.carrier.sent) == sent + 2


@pytest.mark.fault(54)
def test_what_was_answered_survives_the_loss_of_the_process(season: Season, tmp_path: Path) -> None:
    with season.runtime.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2, "FULL"
    for body in ("yes", "1"):
        season.text("Kim", body)
        for part in ("", "-wal"):
            shutil.copy(f"{file_of(season)}{part}", tmp_path / f"left.db{part}")
        with closing(sqlite3.connect(tmp_path / "left.db")) as left:
            assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert left.execute("SELECT body FROM inbound_text ORDER BY id DESC").fetchone() == (body,)
            assert left.execute("SELECT count(*) FROM visit").fetchone() == (int(body == "1"),)
            assert left.execute("SELECT count(*) FROM outbound_text WHERE status = 'queued'").fetchone() != (0,)
        (tmp_path / "left.db-wal").unlink(missing_ok=True)


@contextmanager
def interrupted_after(runtime: Runtime, steps: int) -> Iterator[None]:
    """SQLite gives up after so many steps of its work."""
    left = [steps]

    def count() -> bool:
        left[0] -= 1
        return left[0] < 0

    def prepare(connection: Any, _record: object) -> None:
        connection.set_progress_handler(count, STEP)

    runtime.engine.dispose()
    event.listen(runtime.engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(runtime.engine, "connect", prepare)
        runtime.engine.dispose()


@pytest.mark.fault(12)
def test_a_turn_that_ends_anywhere_leaves_nothing_or_all(season: Season) -> None:
    season.text("Kim", "yes")
    season.tick()
    form = form_of("SM" + "b" * 32, season.people["Kim"], "1")
    before, ends = counted(season), 0
    for steps in range(MOST_STEPS):
        with interrupted_after(season.runtime, steps):
            answer = answer_to(season, form)
        if answer == 200:
            break
        ends += 1
        assert (answer, counted(season)) == (NOT_NOW, before)

    assert ends > 10
    assert counted(season) == [before[0] + 1, 1, before[2] + 3]
    season.tick()
    assert sum("You are set" in body for body in season.bodies("Kim")) == 1


def counted(season: Season) -> list[int]:
    """How many texts came in, visits are set, texts are to leave."""
    return [season.one(select(func.count(table.id))) for table in (InboundText, Visit, OutboundText)]


def back_up(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "test.db")) as live, closing(sqlite3.connect(folder / "copy.db")) as copy:
        live.backup(copy)


def restore(folder: Path) -> None:
    for part in ("-wal", "-shm"):
        (folder / f"test.db{part}").unlink(missing_ok=True)
    shutil.copy(folder / "copy.db", folder / "test.db")


def does_not_answer() -> None:
    raise SendError(ChannelFault.RETRY)


@pytest.fixture
def restored(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[Place, FakeTwilio, int]]:
    """A school whose database is yesterday's: since then a text that was queued has left, and its reader wrote STOP."""
    with FakeTwilio(ACCOUNT, TOKEN) as twilio:
        number = {"sid": "PN" + "c" * 32, "phone_number": "+12025550100"}
        twilio.numbers.append(number)
        twilio.services[SERVICE] = {}
        twilio.pools["phone_numbers"] = [number]
        settings = settings_for(sqlite_url, twilio_api_url=twilio.url)
        runtime = runtime_for(sqlite_url, TwilioChannel(settings), twilio_api_url=twilio.url)
        place = lay_out(runtime)
        now = runtime.clock.now()
        place.change(Program, place.program, created_at=now - timedelta(days=7))
        rosa, ana = place.number(), place.number()
        queued = place.text(rosa, "reminder", not_before=now)
        place.text(ana, "reminder", not_before=now, body="text to Ana")
        with runtime.writing() as session:
            note(session, SENDING, now - timedelta(hours=20))
        back_up(tmp_path)
        with runtime.writing() as session:
            note(session, SENDING, now)
        send_due(runtime)
        assert place.row(queued).status == "sent"
        for message in twilio.created:
            message.status = "delivered"
        address = place.get(Conversation, rosa).address
        twilio.hears(address, "please stop texting me", now)
        runtime.engine.dispose()
        restore(tmp_path)
        assert place.row(queued).status == "queued"
        yield place, twilio, rosa
        runtime.engine.dispose()


@pytest.mark.fault(55)
def test_after_a_restore_ends_of_texts_are_learned_again_from_the_carrier(
    restored: tuple[Place, FakeTwilio, int],
) -> None:
    place, twilio, rosa = restored

    reconcile(place.runtime)
    send_due(place.runtime)

    assert place.get(Conversation, rosa).consent == "revoked"
    assert [message.body for message in twilio.created].count("text 1") == 1


@pytest.mark.fault(55)
def test_after_a_restore_nothing_leaves_before_the_carrier_was_asked(restored: tuple[Place, FakeTwilio, int]) -> None:
    place, twilio, rosa = restored
    task = next(task for task in TASKS if task.do is send_due)

    tick(place.runtime, task, lambda: True)
    tick(place.runtime, task, lambda: True)
    assert sorted(message.body for message in twilio.created) == ["text 1", "text to Ana"], "yesterday's two"

    compare_after_pause(place.runtime)
    fresh = place.text(place.number(), "reminder", body="text of today")
    tick(place.runtime, task, lambda: True)

    bodies = Counter(message.body for message in twilio.created)
    assert [bodies[body] for body in ("text 1", "text to Ana", "text of today")] == [1, 1, 1]
    assert place.row(fresh).status == "sent"
    assert place.get(Conversation, rosa).consent == "revoked"


@pytest.mark.fault(55)
def test_a_text_in_doubt_is_not_mistaken_for_a_queued_one_with_the_same_words(
    restored: tuple[Place, FakeTwilio, int],
) -> None:
    place, twilio, _rosa = restored
    number = place.number()
    doubtful = place.text(number, "reminder", body="the same")
    with place.runtime.writing() as session:
        session.execute(update(OutboundText).where(OutboundText.id == doubtful).values(status="unknown"))
    queued = place.text(number, "reminder", body="the same")
    form = {"To": place.get(Conversation, number).address, "From": "+12025550100", "Body": "the same"}
    twilio.accept(form).status = "delivered"

    send_due(place.runtime)
    compare_after_pause(place.runtime)

    assert (place.row(doubtful).status, place.row(queued).status) == ("delivered", "queued")


@pytest.mark.fault(55)
def test_a_carrier_that_cannot_be_asked_after_a_restore_is_given_nothing(
    restored: tuple[Place, FakeTwilio, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, twilio, _rosa = restored
    monkeypatch.setattr(TwilioChannel, "said_since", lambda *_: does_not_answer())

    send_due(place.runtime)
    compare_after_pause(place.runtime)
    send_due(place.runtime)

    assert len(twilio.created) == 2
    assert is_held(place.runtime)


@pytest.mark.fault(55)
def test_neither_the_first_start_nor_a_short_pause_delays_anything(restored: tuple[Place, FakeTwilio, int]) -> None:
    place, _twilio, _rosa = restored
    now = place.runtime.clock.now()
    for last_at in (None, now - AWAY / 2):
        with place.runtime.writing() as session:
            session.execute(delete(Tick))
            if last_at:
                note(session, SENDING, last_at)
        queued = place.text(place.number(), "reminder", body=f"text after {last_at}")

        send_due(place.runtime)

        assert place.row(queued).status == "sent"
