"""What means the same at every question: wrong number, interpreter, a person, a language, help, calling off."""

from collections.abc import Callable, Iterator, Mapping

from hvbot.understanding.clauses import Clause, has_limit
from hvbot.understanding.items import Item
from hvbot.understanding.lexicon import Words
from hvbot.understanding.meaning import (
    SET,
    AskInterpreter,
    AskPerson,
    CancelVisit,
    Help,
    Meaning,
    No,
    Question,
    Reading,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)
from hvbot.understanding.normalise import bare, fold
from hvbot.understanding.reply import Reply, read_as

Request = Callable[[Reply], Reading | None]
LONGEST_NAME = 3
VISIT_REACH = 4
ASIDE = (
    "soft_yes",
    "speak",
    "yes",
    "yes_whole",
    "no",
    "negators",
    "question",
    "in",
    "change",
    "cannot",
    "busy",
    "help",
)


def requested(reply: Reply) -> Reading | None:
    """The first request that a reply holds, the graver before the lighter."""
    return next((reading for request in REQUESTS if (reading := request(reply))), None)


def named(kind: str, meaning: Meaning) -> Request:
    """A request whose words mean one thing wherever they stand."""

    def request(reply: Reply) -> Reading | None:
        item = reply.first(kind)
        return read_as(meaning, [item], kind) if item else None

    return request


def started(reply: Reply) -> Reading | None:
    """Texts or visits again; asked for leave, it is a yes. Beside a no it is what is refused."""
    item = reply.first("start") or start_of_texts(reply)
    if not item or any(other.has("no", "cannot", "cancel_visit") for other in reply.items if other is not item):
        return None
    return read_as(Yes() if reply.asked.question is Question.CONSENT else Start(), [item], "start")


def start_of_texts(reply: Reply) -> Item | None:
    """A "start" that else counts only alone, beside a word for texting: "please start sending messages"."""
    starts = [(at, item) for at, item in enumerate(reply.items) if item.has("start") and not reply.is_negated(at)]
    beside = (item for at, item in starts if any(other.has("texting") for other in reply.clause_of(at).items))
    return next(beside, None)


def language_asked(reply: Reply) -> Reading | None:
    """The name of a language alone, or with a word for speaking."""
    named_items = [(at, item) for at, item in enumerate(reply.items) if item.has("languages")]
    if not named_items:
        return None
    wanted = [item for at, item in named_items if not (reply.is_negated(at) or is_unknown_to(reply, at))]
    if not wanted:
        return unspoken(reply, named_items[0][1])
    wanted = [item for item in wanted if code_of(reply, item) != reply.asked.language] or wanted
    if len({item.value("languages") for item in wanted}) > 1 or not is_wanted(reply, wanted[0]):
        return None
    return read_as(SpeakLanguage(code_of(reply, wanted[0])), wanted[:1], "languages")


def is_wanted(reply: Reply, language: Item) -> bool:
    """Tell whether a language is asked for: by its name alone, with a word for speaking, or beside one for texting."""
    if is_sent_in(reply.clause_of(reply.items.index(language)), language):
        return True
    others = [item for item in reply.meant if not item.has("languages", *ASIDE)]
    return not any(item.is_unknown for item in others) and (
        any(item.has("speak") for item in reply.items) or not others
    )


def is_sent_in(clause: Clause, language: Item) -> bool:
    """Tell the "send it in English" that stands directly beside the language, and is not about somebody else."""
    if (
        any(item.has("others", "told", "elsewhere", "not_counted", "received") for item in clause.items)
        or clause.is_question
    ):
        return False
    at = clause.items.index(language)
    beside = [
        next((item for item in items if not item.is_filler), None)
        for items in (clause.items[:at][::-1], clause.items[at + 1 :])
    ]
    return any(item is not None and item.has("texting") and not item.has("no", "negators") for item in beside)


def is_unknown_to(reply: Reply, at: int) -> bool:
    """Tell "I don't know English" from "English"."""
    return at > 0 and reply.items[at - 1].has("soft_yes", "help") and not reply.items[at - 1].has("speak")


def code_of(reply: Reply, item: Item) -> str:
    """The language a word names, as we have it: Dari is written in our Persian."""
    named = str(item.value("languages"))
    return reply.lexicons.find(named) or named


def unspoken(reply: Reply, item: Item) -> Reading | None:
    """ "I don't speak English": the language it is written in, or that of the thread; else an interpreter."""
    spoken = next((code for code in (item.language, reply.asked.language) if code != item.value("languages")), "")
    return read_as(SpeakLanguage(spoken) if spoken else AskInterpreter(), [item], "languages")


def two_faced(reply: Reply) -> Reading | None:
    """A word for cancel that may mean the visit or the texts: before a visit it ends the texts, later we ask."""
    words = [item for item in reply.meant if not item.has("yes", "no")]
    if cancel_beside_visit(reply) or not words or not all(item.has("cancel_two_faced") for item in words):
        return None
    if reply.asked.question in {Question.CONSENT, Question.OFFER}:
        return read_as(Stop(), words[:1], "cancel_two_faced")
    return read_as(Unclear(about="cancel"), words[:1], "cancel_two_faced")


def kept(reply: Reply) -> Reading | None:
    """ "Don't cancel": the visit that is set stays; where none is set we ask."""
    words = [(at, item) for at, item in enumerate(reply.items) if item.has("cancel_two_faced", "cancel_visit")]
    denied = [item for at, item in words if is_denied(reply, at)]
    if not denied or len(denied) < len(words):
        return None
    return read_as(Yes() if reply.asked.question in SET else Unclear(), denied, "cancel_visit")


