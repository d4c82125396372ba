"""What is wrong with a deployment, and how to mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hvbot.channels.port import SendError
from hvbot.models import Availability, Conversation, Educator, Program, Round, RoundSchool, School, schema
from hvbot.runtime import Runtime
from hvbot.services.calendars import pairs_of
from hvbot.services.comeback import is_held
from hvbot.services.health import worker_health
from hvbot.services.keys import fits
from hvbot.services.programs import setting, the_program

LEAST_KEY = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong and its remedy. One that is not `serious` is worth knowing and hinders nothing."""

    what: str
    remedy: str
    serious: bool = True


@runtime_checkable
class Inspected(Protocol):
    """A carrier that can be asked about our account."""

    def inspect(self) -> Sequence[tuple[str, str]]:
        """What is wrong with the account, the sender and where it sends what comes in, each with its remedy.

        Raises:
            SendError: the carrier did not answer.
        """
        ...


def check(runtime: Runtime) -> list[Finding]:
    """Look at everything that can be looked at; without a database of this version the rest is not."""
    found = [*settings_findings(runtime), *carrier_findings(runtime)]
    tables = database_finding(runtime)
    if tables is not None:
        return [*found, tables]
    with runtime.sessions() as session:
        now = runtime.clock.now()
        program = the_program(session, now)
        for look in PARTS:
            found += look(runtime, session, program, now)
        session.rollback()
    return found


def settings_findings(runtime: Runtime) -> Iterator[Finding]:
    """Settings that are read without complaint and are wrong all the same."""
    settings = runtime.settings
    if len(settings.secret_key.get_secret_value()) < LEAST_KEY:
        yield Finding(
            "SECRET_KEY is short: sign-in links and callbacks could be forged",
            "put it into SECRET_KEY_PREVIOUS, set a long random text, and run hvbot db rekey",
        )
    if settings.metrics_token and runtime.meter is None:
        yield Finding("METRICS_TOKEN is set, but there are no figures", "run make metrics", serious=False)
    if settings.channel == "simulator" and not settings.database_url.startswith("sqlite"):
        yield Finding(
            "HVBOT_CHANNEL is simulator: no text leaves",
            "set HVBOT_CHANNEL=twilio for a real school",
            serious=False,
        )


def database_finding(runtime: Runtime) -> Finding | None:
    """Whether the database answers and has this version's tables."""
    try:
        behind, current = schema.is_behind(runtime.engine), schema.current(runtime.engine)
    except SQLAlchemyError as problem:
        return Finding(f"the database does not answer ({type(problem).__name__})", "check DATABASE_URL and the server")
    if not behind:
        return None
    return Finding(f"the tables are at {current or 'nothing'}, older than this version", "run hvbot db upgrade")


def carrier_findings(runtime: Runtime) -> Iterator[Finding]:
    """What the carrier itself says of our account and of where it sends what comes in."""
    if not isinstance(runtime.channel, Inspected):
        if runtime.settings.channel == "twilio":
            yield Finding("the carrier's account was not looked at", "look at its console", serious=False)
        return
    try:
        yield from (Finding(what, remedy) for what, remedy in runtime.channel.inspect())
    except SendError as problem:
        yield Finding(
            f"the carrier does not answer ({problem})", "check TWILIO_API_URL and the network, then try again"
        )


def worker_findings(runtime: Runtime, session: Session, program: Program, now: datetime) -> Iterator[Finding]:
    """Whether texts leave."""
    state = worker_health(session, now)
    waiting = state["oldest_due_s"]
    remedy = "start hvbot worker, or hvbot serve"
    if state["worker"] == "late":
        yield Finding(f"the worker last ran {state['last_tick_s']} s ago", remedy)
    elif state["worker"] == "never":
        yield Finding("the worker has never run", remedy, serious=waiting is not None)
    if waiting is not None and waiting > 600:
        yield Finding(f"a text has been waiting for {waiting // 60} minutes", remedy)
    if is_held(runtime):
        yield Finding(
            "nothing leaves until the carrier has said what left while no worker was at work",
            "start hvbot worker; if this stays, see whether the carrier answers and the account may list its messages",
        )
    if program.sending_paused:
        yield Finding(
            "sending is stopped: by a person, or because the carrier refused our texts",
            "mend the account, then resume on the dashboard or by hvbot program set sending_paused=no",
        )


