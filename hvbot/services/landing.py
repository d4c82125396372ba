"""Between the claim of a text and its hand-over somebody may end all texts: nothing begins to leave after our answer to that.

A worker commits its claim, then looks at the leave of everybody in the batch, and again every `LOOK_S`. A stop that it did
not see was committed later than that claim, so whoever takes in the stop finds the text on its way and waits for as long
as a worker may go without looking before the carrier gets its answer.
"""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hvbot.models import Conversation, OutboundText
from hvbot.runtime import Runtime
from hvbot.services.gate import PURPOSES

LOOK_S = 0.1
# Twice that and more: a worker's threads may stand still for a moment.
LONGEST_S = 0.3
PAUSE_S = 0.02
TEXTS: Any = OutboundText.__table__
CONVERSATIONS: Any = Conversation.__table__
LEAVE = select(CONVERSATIONS.c.id, CONVERSATIONS.c.consent).where(
    CONVERSATIONS.c.id.in_(bindparam("numbers", expanding=True))
)
FAREWELLS = sorted(name for name, purpose in PURPOSES.items() if purpose.once)
ON_ITS_WAY = (
    select(TEXTS.c.id)
    .where(
        TEXTS.c.conversation_id == bindparam("number"),
        TEXTS.c.status == "sending",
        TEXTS.c.purpose.not_in(FAREWELLS),
    )
    .limit(1)
)


def changed_consents(session: Session, known: Mapping[int, str]) -> frozenset[int]:
    """The numbers whose leave to text is no longer what was known."""
    rows = session.execute(LEAVE, {"numbers": list(known)})
    return frozenset(row.id for row in rows if row.consent != known[row.id])


def let_land(runtime: Runtime, conversation_id: int) -> None:
    """Wait, a moment at most, until no hand-over to a number can begin any more."""
    for _ in range(round(LONGEST_S / PAUSE_S)):
        with runtime.sessions() as session:
            if session.scalar(ON_ITS_WAY, {"number": conversation_id}) is None:
                return
        time.sleep(PAUSE_S)
