"""The carrier's list beside ours: nothing that was written to us is lost, and nothing is taken in twice."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from hvbot.channels.port import Remembers
from hvbot.channels.twilio import TwilioChannel
from hvbot.conversation.state import Open, State, Step, to_json
from hvbot.models import Attention, Conversation, InboundText, OutboundText, Program
from hvbot.services.inbound import Incoming, receive
from hvbot.services.reconciling import reconcile
from tests.support.carrier import ACCOUNT, SERVICE, TOKEN, Place, lay_out, runtime_for, settings_for
from tests.support.fake_twilio import FakeTwilio, Message

OURS = "+12025550100"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Desk:
    place: Place
    twilio: FakeTwilio
    contact: int

    @property
    def now(self) -> datetime:
        return self.place.runtime.clock.now()

    @property
    def sender(self) -> str:
        return self.one(select(Conversation.address).where(Conversation.id == self.contact))

    def rows(self, statement: Any) -> list[Any]:
        with self.place.runtime.sessions() as session:
            return list(session.execute(statement).scalars())

    def one(self, statement: Any) -> Any:
        (row,) = self.rows(statement)
        return row

    def change(self, table: Any, **values: Any) -> None:
        with self.place.runtime.writing() as session:
            session.execute(update(table).values(**values))

    def heard(self, body: str, ago: timedelta = HOUR, **more: Any) -> str:
        return self.twilio.hears(self.sender, body, self.now - ago, **more)

    def stored(self) -> list[str]:
        return self.rows(select(InboundText.body).order_by(InboundText.id))

    def reasons(self) -> list[str]:
        return self.rows(select(Attention.reason))


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A school on Twilio's stand-in, open for a week, and a family with which leave is open."""
    with FakeTwilio(ACCOUNT, TOKEN) as twilio:
        number = {"sid": "PN" + "c" * 32, "phone_number": OURS}
        twilio.numbers.append(number)
        twilio.services[SERVICE] = {}
        twilio.pools["phone_numbers"] = [number]
        settings = settings_for(database_url, twilio_api_url=twilio.url)
        runtime = runtime_for(database_url, TwilioChannel(settings), twilio_api_url=twilio.url)
        place = lay_out(runtime)
        desk = Desk(place, twilio, place.number(consent="asked"))
        desk.change(Program, created_at=desk.now - 7 * DAY)
        asked = State().asking(Open(Step.CONSENT, desk.now - 2 * DAY))
        desk.change(Conversation, state=to_json(asked))
        yield desk
        runtime.engine.dispose()


def test_a_text_that_never_reached_us_is_taken_in_once(desk: Desk) -> None:
    assert isinstance(desk.place.runtime.channel, Remembers)
    sid = desk.heard("yes")

    assert reconcile(desk.place.runtime) == 1
    assert reconcile(desk.place.runtime) == 0
    receive(desk.place.runtime, Incoming(sid, desk.sender, "yes"))

    assert desk.stored() == ["yes"]
    assert desk.one(select(Conversation.consent)) == "granted"


@pytest.mark.fault(5)
def test_texts_are_taken_in_as_they_were_written(desk: Desk) -> None:
    desk.heard("stop texting me", HOUR)
    desk.heard("yes", 2 * HOUR)

    reconcile(desk.place.runtime)

    assert desk.stored() == ["yes", "stop texting me"]
    assert desk.one(select(Conversation.consent)) == "revoked"


@pytest.mark.fault(5)
@pytest.mark.parametrize("body", ["2", "yes"])
def test_what_was_written_before_the_newest_question_is_read_by_a_person(desk: Desk, body: str) -> None:
    desk.heard(body, HOUR)
    asked = State().asking(Open(Step.CONSENT, desk.now - HOUR / 2))
    desk.change(Conversation, state=to_json(asked))

    reconcile(desk.place.runtime)

    assert desk.stored() == [body]
    assert desk.one(select(Conversation.consent)) == "asked"
    assert "late_text" in desk.reasons()


def test_an_end_of_texts_counts_however_late_it_comes(desk: Desk) -> None:
    desk.heard("STOP", HOUR)
    desk.change(Conversation, state=to_json(State().asking(Open(Step.CONSENT, desk.now))))

    reconcile(desk.place.runtime)

    assert desk.one(select(Conversation.consent)) == "revoked"


def test_what_is_old_not_ours_or_before_our_time_is_left_alone(desk: Desk) -> None:
    desk.heard("yes", 3 * DAY)
    desk.heard("yes", to="+12025550177")
    desk.heard("You are opted out", direction="outbound-reply")
    desk.change(Program, created_at=desk.now - HOUR)
    desk.heard("yes", 2 * HOUR)

    assert reconcile(desk.place.runtime) == 0
    assert desk.stored() == []
    assert desk.reasons() == []


@pytest.mark.fault(19)
def test_a_report_that_never_came_is_caught_up(desk: Desk) -> None:
    for n, status in enumerate(("delivered", "undelivered", "sent")):
        sid = f"SM{n:032x}"
        desk.twilio.created.append(Message(sid, {"To": desk.sender, "Body": "x"}, desk.now - HOUR, status))
        desk.place.text(desk.contact, status="sent", carrier_id=sid)

    assert reconcile(desk.place.runtime) == 2
    assert reconcile(desk.place.runtime) == 0

    assert desk.rows(select(OutboundText.status).order_by(OutboundText.id)) == ["delivered", "failed", "sent"]


def test_texts_from_our_number_that_are_not_ours_are_told_to_a_person(desk: Desk) -> None:
    desk.twilio.created.append(Message("SM" + "f" * 32, {"To": desk.sender, "Body": "x"}, desk.now - 2 * HOUR, "sent"))
    desk.twilio.created.append(Message("SM" + "e" * 32, {"To": desk.sender, "Body": "x"}, desk.now, "sent"))

    reconcile(desk.place.runtime)

    assert desk.one(select(Attention.detail).where(Attention.reason == "carrier_knows_more")) == "1 texts"


def test_a_carrier_that_does_not_list_changes_nothing(desk: Desk) -> None:
    desk.heard("yes")
    desk.twilio.services.clear()

    assert reconcile(desk.place.runtime) == 0
    assert desk.stored() == []


def test_four_workers_take_a_lost_text_in_once(desk: Desk) -> None:
    desk.heard("yes")
    threads = [threading.Thread(target=reconcile, args=(desk.place.runtime,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert desk.stored() == ["yes"]
