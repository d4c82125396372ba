"""A small season written straight into the tables: two schools, a few families in every state. Dana has school A, Eli B."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from hvbot.models import (
    Attention,
    Consent,
    Conversation,
    Educator,
    Guardian,
    Household,
    HouseholdStudent,
    InboundText,
    Invitation,
    InvitationStudent,
    OutboundText,
    Pair,
    Program,
    Round,
    RoundSchool,
    School,
    Student,
    Tick,
    Visit,
    lookup_hash,
)

NOW = datetime(2026, 10, 6, 16, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}}"


@dataclass
class Season:
    """Ids of what the tests speak of."""

    program: int = 0
    school_a: int = 0
    school_b: int = 0
    round: int = 0
    rosa: int = 0
    amina: int = 0
    ben: int = 0
    bea: int = 0
    okafor: int = 0
    stranger: int = 0
    visit_a: int = 0
    visit_b: int = 0
    matter_a: int = 0
    matter_b: int = 0


def add(session: Session, row: object) -> int:
    session.add(row)
    session.flush()
    return int(row.id)  # type: ignore[attr-defined]


def a_number(session: Session, key: bytes, program: int, last: int, **more: object) -> int:
    number = f"+1202555{last:04d}"
    values = {"language": "en", "consent": "asked", "reach": "delivered", "created_at": NOW - timedelta(days=3)} | more
    row = Conversation(program_id=program, address=number, address_hash=lookup_hash(key, number), state={}, **values)
    return add(session, row)


def a_home(
    session: Session, season: Season, school: int, ref: str, name: str, child: str, number: int | None, **more: object
) -> tuple[int, int, int]:
    """A home with one adult and one child, invited; its guardian, invitation and student."""
    home = add(session, Household(program_id=season.program, ref=ref))
    student = add(
        session,
        Student(
            program_id=season.program, ref=f"S-{ref}", school_id=school, first_name=child, last_name="Marker", grade="3"
        ),
    )
    session.add(HouseholdStudent(household_id=home, student_id=student))
    language = str(more.pop("language", "en"))
    guardian = add(
        session,
        Guardian(
            program_id=season.program,
            ref=f"G-{ref}",
            household_id=home,
            conversation_id=number,
            name=name,
            relation="mother",
            language=language,
            address="1 Elm St",
        ),
    )
    values = {"status": "waiting", "asked_at": NOW - timedelta(days=3), "delivered_at": NOW - timedelta(days=3)} | more
    invitation = add(
        session,
        Invitation(
            program_id=season.program,
            round_id=season.round,
            household_id=home,
            school_id=school,
            language=language,
            **values,
        ),
    )
    session.add(InvitationStudent(invitation_id=invitation, student_id=student))
    return guardian, invitation, student


def a_school(session: Session, program: int, ref: str, name: str) -> int:
    return add(session, School(program_id=program, ref=ref, name=name, zone="America/Chicago", phone="+12025550199"))


def educators(
    session: Session, season: Season, school: int, names: tuple[str, str], emails: tuple[str | None, str | None]
) -> tuple[int, int]:
    ids = [
        add(
            session,
            Educator(
                program_id=season.program,
                ref=f"E{name[-4:]}{school}",
                school_id=school,
                name=name,
                email=email,
                trained_on=date(2026, 8, 1),
            ),
        )
        for name, email in zip(names, emails, strict=True)
    ]
    session.add(Pair(program_id=season.program, school_id=school, first_id=ids[0], second_id=ids[1]))
    return ids[0], ids[1]


def a_visit(
    session: Session,
    season: Season,
    school: int,
    home: tuple[int, int, int],
    pair: tuple[int, int],
    days: float,
    status: str = "booked",
) -> int:
    guardian, invitation, student = home
    starts = NOW + timedelta(days=days)
    household = session.get_one(Guardian, guardian).household_id
    return add(
        session,
        Visit(
            program_id=season.program,
            invitation_id=invitation,
            round_id=season.round,
            household_id=household,
            student_id=student,
            school_id=school,
            guardian_id=guardian,
            first_id=pair[0],
            second_id=pair[1],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=45),
            wall="2026-10-08T17:00",
            zone="America/Chicago",
            status=status,
            created_at=NOW,
            changed_at=NOW,
        ),
    )


def texts(session: Session, season: Season, conversation: int, language: str, *said: tuple[str, str, str]) -> None:
    """Texts in order: (in or out, body, what became of it or its meaning)."""
    for index, (way, body, what) in enumerate(said):
        at = NOW - timedelta(hours=20) + timedelta(minutes=7 * index)
        if way == "in":
            session.add(
                InboundText(
                    program_id=season.program,
                    conversation_id=conversation,
                    carrier_id=f"SM{conversation}x{index}",
                    body=body,
                    language=language,
                    reading={"meaning": what, "why": [body[:12]]},
                    answers="offer",
                    received_at=at,
                )
            )
        else:
            session.add(
                OutboundText(
                    program_id=season.program,
                    conversation_id=conversation,
                    intent=f"t:{conversation}:{index}:{conversation}",
                    purpose="answer",
                    wording="OFFER@1",
                    language=language,
                    body=body,
                    segments=1,
                    status=what,
                    not_before=at,
                    created_at=at,
                    sent_at=at if what in {"sent", "delivered"} else None,
                    reason="consent revoked" if what == "dropped" else None,
                )
            )


def matter(
    session: Session,
    season: Season,
    reason: str,
    school: int,
    conversation: int | None,
    hours: int,
    detail: str | None = None,
) -> int:
    return add(
        session,
        Attention(
            program_id=season.program,
            key=f"{reason}:{school}:{conversation}",
            reason=reason,
            detail=detail,
            school_id=school,
            conversation_id=conversation,
            since=NOW - timedelta(hours=hours),
        ),
    )


def write_season(session: Session, key: bytes) -> Season:
    """Write it all."""
    season = Season(program=add(session, Program(name="Home visits", settings={}, created_at=NOW)))
    season.school_a = a_school(session, season.program, "A", "Alder School")
    season.school_b = a_school(session, season.program, "B", "Birch School")
    season.round = add(
        session,
        Round(
            program_id=season.program,
            name="Fall 2026",
            starts_on=date(2026, 8, 24),
            ends_on=date(2026, 11, 20),
            seed=1,
            created_at=NOW,
            started_at=NOW - timedelta(days=3),
        ),
    )
    session.add_all(
        [
            RoundSchool(round_id=season.round, school_id=season.school_a),
            RoundSchool(round_id=season.round, school_id=season.school_b),
        ]
    )
    session.add(Tick(name="outbox", last_at=NOW))
    numbers = {
        "rosa": (101, "es", "granted"),
        "amina": (102, "ar", "revoked"),
        "ben": (103, "en", "asked"),
        "bea": (104, "en", "granted"),
        "stranger": (105, "en", "none"),
    }
    for name, (last, language, consent) in numbers.items():
        setattr(season, name, a_number(session, key, season.program, last, language=language, consent=consent))
    pair_a = educators(session, season, season.school_a, ("Ms. Okafor", "Mr. Lin"), ("okafor@example.org", None))
    pair_b = educators(
        session, season, season.school_b, ("Ms. Bbbb-Educator", "Mr. Bbbb-Partner"), ("other@example.org", None)
    )
    season.okafor = a_number(session, key, season.program, 150)
    session.get_one(Educator, pair_a[0]).conversation_id = season.okafor
    rosa = a_home(
        session,
        season,
        season.school_a,
        "H1",
        "Rosa Marquez",
        "Luz",
        season.rosa,
        language="es",
        status="booked",
        replied_at=NOW,
        booked_at=NOW,
    )
    a_home(
        session,
        season,
        season.school_a,
        "H2",
        "Amina Haddad",
        "Sami",
        season.amina,
        language="ar",
        status="opted_out",
        replied_at=NOW,
    )
    a_home(session, season, season.school_a, "H3", "Ben Stone", "Kim", season.ben)
    done = a_home(
        session, season, season.school_a, "H4", "Dora Done", "Ada", None, status="done", replied_at=NOW, done_at=NOW
    )
    bea = a_home(
        session,
        season,
        season.school_b,
        "H5",
        "Bea Bbbb-Secret",
        "Bbbb-Child",
        season.bea,
        status="booked",
        replied_at=NOW,
        booked_at=NOW,
    )
    season.visit_a = a_visit(session, season, season.school_a, rosa, pair_a, 0.5)
    season.visit_b = a_visit(session, season, season.school_b, bea, pair_b, 2)
    a_visit(session, season, season.school_a, done, pair_a, -9, "done")
    texts(
        session,
        season,
        season.rosa,
        "es",
        ("out", "Elija una hora:\n1) martes 6 de oct, 5:30 PM\n2) jueves 8 de oct, 6:00 PM", "delivered"),
        ("in", "la 1 por favor", "choose"),
        ("out", "¡Listo!", "sent"),
        ("in", HOSTILE, "unclear"),
    )
    texts(
        session,
        season,
        season.amina,
        "ar",
        ("out", "مرحبا، هل يمكننا مراسلتك؟ 1 نعم، 2 لا", "delivered"),
        ("in", "لا أريد رسائل", "stop"),
        ("out", "لن نراسلك بعد الآن.", "dropped"),
    )
    texts(session, season, season.bea, "en", ("out", "Pick a time", "delivered"), ("in", "Bbbb-Words 2", "choose"))
    for number, kind, language, wording, said in (
        (season.rosa, "granted", "es", "¿Podemos enviarle mensajes?", "si"),
        (season.amina, "revoked", "ar", "هل يمكننا مراسلتك؟", "لا أريد رسائل"),
    ):
        session.add(
            Consent(
                program_id=season.program,
                conversation_id=number,
                kind=kind,
                channel="sms",
                source="reply",
                language=language,
                wording="ASK_LEAVE@1",
                wording_text=wording,
                text=said,
                at=NOW - timedelta(hours=19),
            )
        )
    season.matter_a = matter(session, season, "not_understood", season.school_a, season.rosa, 26, HOSTILE)
    matter(session, season, "stopped_with_visit", season.school_a, season.amina, 3)
    matter(session, season, "unknown_number", season.school_a, season.stranger, 2)
    matter(session, season, "educator_wrote", season.school_a, season.okafor, 1, "Can I bring my badge?")
    season.matter_b = matter(session, season, "call", season.school_b, season.bea, 5, "Bbbb-Words please call")
    return season
