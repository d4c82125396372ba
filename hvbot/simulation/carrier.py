"""The simulated carrier as a witness: it keeps what it saw, in order, and can be away, late, or see a worker die."""

import heapq
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from hvbot.channels.port import Fault, Parcel, Receipt, SendError
from hvbot.channels.simulator import NO_FAULTS, Faults, SimulatorChannel
from hvbot.clock import Clock

GAPS = ("{", "None")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something the carrier saw: a text it `heard` and passed on, our `answer` to that, or a text it `sent` for us."""

    kind: Literal["heard", "answer", "sent"]
    at: datetime
    number: str
    body: str
    carrier_id: str = ""
    outbound_id: int = 0
    status: int = 0


class WorkerDied(BaseException):
    """The process is killed before it could record what the carrier said. Nothing in it may catch this, as nothing catches a
    SIGKILL.
    """


@dataclass(frozen=True, slots=True)
class Weather:
    """What goes wrong beside the carrier's own faults: shares from 0 to 1.

    `late`: a status comes hours later. `repeated`: a person's text is posted twice. `killed`: a worker dies while it hands
    over a text.
    """

    late: float = 0.0
    repeated: float = 0.0
    killed: float = 0.0


FAIR = Weather()
LATE = timedelta(hours=3)


class LoggingCarrier(SimulatorChannel):
    """The simulated carrier, keeping everything it saw in order.

    `bodies` says whether it keeps the words too; a long season cannot, and keeps only those that left with a gap.
    """

    def __init__(
        self, clock: Clock, seed: int = 0, faults: Faults = NO_FAULTS, weather: Weather = FAIR, *, bodies: bool = True
    ) -> None:
        super().__init__(clock, seed, faults)
        self.weather = weather
        self.bodies = bodies
        self.entries: list[Entry] = []
        self.places: dict[str, list[int]] = defaultdict(list)
        self.ink = threading.Lock()
        self.away: tuple[datetime, datetime] | None = None
        self.late: list[tuple[datetime, int, int, dict[str, str]]] = []
        self.delays = 0
        self.is_doomed = False
        self.deaths = 0

    def note(self, entry: Entry) -> None:
        """Keep one more thing that was seen."""
        if not self.bodies and not any(gap in entry.body for gap in GAPS):
            entry = replace(entry, body="")
        with self.ink:
            self.places[entry.number].append(len(self.entries))
            self.entries.append(entry)

    def send(self, parcel: Parcel) -> Receipt:
        """Accept one text, unless the carrier is away; now and then the worker that hands over its batch is doomed.

        Of what it hands over, all is accepted or, for the text that was its undoing, half of the time not. It dies only
        then: if it died in the middle, the threads would decide what was accepted, and no season would be played twice.
        """
        if self.away and self.away[0] <= self.clock.now() < self.away[1]:
            raise SendError(Fault.RETRY)
        fate = self.chance(f"fate:{parcel.outbound_id}:{self.tries[parcel.outbound_id]}").random()
        if fate < self.weather.killed:
            self.is_doomed = True
            if fate < self.weather.killed / 2:
                raise SendError(Fault.UNKNOWN)
        return super().send(parcel)

    def let_die(self) -> None:
        """Kill the worker whose hour has come, at the next thing it wants to write."""
        if self.is_doomed:
            self.is_doomed = False
            self.deaths += 1
            raise WorkerDied

    def accept(self, parcel: Parcel, chance: Any) -> Receipt:
        receipt = super().accept(parcel, chance)
        self.note(Entry("sent", self.clock.now(), parcel.to, parcel.body, receipt.carrier_id, parcel.outbound_id))
        return receipt

    def statuses(self) -> Sequence[tuple[int, dict[str, str]]]:
        """Hand over the status callbacks that are due, in an order that no thread decides; some come hours late."""
        now = self.clock.now()
        due = []
        in_order = sorted(super().statuses(), key=lambda status: status[0])
        for number, form in in_order:
            if self.chance(f"late:{number}").random() < self.weather.late:
                self.delays += 1
                heapq.heappush(self.late, (now + LATE, self.delays, number, form))
            else:
                due.append((number, form))
        while self.late and self.late[0][0] <= now:
            _, _, number, form = heapq.heappop(self.late)
            due.append((number, form))
        return due

    @property
    def sent(self) -> list[Entry]:
        """What it accepted from us."""
        return [entry for entry in self.entries if entry.kind == "sent"]
