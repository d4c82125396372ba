"""The office: somebody works the list of what waits for a person, oldest first, as far as a day's hours go."""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from hvbot.models import Attention, User
from hvbot.runtime import Runtime
from hvbot.services.replies import ReplyRefused, queue_reply, settle
from hvbot.services.users import add_user

OFFICE = "office@example.org"
WRITES = frozenset({"question", "not_understood", "times_in_own_words", "none_suit", "words_after_visit"})
WORDS = "Hello, this is the school office. Thank you for writing. We are glad to help."
A_DAY = 0.9
MINUTES = timedelta(minutes=3)
AT_WORK = range(5)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works there, and what chance decides from."""

    user_id: int
    seed: int

    def work(self, runtime: Runtime) -> int:
        """Look at most of the matters that wait: some get an answer in a person's words. How many were settled."""
        with runtime.sessions() as session:
            waiting = select(Attention.id, Attention.reason, Attention.conversation_id, Attention.key)
            matters = session.execute(waiting.where(Attention.status != "resolved").order_by(Attention.since)).all()
        settled = 0
        for matter in matters:
            chance = random.Random(f"{self.seed}:{matter.key}")  # noqa: S311 - an office to order
            if chance.random() < A_DAY:
                settled += self.settle(runtime, matter.id, matter.conversation_id, matter.reason in WRITES)
        return settled

    def settle(self, runtime: Runtime, matter: int, conversation_id: int | None, writes: bool) -> bool:
        """Answer, where that is what the matter asks for, and settle it."""
        now = runtime.clock.now()
        with runtime.writing() as session:
            if writes and conversation_id:
                with suppress(ReplyRefused):  # They ended all texts: the office phones.
                    queue_reply(session, conversation_id, WORDS, user_id=self.user_id, now=now, token=str(matter))
            return settle(session, matter, user_id=self.user_id, now=now)


def open_desk(runtime: Runtime, seed: int) -> Desk:
    """Give the office its user."""
    add_user(runtime, OFFICE, "coordinator")
    with runtime.sessions() as session:
        return Desk(session.scalars(select(User.id).where(User.email == OFFICE)).one(), seed)