def key_findings(runtime: Runtime, session: Session, _program: Program, _now: datetime) -> Iterator[Finding]:
    """Whether the numbers were stored with our key."""
    if not fits(session, runtime.settings):
        yield Finding(
            "SECRET_KEY is not the one with which the numbers were stored: every family would be a stranger",
            "set the right one, or put the old one into SECRET_KEY_PREVIOUS and run hvbot db rekey",
        )
    elif runtime.settings.secret_key_previous:
        yield Finding(
            "SECRET_KEY_PREVIOUS is still set: what it signed is still taken",
            "remove it a day after the change",
            serious=False,
        )


def language_findings(runtime: Runtime, session: Session, program: Program, _now: datetime) -> Iterator[Finding]:
    """Languages that people of this program need and that are not ready, and those nobody has signed."""
    counted = select(Conversation.language, func.count()).group_by(Conversation.language)
    needed = dict(session.execute(counted.where(Conversation.program_id == program.id)).all())
    for code, people in sorted(needed.items()):
        if not runtime.catalogue.ready(code):
            yield Finding(
                f"{people} numbers need {code}, whose texts are not complete: nothing is sent to them",
                f"complete locales/{code}/ or correct the roster",
            )
    strict = setting(program, "require_review")
    for code, language in sorted(runtime.catalogue.languages.items()):
        if not language.is_reviewed and (code in needed or not needed):
            yield Finding(
                f"the texts in {language.english_name} ({code}) are {language.review}: no named speaker has signed them",
                f"have a speaker read locales/{code}/ and sign it there (CONTRIBUTING.md)",
                serious=strict and code in needed,
            )


def school_findings(_runtime: Runtime, session: Session, program: Program, now: datetime) -> Iterator[Finding]:
    """Schools at which nobody could visit, or at no time."""
    asked = set(session.scalars(select(RoundSchool.school_id).join(Round).where(Round.ends_on >= now.date())))
    schools = session.scalars(
        select(School).where(School.program_id == program.id, School.gone_at.is_(None)).order_by(School.ref)
    ).all()
    if not schools:
        yield Finding("there is no school yet", "run hvbot roster import PATH", serious=False)
    free = with_open_time(session, now)
    for school in schools:
        pairs = pairs_of(session, school.id, now)
        serious = school.id in asked
        if not pairs:
            yield Finding(
                f"school {school.ref} has no pair that may visit",
                "import educators with trained_on, willing and partner_id",
                serious=serious,
            )
        elif not any({pair.first_id, pair.second_id} <= free for pair in pairs):
            yield Finding(
                f"school {school.ref} has no pair with open times ahead",
                "import availability.csv",
                serious=serious,
            )


def with_open_time(session: Session, now: datetime) -> set[int]:
    """The educators who gave time that is still to come."""
    return set(session.scalars(select(Availability.educator_id).where(Availability.ends_at > now).distinct()))


def training_findings(_runtime: Runtime, session: Session, program: Program, _now: datetime) -> Iterator[Finding]:
    """Willing educators who may not visit before they are trained."""
    untrained = (
        select(School.ref, func.count())
        .select_from(Educator)
        .join(School, School.id == Educator.school_id)
        .where(
            Educator.program_id == program.id,
            Educator.role == "educator",
            Educator.willing.is_(True),
            Educator.trained_on.is_(None),
            Educator.gone_at.is_(None),
        )
        .group_by(School.ref)
        .order_by(School.ref)
    )
    for school, count in session.execute(untrained):
        yield Finding(
            f"school {school}: {count} willing educators are not trained, so nobody is sent to them",
            "train them and fill trained_on in educators.csv",
            serious=False,
        )


PARTS = (worker_findings, key_findings, language_findings, school_findings, training_findings)
