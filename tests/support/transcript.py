"""Plays a transcript: a conversation as a coordinator can read it, checked word for word.

    # a heading, or a remark
    + home of Rosa (es)                 who is there; see SETTING
    ! the round starts                  what a person or the world does; see DONE
    @ Wed Dec 2 17:00                   time passes; also `@ +2 days`
    > Rosa: sí                          an incoming text; {NUL}, {surrogate}, {nothing}, {picture}, {10000 x a} stand for such
    < Rosa: ...                         what hvbot sent, with the moment in brackets where time passed meanwhile
    = Rosa: consent granted             a fact in the database; see FACTS; without a name about the one who wrote last

Between two texts everything but the database is thrown away.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import or_, select

from hvbot.models import Attention, Conversation, Educator, Guardian, InboundText, Invitation, Visit
from hvbot.services.replies import hold, queue_reply
from hvbot.services.users import add_user
from tests.support import builders
from tests.support.season import Season, form_of

YEAR = 2026
INDENT = "      "
MOMENT = re.compile(r"(?:\w{3} )?(\w{3}) (\d+)(?: (\d+):(\d+))?$")
LATER = re.compile(r"\+(\d+) (minutes|hours|days)$")
PERSON = re.compile(r"(?P<name>[\w. ]+?)(?: \((?P<languages>[\w, -]+?)(?:, phone of (?P<phone>\w+))?\))?$")
SPECIAL = {"{NUL}": "\x00", "{nothing}": "", "{picture}": ""}
REPEATED = re.compile(r"\{(\d+) x (.+?)\}")
SURROGATE = b"%ED%A0%BD"
MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


@dataclass
class Play:
    """A transcript being played. `shown` counts the carrier's entries that stand in `lines` already."""

    season: Season
    lines: list[str]
    shown: int = 0
    about: str = ""
    user_id: int = 0


def play(season: Season, text: str) -> str:
    """The transcript as it really goes; the same text where nothing differs."""
    played = Play(season, [])
    for line in without_answers(text):
        played.lines.append(line)
        act(played, line)
        show_answers(played)
    return "\n".join(played.lines) + "\n"


def without_answers(text: str) -> Iterator[str]:
    """The lines that are not what hvbot sent."""
    for line in text.splitlines():
        if not line.startswith(("< ", INDENT)):
            yield line


def act(played: Play, line: str) -> None:
    """Do what one line says."""
    sign, _, rest = line.partition(" ")
    match sign:
        case "+":
            set_up(played.season, rest)
        case "!":
            do(played, rest)
        case "@":
            pass_time(played.season, rest)
        case ">":
            write(played, rest)
        case "=":
            played.lines[-1] = f"= {fact(played, rest)}"
        case _:
            assert not line or line.startswith("#"), f"what is this? {line}"


def show_answers(played: Play) -> None:
    """Add what the carrier took since the last line."""
    season, entries = played.season, played.season.carrier.entries
    new = [entry for entry in entries[played.shown :] if entry.kind == "sent"]
    played.shown = len(entries)
    for entry in sorted(new, key=lambda entry: (entry.at, entry.outbound_id)):
        name = next((name for name, number in season.people.items() if number == entry.number), entry.number)
        stamp = "" if entry.at == season.clock.now() else f"[{season.local(entry.at)}] "
        played.lines.append(f"< {stamp}{name}: " + entry.body.replace("\n", f"\n{INDENT}"))


# Time ------------------------------------------------------------------------------------------------------------------


def pass_time(season: Season, words: str) -> None:
    """Let time pass; the first moment of a story is where it begins."""
    moment = moment_of(season, words)
    if season.program_id:
        season.run_until(moment)
    else:
        season.clock.move_to(moment)


def moment_of(season: Season, words: str) -> datetime:
    if later := LATER.match(words):
        return season.clock.now() + timedelta(**{later[2]: int(later[1])})
    day, clock = day_and_clock(words)
    return builders.on(season, day, clock)


def day_and_clock(words: str) -> tuple[date, time]:
    found = MOMENT.match(words)
    assert found, f"no moment: {words}"
    return date(YEAR, MONTHS[found[1]], int(found[2])), time(int(found[3] or 0), int(found[4] or 0))


# The setting -----------------------------------------------------------------------------------------------------------


def set_up(season: Season, words: str) -> None:
    if not season.school_id:
        builders.a_school(season, phone="+12025550199")
    kind, arrange = next((kind, arrange) for kind, arrange in SETTING.items() if words.startswith(kind))
    arrange(season, words.removeprefix(kind))


