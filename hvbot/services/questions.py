"""Opens questions in the conversations of people who did not write."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hvbot.conversation.state import Open, from_json, to_json
from hvbot.models import Conversation
from hvbot.models.batch import Batch, Write
from hvbot.models.database import Executor
from hvbot.models.prepared import Prepared, among, connection_of

CONVERSATIONS: Any = Conversation.__table__
# In a fixed order, so that two exchanges that ask the same people wait for one another instead of for ever.
STATES = Prepared(
    select(CONVERSATIONS.c.id, CONVERSATIONS.c.state)
    .where(among(CONVERSATIONS.c.id, "ids"))
    .order_by(CONVERSATIONS.c.id)
    .with_for_update(key_share=True)
)
ASKED = Write(CONVERSATIONS, changes=True)


def push_questions(session: Executor, questions: Sequence[tuple[int, Open]]) -> None:
    """Open each question in the conversation it is given with."""
    if not questions:
        return
    found = STATES.rows(session, {"ids": sorted({reader for reader, _ in questions})})
    states = {reader: from_json(state) for reader, state in found}
    for reader, question in questions:
        states[reader] = states[reader].asking(question)
    batch = Batch()
    for reader, state in states.items():
        batch.add(ASKED, {"id": reader, "state": to_json(state)})
    batch.run(connection_of(session))


def push_question(session: Executor, conversation_id: int, question: Open) -> None:
    """Open one question."""
    push_questions(session, [(conversation_id, question)])
