"""Text + lexicons + the question asked → a meaning, with the words that decided it.

The words that must never be missed come first: an opt-out in any language, then a wrong number, a person, a language.
Then what is said about the offered times; then yes and no, the negative before the positive.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hvbot.understanding.items import Item, items_of
from hvbot.understanding.lexicon import Lexicon
from hvbot.understanding.meaning import (
    Asked,
    AskInterpreter,
    AskPerson,
    CancelVisit,
    Change,
    Help,
    Meaning,
    No,
    NoneSuit,
    Question,
    Reading,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)
from hvbot.understanding.normalise import fold, phrase
from hvbot.understanding.options import about_times
from hvbot.understanding.times import is_negated

# 47 CFR 64.1200(a)(10) and Twilio's default lists: at these, alone, the carrier answers and blocks by itself.
CARRIER_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
CARRIER_HELP = frozenset({"help", "info"})
CARRIER_START = frozenset({"start", "unstop"})
MENUS: Mapping[Question, Mapping[int, Meaning]] = {
    Question.CONSENT: {1: Yes(), 2: No(), 3: WrongNumber()},
    Question.REMINDER: {1: Yes(), 2: Change(), 3: CancelVisit()},
}
# How iPhones and Androids report a tapback where the other side has no such thing.
VERBS = ("liked", "loved", "disliked", "emphasized", "laughed at", "questioned")
REACTIONS = tuple(f"{verb} {quote}" for verb in VERBS for quote in ('"', "\u201c"))
SOURCE = "en"
Rule = Callable[["Reply"], Reading | None]


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with its items and what it answers."""

    text: str
    items: tuple[Item, ...]
    asked: Asked
    lexicons: Mapping[str, Lexicon]
    language: str

    def first(self, kind: str) -> tuple[int, Item] | None:
        """The first item of a kind that is not negated."""
        return next(
            ((at, it) for at, it in enumerate(self.items) if it.has(kind) and not is_negated(self.items, at)), None
        )

    @property
    def words(self) -> list[Item]:
        """The items that are words or numbers."""
        return [item for item in self.items if not item.is_break]

    @property
    def unknown_share(self) -> float:
        """How much of the reply nobody knows."""
        return sum(item.is_unknown for item in self.words) / max(1, len(self.words))

    @property
    def asks(self) -> bool:
        """Tell whether the reply is a question."""
        return any(item.text == "?" or item.has("question") for item in self.items)


def understand(text: str, asked: Asked, lexicons: Mapping[str, Lexicon]) -> Reading:
    """Read a reply in the person's language and English; where these say nothing, in the others if they agree."""
    if reading := carrier_word(text):
        return reading
    own = [code for code in dict.fromkeys((asked.language, SOURCE)) if code in lexicons]
    reading = read(text, asked, lexicons, own)
    if not isinstance(reading.meaning, Unclear) or reading.meaning.between:
        return reading
    others = [read(text, asked, lexicons, [code], typos=False) for code in lexicons if code not in own]
    clear = [other for other in others if not isinstance(other.meaning, Unclear) or other.meaning.about]
    agree = len({other.meaning for other in clear}) == 1
    return clear[0] if agree else reading


def read(
    text: str, asked: Asked, lexicons: Mapping[str, Lexicon], codes: Sequence[str], *, typos: bool = True
) -> Reading:
    """Read a reply with the words of some languages, opt-outs of every language included."""
    chosen = [lexicons[code] for code in codes]
    items = tuple(items_of(text, chosen, typos=typos))
    reply = Reply(text, items, asked, lexicons, codes[0] if codes else SOURCE)
    for rule in RULES:
        if reading := rule(reply):
            return reading
    return Reading(Unclear(), tuple(why(item, "") for item in items if item.senses)[:6])


def carrier_word(text: str) -> Reading | None:
    """A whole message in any case that the carrier itself acts on."""
    words = phrase(text[:60])
    if len(words) != 1:
        return None
    word = words[0]
    if word in CARRIER_STOP:
        return Reading(Stop(keyword=True), (f"{word}: carrier opt-out word",))
    if word in CARRIER_HELP:
        return Reading(Help(keyword=True), (f"{word}: carrier help word",))
    return Reading(Start(), (f"{word}: carrier opt-in word",)) if word in CARRIER_START else None