def set_up_home(season: Season, words: str) -> None:
    """`home of Rosa (es) and Lola (es, phone of Rosa)`"""
    people = [person_of(part) for part in words.split(" and ")]
    home = builders.a_home(season, ref=people[0][0].lower())
    for name, languages, phone in people:
        builders.an_adult(season, home, name, languages[0], season.people.get(phone) if phone else None)


def set_up_second_home(season: Season, words: str) -> None:
    """`second home of Rosa's child: Luis (es)`"""
    first, _, other = words.partition("'s child: ")
    home = season.one(select(Guardian.household_id).where(Guardian.name == first))
    name, languages, _ = person_of(other)
    builders.a_home(season, (name, languages[0]), students=builders.students_of(season, home))


def set_up_pair(season: Season, words: str) -> None:
    """`pair Ms. Okafor (en, es) and Mr. Lee: weekdays 15:00-18:00`"""
    names, _, hours = words.partition(": ")
    ids = [set_up_educator(season, f"{name}: {hours}") for name in names.split(" and ")]
    builders.a_pair(season, ids[0], ids[1])


def set_up_educator(season: Season, words: str, role: str = "educator") -> int:
    """`colleague Ms. Diaz (en, es): Thu Dec 3 15:00-16:00, Fri Dec 4 15:00-16:00`"""
    who, _, hours = words.partition(": ")
    name, languages, _ = person_of(who)
    return builders.an_educator(season, name, *free_times(season, hours), languages=languages, role=role)


def set_up_interpreter(season: Season, words: str) -> None:
    set_up_educator(season, words, "interpreter")


SETTING: Mapping[str, Callable[[Season, str], object]] = {
    "home of ": set_up_home,
    "second home of ": set_up_second_home,
    "pair ": set_up_pair,
    "colleague ": set_up_educator,
    "interpreter ": set_up_interpreter,
}


def person_of(words: str) -> tuple[str, list[str], str | None]:
    found = PERSON.match(words.strip())
    assert found, f"who is this? {words}"
    return found["name"], (found["languages"] or "en").split(", "), found["phone"]


def free_times(season: Season, words: str) -> Iterator[tuple[datetime, datetime]]:
    """`weekdays 15:00-18:00`, or days with hours, with commas between."""
    for part in words.split(", "):
        days, _, hours = part.rpartition(" ")
        start, end = (time.fromisoformat(clock) for clock in hours.split("-"))
        if days == "weekdays":
            yield from builders.weekdays(season, start, end)
        else:
            day, _ = day_and_clock(days)
            yield builders.on(season, day, start), builders.on(season, day, end)


# What people and the world do ------------------------------------------------------------------------------------------


def do(played: Play, words: str) -> None:
    for known, deed in DONE.items():
        if found := re.fullmatch(known, words):
            deed(played, *found.groups())
            played.season.tick()
            return
    raise AssertionError(f"nobody can do this: {words}")


def round_starts(played: Play) -> None:
    builders.a_round(played.season)
    builders.start(played.season)


def takes_over(played: Play, who: str, *, held: bool = True) -> None:
    season = played.season
    contact, user = builders.conversation(season, who).id, user_of(played)
    with season.runtime.writing() as session:
        hold(session, contact, held=held, user_id=user, now=season.clock.now())


def gives_back(played: Play, who: str) -> None:
    takes_over(played, who, held=False)


def person_writes(played: Play, who: str, words: str) -> None:
    season = played.season
    contact, user = builders.conversation(season, who).id, user_of(played)
    with season.runtime.writing() as session:
        queue_reply(session, contact, words, user_id=user, now=season.clock.now())


def user_of(played: Play) -> int:
    """Dana, who coordinates."""
    if not played.user_id:
        add_user(played.season.runtime, "dana@example.org", "coordinator", ())
        played.user_id = 1
    return played.user_id


DONE: Mapping[str, Callable[..., None]] = {
    "the round starts": round_starts,
    r"Dana takes over from hvbot with (\w+)": takes_over,
    r"Dana gives (\w+) back to hvbot": gives_back,
    r"Dana writes to (\w+): (.+)": person_writes,
}


# Texts -----------------------------------------------------------------------------------------------------------------


def write(played: Play, rest: str) -> None:
    """Somebody writes, a minute later, to a process that was just started."""
    season = played.season
    who, _, words = rest.partition(":")
    played.about = who
    if who not in season.people:
        season.people[who] = f"+1202555{next(season.numbers):04d}"
    number = season.people[who]
    season.clock.advance(minutes=1)
    season.restart()
    if "{surrogate}" in words:
        half_a_pair(season, number, words.strip())
    else:
        media = "1" if "{picture}" in words else "0"
        season.text(number, special(words.removeprefix(" ")), NumMedia=media)
    season.tick()


