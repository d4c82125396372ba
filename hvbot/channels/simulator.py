"""A carrier inside this process: accepts texts, reports them delivered, and acts on opt-out words as Twilio does.

It keeps only what a carrier must: who is blocked, and what was accepted lately. What was said is in the database.
"""

import hashlib
import random
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hvbot.channels.port import Fault, Listed, Parcel, Receipt, SendError
from hvbot.clock import Clock, WallClock

# Twilio's default words on long codes; a whole message, in any case, with nothing around it.
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START_WORDS = frozenset({"start", "yes", "unstop"})
OPTED_OUT = 21610
TOO_MANY = 20429
UNASSIGNED = 30005
KEPT_A_NUMBER = 200


@dataclass(frozen=True, slots=True)
class Faults:
    """How often, from 0 to 1, the carrier misbehaves.

    `busy`: refuses for now. `lost_before`, `lost_after`: no answer, the text not accepted or accepted. `dead`: share of
    numbers that nobody has. `twice`: a status comes twice. `never`: no status comes.
    """

    busy: float = 0.0
    lost_before: float = 0.0
    lost_after: float = 0.0
    dead: float = 0.0
    twice: float = 0.0
    never: float = 0.0


NO_FAULTS = Faults()


class SimulatorChannel:
    """The simulated carrier. With the same seed the same texts meet the same faults, whatever the threads do."""

    name = "simulator"

    def __init__(self, clock: Clock | None = None, seed: int = 0, faults: Faults = NO_FAULTS) -> None:
        self.clock = clock or WallClock()
        self.seed = seed
        self.faults = faults
        self.lock = threading.Lock()
        self.blocked: set[str] = set()
        self.held: dict[str, deque[Listed]] = defaultdict(lambda: deque(maxlen=KEPT_A_NUMBER))
        self.tries: dict[int, int] = defaultdict(int)
        self.waiting: list[tuple[int, dict[str, str]]] = []

    def send(self, parcel: Parcel) -> Receipt:
        """Accept one text; see the port."""
        with self.lock:
            self.tries[parcel.outbound_id] += 1
            chance = self.chance(f"{parcel.outbound_id}:{self.tries[parcel.outbound_id]}")
            if parcel.to in self.blocked:
                raise SendError(Fault.OPTED_OUT, OPTED_OUT)
            self.misbehave(chance)
            receipt = self.accept(parcel, chance)
            if chance.random() < self.faults.lost_after:
                raise SendError(Fault.UNKNOWN)
            return receipt

    def sent_to(self, to: str, since: datetime) -> Sequence[Listed]:
        """List what was accepted for a number; see the port."""
        with self.lock:
            return [text for text in reversed(self.held[to]) if text.created_at is None or text.created_at >= since]

    def statuses(self) -> Sequence[tuple[int, dict[str, str]]]:
        """Hand over the status callbacks that are due."""
        with self.lock:
            due, self.waiting = self.waiting, []
            return due

    def hears(self, sender: str, body: str) -> None:
        """Block or unblock a number that wrote one of the carrier's own words."""
        word = body.strip().casefold()
        with self.lock:
            if word in STOP_WORDS:
                self.blocked.add(sender)
            elif word in START_WORDS:
                self.blocked.discard(sender)

    def misbehave(self, chance: random.Random) -> None:
        """Fail before the text is accepted, as often as asked for."""
        if chance.random() < self.faults.busy:
            raise SendError(Fault.RETRY, TOO_MANY)
        if chance.random() < self.faults.lost_before:
            raise SendError(Fault.UNKNOWN)

    def accept(self, parcel: Parcel, chance: random.Random) -> Receipt:
        """Keep a text, and what will be said of it."""
        sid = "SM" + hashlib.sha256(f"{self.seed}:{chance.random()}:{parcel.outbound_id}".encode()).hexdigest()[:32]
        now = self.clock.now()
        self.held[parcel.to].append(Listed(sid, parcel.to, parcel.body, "delivered", None, now))
        status = {"MessageSid": sid, "MessageStatus": "delivered"}
        if self.is_dead(parcel.to):
            status |= {"MessageStatus": "undelivered", "ErrorCode": str(UNASSIGNED)}
        if chance.random() >= self.faults.never:
            copies = 2 if chance.random() < self.faults.twice else 1
            self.waiting += [(parcel.outbound_id, status)] * copies
        return Receipt(sid, "queued")

    def is_dead(self, number: str) -> bool:
        """Tell whether nobody has this number."""
        return self.chance(number).random() < self.faults.dead

    def chance(self, key: str) -> random.Random:
        """Chance that depends on the seed and the key alone."""
        return random.Random(f"{self.seed}:{key}")  # noqa: S311 - faults to order, no secret