def why(item: Item, kind: str) -> str:
    """The words that decided and where they stand."""
    section = kind or (item.senses[0].kind if item.senses else "digits")
    return f"{item.text}: {section} ({item.language})" if item.language else f"{item.text}: {section}"


def opt_out(reply: Reply) -> Reading | None:
    """The end of all texts, in any words of any language."""
    for code in dict.fromkeys((reply.language, SOURCE, *reply.lexicons)):
        items = items_of(reply.text, [reply.lexicons[code]], typos=False) if code in reply.lexicons else []
        for at, item in enumerate(items):
            if item.has("stop") and not double_negative(items, at):
                return Reading(Stop(), (why(item, "stop"),))
        rest = [item for item in items if not item.is_break and not item.has("fillers")]
        if rest and all(item.has("stop_whole") for item in rest):
            return Reading(Stop(), (why(rest[0], "stop_whole"),))
    return None


def double_negative(items: Sequence[Item], at: int) -> bool:
    """Tell whether "don't" stands directly before a stop."""
    return at > 0 and items[at - 1].has("negators")


def whole_menu(reply: Reply) -> Reading | None:
    """A bare number where the question has a menu of its own."""
    numbers = [item for item in reply.words if not item.has("fillers", "option")]
    menu = MENUS.get(reply.asked.question, {})
    if len(numbers) != 1:
        return None
    item = numbers[0]
    number = item.number if item.number is not None else item.value("numbers")
    return Reading(menu[number], (why(item, "menu"),)) if number in menu else None


def named(kind: str, meaning: Meaning) -> Rule:
    """A rule for a section whose words mean one thing wherever they stand."""

    def rule(reply: Reply) -> Reading | None:
        found = reply.first(kind)
        return Reading(meaning, (why(found[1], kind),)) if found else None

    return rule


def language_asked(reply: Reply) -> Reading | None:
    """The name of a language alone, or with a word for speaking."""
    found = next(((at, item) for at, item in enumerate(reply.items) if item.has("languages")), None)
    if not found:
        return None
    at, item = found
    if is_negated(reply.items, at):
        spoken, reason = item.language, (why(item, "languages"),)
        differs = spoken not in {item.value("languages"), reply.asked.language}
        return Reading(SpeakLanguage(spoken) if differs else AskInterpreter(), reason)
    others = [
        other
        for other in reply.words
        if other is not item and not other.has("fillers", "speak", "in", "yes", "question")
    ]
    if reply.first("speak") or len(others) <= 1:
        return Reading(SpeakLanguage(item.value("languages")), (why(item, "languages"),))
    return None


def help_asked(reply: Reply) -> Reading | None:
    """Who is this, what is this, help."""
    found = reply.first("help")
    return Reading(Help(), (why(found[1], "help"),)) if found else None


def two_faced(reply: Reply) -> Reading | None:
    """A word for cancel that may mean the visit or the texts: before a visit it ends the texts, later we ask."""
    words = [item for item in reply.words if not item.has("fillers")]
    if not words or not all(item.has("cancel_two_faced") for item in words):
        return None
    reason = (why(words[0], "cancel_two_faced"),)
    if reply.asked.question in {Question.CONSENT, Question.OFFER}:
        return Reading(Stop(), reason)
    return Reading(Unclear(about="cancel"), reason)


def calls_off(reply: Reply) -> Reading | None:
    """The visit shall not be."""
    found = reply.first("cancel_visit")
    if not found:
        return None
    meaning: Meaning = No() if reply.asked.question is Question.CONSENT else CancelVisit()
    return Reading(meaning, (why(found[1], "cancel_visit"),))


def consent_given(reply: Reply) -> Reading | None:
    """Asked for leave, a clear yes counts though a time comes with it; so does a clear no."""
    if reply.asked.question is not Question.CONSENT:
        return None
    reading = yes_or_no(reply)
    return reading if reading and isinstance(reading.meaning, Yes | No) else None