def is_denied(reply: Reply, at: int) -> bool:
    """Tell whether a "not" stands within two words before, or right behind; a plain "no" denies nothing: "no cancel it"."""
    start = reply.clause_of(at).start
    behind = reply.items[at + 1 : at + 2] if reply.items[at].has("cancel_two_faced") else ()
    before = any(item.has("negators") for item in reply.items[max(start, at - 2) : at])
    return before or any(item.has("negators", "no") for item in behind)


def called_off(reply: Reply) -> Reading | None:
    """The visit shall not be; where none is set, that is a no."""
    item = reply.first("cancel_visit") or cancel_beside_visit(reply)
    if not item or has_limit(reply.clause_of(reply.items.index(item))):
        return None
    if not item.has("cancel_visit") and reply.clause_of(reply.items.index(item)).has_mark:
        return read_as(Unclear(about="cancel"), [item], "cancel_two_faced")
    if is_asked_about(reply, item) or is_of_something_else(reply, item):
        return read_as(Unclear(), [item], "cancel_visit")
    return read_as(No() if reply.asked.question is Question.CONSENT else CancelVisit(), [item], "cancel_visit")


def is_of_something_else(reply: Reply, item: Item) -> bool:
    """Tell "I need to cancel my dentist", of some other thing, from "I need to cancel"."""
    at = reply.items.index(item)
    article, thing = [*reply.items[at + 1 : at + 3], None, None][:2]
    if article is None or thing is None or not (article.is_filler and (thing.is_unknown or thing.has("others"))):
        return False
    return has_word(reply, item, "cancel_two_faced") and not names_visit(reply, thing)


def cancel_beside_visit(reply: Reply) -> Item | None:
    """A cancel that may mean the texts too, in one thought with a word for the visit: "please cancel the home visit"."""
    for at, item in enumerate(reply.items):
        if item.has("cancel_two_faced") and not is_denied(reply, at):
            clause = reply.clause_of(at)
            near = clause.items[max(0, at - clause.start - VISIT_REACH) : at - clause.start + VISIT_REACH + 1]
            if any(names_visit(reply, other) for other in near):
                return item
    return None


def names_visit(reply: Reply, item: Item) -> bool:
    """Tell whether one of an item's words is the visit, in whatever phrase it stands."""
    return item.has("visit") or has_word(reply, item, "visit")


def has_word(reply: Reply, item: Item, kind: str) -> bool:
    """Tell whether one of an item's words stands in a section by itself."""
    lexicon = reply.lexicons.get(item.language)
    senses = (lexicon.senses.get((word,), ()) for word in item.words) if lexicon else ()
    return any(sense.kind == kind for found in senses for sense in found)


def is_asked_about(reply: Reply, item: Item) -> bool:
    """Tell "how do I cancel?" and "what if I have to cancel?" from "can you cancel?"."""
    clause = reply.clause_of(reply.items.index(item))
    return any(
        other.has("question", "conditional") and not (other.is_filler or other.has("because")) for other in clause.items
    )


def wrong_number(reply: Reply) -> Reading | None:
    """We reached somebody else; not where a time is told of another person: "my ex wants 1, but he doesn't live here"."""
    item = reply.first("wrong_number")
    if not item or (reply.says("elsewhere") and any(map(names_time, reply.items))):
        return None
    return read_as(WrongNumber(), [item], "wrong_number")


def names_time(item: Item) -> bool:
    """Tell a day, an hour or the number of an option."""
    return item.is_digits or item.has("numbers", "ordinals", "weekdays", "relative_days", "parts", "clocks")


def not_us(reply: Reply) -> Reading | None:
    """ "This isn't Maria": a name that no lexicon has, beside words that say so, and nothing else."""
    lexicons = [reply.lexicons[code] for code in reply.lexicons.of_thread(reply.asked.language)]
    for clause in reply.clauses:
        if clause.unknown and not clause.is_question:
            words = [(bare(word), at) for at, item in enumerate(clause.words) for word in item.words]
            names = (name for lexicon in lexicons for name in names_beside(words, lexicon.not_us, reply.text))
            if any(is_name([clause.words[at] for at in name]) for name in names):
                return read_as(WrongNumber(), clause.words, "not_us")
    return None


def is_name(items: list[Item]) -> bool:
    """Tell whether there are one or two words that no lexicon has, and others only that add nothing."""
    said = [item for item in items if not item.is_filler]
    return 0 < len(said) < LONGEST_NAME and all(item.is_unknown for item in said)


def names_beside(
    words: list[tuple[str, int]], denials: Mapping[str, frozenset[Words]], text: str
) -> Iterator[set[int]]:
    """The items that would be the name, for each phrase that denies it and its place."""
    spelled = tuple(word for word, _ in words)
    for section, phrases in denials.items():
        for phrase in phrases:
            for start in range(len(words) - len(phrase) + 1):
                if spelled[start : start + len(phrase)] == tuple(map(bare, phrase)):
                    name = words[:start] if section == "not_us_after" else words[start + len(phrase) :]
                    if name and (section != "not_us_named" or is_capital(text, name[0][0])):
                        yield {at for _, at in name}


def is_capital(text: str, word: str) -> bool:
    """Tell whether a word begins with a capital in a text that is not all capitals."""
    return not text.isupper() and any(bare(fold(typed)) == word and typed[:1].isupper() for typed in text.split())


REQUESTS: tuple[Request, ...] = (
    wrong_number,
    not_us,
    named("interpreter", AskInterpreter()),
    named("person", AskPerson()),
    started,
    language_asked,
    named("help", Help()),
    kept,
    two_faced,
    called_off,
)