def special(words: str) -> str:
    """What cannot stand in a file."""
    for name, value in SPECIAL.items():
        words = words.replace(name, value)
    return REPEATED.sub(lambda found: int(found[1]) * found[2], words)


def half_a_pair(season: Season, number: str, words: str) -> None:
    """Half of a surrogate pair in UTF-8, which no decoder accepts: Werkzeug keeps it quoted, and so it is signed."""
    before, _, after = words.partition("{surrogate}")
    seen = before + SURROGATE.decode() + after
    form = form_of(f"SM{next(season.sids):032x}", number, seen)
    rest = urlencode({name: value for name, value in form.items() if name != "Body"})
    season.post(form, f"{rest}&Body={quote(before)}".encode() + SURROGATE + quote(after).encode())


# Facts -----------------------------------------------------------------------------------------------------------------


def fact(played: Play, words: str) -> str:
    """A fact as the database has it, told in the words that were asked about."""
    named = re.match(r"([A-Z][\w. ]*): (.+)", words)
    who, words = (named[1], named[2]) if named else (played.about, words)
    kind = next(kind for kind in sorted(FACTS, key=len, reverse=True) if words.startswith(kind))
    told = f"{kind} {FACTS[kind](played.season, who)}".rstrip()
    return f"{who}: {told}" if named else told


def contact_of(season: Season, who: str) -> Conversation:
    return season.one(select(Conversation).where(Conversation.address == season.people[who]))


def invitation_of(season: Season, who: str) -> Invitation:
    found = select(Invitation).join(Guardian, Guardian.household_id == Invitation.household_id)
    return season.one(found.where(Guardian.name == who))


def visits_of(season: Season, who: str) -> list[Visit]:
    """The visits of a home or an educator, newest first."""
    found = select(Visit).outerjoin(Guardian, Guardian.household_id == Visit.household_id)
    seats = [Visit.first_id, Visit.second_id, Visit.interpreter_id]
    staff = select(Educator.id).where(Educator.name == who)
    mine = or_(Guardian.name == who, *(seat.in_(staff) for seat in seats))
    return list(dict.fromkeys(season.rows(found.where(mine).order_by(Visit.id.desc()))))


def visit_of(season: Season, who: str) -> str:
    """`booked Thu Dec 3 15:00`; the newest one, `none` where there was never one."""
    newest = next(iter({visit.id: visit for visit in visits_of(season, who)}.values()), None)
    return f"{newest.status} {season.local(newest.starts_at)}" if newest else "none"


def place_of(season: Season, who: str) -> str:
    newest = visits_of(season, who)[0]
    return f"{newest.place}{f' ({newest.place_words})' if newest.place_words else ''}"


def going(season: Season, who: str) -> str:
    """Who goes to the newest visit."""
    newest = visits_of(season, who)[0]
    people = [newest.first_id, newest.second_id, newest.interpreter_id]
    return ", ".join(season.one(select(Educator.name).where(Educator.id == person)) for person in people if person)


def matters_of(season: Season, who: str) -> str:
    """The reasons for which a person must look at a number, or at the home it belongs to."""
    contact = contact_of(season, who)
    mine = select(Invitation.id).join(Guardian, Guardian.household_id == Invitation.household_id)
    mine = mine.where(Guardian.conversation_id == contact.id)
    found = select(Attention.reason).where(
        Attention.status != "resolved", or_(Attention.conversation_id == contact.id, Attention.invitation_id.in_(mine))
    )
    return ", ".join(sorted(season.rows(found))) or "nothing"


def parked(season: Season, who: str) -> str:
    found = select(InboundText.id).where(InboundText.status == "parked")
    return str(len(season.rows(found.where(InboundText.conversation_id == contact_of(season, who).id))))


FACTS: Mapping[str, Callable[[Season, str], str]] = {
    "visit": visit_of,
    "place": place_of,
    "going": going,
    "consent": lambda season, who: contact_of(season, who).consent,
    "reach": lambda season, who: contact_of(season, who).reach,
    "language": lambda season, who: contact_of(season, who).language,
    "shared": lambda season, who: {None: "not asked", True: "yes", False: "no"}[contact_of(season, who).shared],
    "invitation": lambda season, who: invitation_of(season, who).status,
    "felt heard": lambda season, who: str(invitation_of(season, who).felt_heard),
    "waits for a person:": matters_of,
    "parked": parked,
    "texts": lambda season, who: str(len(season.bodies(who))),
}