def yes_or_no(reply: Reply) -> Reading | None:
    """Yes or no: the negative first, never both, never out of a question."""
    yes = [item for item in reply.items if item.has("yes")]
    no = [(at, item) for at, item in enumerate(reply.items) if item.has("no", "cannot")]
    soft = reply.first("soft_yes")
    if soft:
        return Reading(Unclear(), (why(soft[1], "soft_yes"),))
    if no:
        return negative(reply, yes, no[0][1])
    return positive(reply, yes) if yes else None


def negative(reply: Reply, yes: Sequence[Item], item: Item) -> Reading:
    """No, unless a yes contradicts it or the reply is mostly words we do not know."""
    begins = next((first for first in reply.words if not first.has("fillers")), item) is item
    if item.has("cannot"):
        return Reading(cannot(reply), (why(item, "cannot"),))
    # "no, ok" is a no said politely; "yes but no" is neither.
    if (yes and not begins) or (reply.unknown_share > 0.34 and not begins) or (reply.asks and not begins):
        return Reading(Unclear(), (why(item, "no"),))
    return Reading(No(), (why(item, "no"),))


def cannot(reply: Reply) -> Meaning:
    """ "I can't": another time where one is set, none of these where some are offered."""
    meanings: dict[Question, Meaning] = {Question.CONSENT: No(), Question.OFFER: NoneSuit()}
    return meanings.get(reply.asked.question, Change())


def positive(reply: Reply, yes: Sequence[Item]) -> Reading | None:
    """Yes, when it begins the reply or nearly is it."""
    item = yes[0]
    at = reply.items.index(item)
    begins = all(before.is_break or before.has("fillers") for before in reply.items[:at])
    if is_negated(reply.items, at):
        return Reading(No(), (why(item, "negated yes"),))
    if reply.asks or (reply.unknown_share > 0.34 and not begins) or any(it.has("negators") for it in reply.items[at:]):
        return Reading(Unclear(), (why(item, "yes"),))
    return Reading(Yes(), (why(item, "yes"),))


def changes(reply: Reply) -> Reading | None:
    """Another time for the visit."""
    found = reply.first("change")
    return Reading(Change(), (why(found[1], "change"),)) if found else None


def none_suit(reply: Reply) -> Reading | None:
    """None of the times: in words, or 0."""
    found = next((item for item in reply.items if item.has("none")), None)
    zero = len(reply.words) == 1 and reply.words[0].number == 0
    if zero and reply.asked.options:
        return Reading(NoneSuit(), ("0: none",))
    return Reading(NoneSuit(), (why(found, "none"),)) if found else None


def times(reply: Reply) -> Reading | None:
    """What the reply says about the offered times, or about time at all."""
    return about_times(reply.items, reply.asked, yes_reply=bool(reply.first("yes")), asks=reply.asks)


def picture_or_reaction(reply: Reply) -> Reading | None:
    """A phone's report that somebody liked our text says nothing."""
    if fold(reply.text).lstrip().startswith(REACTIONS):
        return Reading(Unclear(), ("a reaction to our text",))
    return None if reply.words else Reading(Unclear(), ("no words",))


def courtesy(reply: Reply) -> Reading | None:
    """Thanks and good wishes, and nothing else."""
    words = reply.words
    thanks = next((item for item in words if item.has("courtesy")), None)
    if thanks and all(item.has("courtesy", "fillers") for item in words):
        return Reading(Unclear(about="courtesy"), (why(thanks, "courtesy"),))
    return None


RULES: tuple[Rule, ...] = (
    picture_or_reaction,
    opt_out,
    courtesy,
    whole_menu,
    named("wrong_number", WrongNumber()),
    named("person", AskPerson()),
    named("interpreter", AskInterpreter()),
    named("start", Start()),
    language_asked,
    help_asked,
    two_faced,
    calls_off,
    consent_given,
    none_suit,
    times,
    changes,
    yes_or_no,
)
