"""Answers to the question that was asked: the menu's digits, times, none, change, yes and no."""

from collections.abc import Mapping
from dataclasses import replace

from hvbot.understanding.about import SUITS, is_about_others
from hvbot.understanding.clauses import Clause
from hvbot.understanding.facts import is_said
from hvbot.understanding.items import Item
from hvbot.understanding.meaning import (
    SET,
    CancelVisit,
    Change,
    Choose,
    Meaning,
    No,
    NoneSuit,
    Propose,
    Question,
    Reading,
    Unclear,
    WrongNumber,
    Yes,
)
from hvbot.understanding.normalise import bare
from hvbot.understanding.reply import Reply, read_as, read_times
from hvbot.understanding.requests import is_capital

MENUS: Mapping[Question, Mapping[int, Meaning]] = {
    Question.CONSENT: {1: Yes(), 2: No(), 3: WrongNumber()},
    Question.REMINDER: {1: Yes(), 2: Change(), 3: CancelVisit()},
}
CANNOT: Mapping[Question, Meaning] = {Question.CONSENT: No(), Question.OFFER: NoneSuit()}
# Beside a day alone this share of strange words makes us ask: "we move tuesday", but not "gladly on tuesday please".
MOST_STRANGE = 1 / 4
BESIDE_TIMES = (
    *("any", "first", "last", "hour", "minute", "am", "pm", "half", "quarter", "and", "or", "to", "between"),
    *("after", "before", "until", "onward", "earlier", "this_week", "next_week"),
)
TOWARD = ("until", "the_day", "at", "but")


def menu(reply: Reply) -> Reading | None:
    """A number where the question has a menu of its own, perhaps with the word that stands beside it there."""
    choices = MENUS.get(reply.asked.question, {})
    numbers = [item for item in reply.meant if number_of(item) is not None]
    rest = [
        item for item in reply.meant if number_of(item) is None and not item.has("option", "yes", "yes_whole", "no")
    ]
    if len(numbers) != 1 or rest or reply.asks:
        return None
    meaning = choices.get(number_of(numbers[0]) or 0)
    if meaning is None or opposes(meaning, reply):
        return None
    return read_as(meaning, numbers, "menu")


def number_of(item: Item) -> int | None:
    """A number in digits or words; a word that names a language too is none (دری is three, and Dari)."""
    if item.has("languages"):
        return None
    return item.number if item.number is not None else item.value("numbers")


def opposes(meaning: Meaning, reply: Reply) -> bool:
    """Tell whether a yes or no beside the number says the opposite."""
    against = ("no",) if isinstance(meaning, Yes) else ("yes",) if isinstance(meaning, No) else ()
    return any(item.has(*against) for item in reply.words)


def courtesy(reply: Reply) -> Reading | None:
    """Thanks and good wishes, and nothing else."""
    thanks = [item for item in reply.words if item.has("courtesy")]
    if thanks and not reply.meant:
        return read_as(Unclear(about="courtesy"), thanks[:1], "courtesy")
    return None


def answer(reply: Reply) -> Reading | None:
    """The answer to the question asked, if the reply holds one."""
    if reply.asked.question is Question.CONSENT:
        return to_consent(reply)
    return to_times(reply)


def to_consent(reply: Reply) -> Reading | None:
    """Asked for leave, a clear yes or no counts though a time comes with it."""
    word = yes_or_no(reply)
    if reply.times and not (word and isinstance(word.meaning, Yes | No) and begins(reply, "yes", "no")):
        timed = timely(reply)
        return timed if timed and isinstance(timed.meaning, Propose) else word
    return word or plain(reply, "none", NoneSuit()) or plain(reply, "change", Change())


def to_times(reply: Reply) -> Reading | None:
    """What was said about the times; then none of them, another time, yes and no."""
    timed = timely(reply)
    if timed and confirms(reply, timed):
        return yes_or_no(reply)
    none = none_of_them(reply)
    if timed and not (none and not isinstance(timed.meaning, Propose)):
        return timed
    return none or another_time(reply) or yes_or_no(reply)


def none_of_them(reply: Reply) -> Reading | None:
    """None of the times; not where "nobody" or "nothing" belongs to what is over: "nobody came last Tuesday"."""
    at = next((at for at, item in enumerate(reply.items) if item.has("none")), None)
    if at is None or is_over(reply.clause_of(at)):
        return None
    return plain(reply, "none", Change() if reply.asked.question in SET else NoneSuit())


def is_over(clause: Clause) -> bool:
    """Tell whether a thought is about what has been, or about somebody else."""
    return clause.has("ago") or clause.has("told")


def timely(reply: Reply) -> Reading | None:
    """The reading of times and options, unless doubt or another wish takes it back."""
    if reply.times is None or (reply.asked.question is not Question.OFFER and is_bare_number(reply)):
        return None
    reading = read_times(reply, reply.times)
    if is_refused(reply):
        return plain(reply, "no", NoneSuit())
    if reply.asked.question in SET and isinstance(reading.meaning, NoneSuit):
        return replace(reading, meaning=Change())
    if is_conditional(reply) and isinstance(reading.meaning, Propose):
        return read_as(Unclear(), [item for _, item in reply.found("conditional")], "conditional")
    if is_beside_unknown(reply) and isinstance(reading.meaning, Choose):
        return read_as(Unclear((reading.meaning.option,)), [], "unknown")
    if is_unsure(reply) and isinstance(reading.meaning, Choose):
        doubts = reply.found("soft_yes", "conditional")
        return read_as(Unclear((reading.meaning.option,)), [item for _, item in doubts], "soft_yes")
    if (
        reply.asked.question in SET
        and isinstance(reading.meaning, NoneSuit | Unclear)
        and reply.first("cannot", "busy")
    ):
        return None
    return None if moves_away(reply, reading) else reading


def is_unsure(reply: Reply) -> bool:
    """Tell whether a choice is doubted; "I'm good" is a doubtful yes, but "I'm good with 2" is none."""
    doubt = doubted(reply)
    return is_conditional(reply) or (doubt is not None and not doubt.has("yes_whole"))


def doubted(reply: Reply) -> Item | None:
    """A word for doubt; "God willing" is none."""
    return next((item for _, item in reply.found("soft_yes") if not item.has("hopeful")), None)


def is_beside_unknown(reply: Reply) -> bool:
    """Tell whether a day alone was named among words nobody knows, with nothing that says it suits."""
    facts = reply.times.facts if reply.times else ()
    if not facts or any(
        fact.denied or fact.kind not in {"weekday", "date", "part", "week", "number", "any", "first", "last"}
        for fact in facts
    ):
        return False
    return all(is_strange(reply, reply.clause_of(fact.start)) for fact in facts)


def is_strange(reply: Reply, clause: Clause) -> bool:
    """Tell a thought that says no word of its own for what suits and holds a word that nobody knows and that is no name."""
    unknown = ((at, item) for at, item in enumerate(clause.items) if item.is_unknown)
    strange = sum(len(item.words) for at, item in unknown if not is_called(reply, clause, at))
    words = sum(1 if item.is_filler else len(item.words) for item in clause.words)
    return strange > MOST_STRANGE * words and not any(item.has(*SUITS, "no") for item in clause.items)


def is_called(reply: Reply, clause: Clause, at: int) -> bool:
    """Tell a name, or what stands beside one: "ms garcia", "tuesday Ana", 아니에요."""
    lexicon = reply.lexicons.get(reply.asked.language)
    if lexicon and any(clause.items[at].words in phrases for phrases in lexicon.not_us.values()):
        return True
    beside = [*clause.items[max(0, at - 1) : at], *clause.items[at + 1 : at + 2]]
    is_inside = clause.start + at > 0 and len(clause.items[at].words) == 1
    word = bare(clause.items[at].words[0])
    return any(item.has("title") for item in beside) or (is_inside and is_capital(reply.text, word))


def is_conditional(reply: Reply) -> bool:
    """Tell whether something else must come true first: "if my boss lets me", but not "if Tuesday works"."""
    return any(clause.has("conditional") and is_condition(reply, clause) for clause in reply.clauses)


def is_condition(reply: Reply, clause: Clause) -> bool:
    """Tell whether an "if" holds more than a time that suits, or a part of the day apart from the day it is said of."""
    if any(map(is_beside_the_point, clause.meant)):
        return True
    named = [at for at, item in enumerate(reply.items) if item.has("weekdays", "relative_days", "months")]
    return clause.has("parts") and bool(named) and not any(clause.start <= at < clause.end for at in named)


def is_beside_the_point(item: Item) -> bool:
    """Tell a word that neither names a time or an option nor says that it suits."""
    return item.is_unknown or not (item.is_digits or is_said(item) or item.has("conditional", *SUITS, *BESIDE_TIMES))


def is_refused(reply: Reply) -> bool:
    """Tell whether "any" only says how much is refused: "no thanks to all"."""
    kinds = {fact.kind for fact in reply.times.facts} if reply.times else set()
    return kinds == {"any"} and any(item.has("no") for item in reply.items)


def is_bare_number(reply: Reply) -> bool:
    """Tell whether all that was said is a number that no question asked for."""
    facts = reply.times.facts if reply.times else ()
    return not reply.asked.options and all(fact.kind == "number" for fact in facts)


def moves_away(reply: Reply, reading: Reading) -> bool:
    """Tell whether a day only names the visit that shall move: "change tomorrow's visit"."""
    if reply.asked.question not in SET or not reply.first("change") or not isinstance(reading.meaning, Propose):
        return False
    facts = reply.times.facts if reply.times else ()
    beside = [item for fact in facts for item in reply.items[max(0, fact.start - 2) : fact.start]]
    if any(
        "negation_follows" in reply.lexicons[code].traits for code in reply.lexicons.of_thread(reply.asked.language)
    ):
        beside += [item for fact in facts for item in reply.items[fact.end : fact.end + 2]]
    return not any(item.has(*TOWARD) for item in beside)


def confirms(reply: Reply, timed: Reading) -> bool:
    """Tell whether a yes to a visit that is set merely repeats its time: "yes, see you tomorrow"."""
    when = timed.meaning.when if isinstance(timed.meaning, Propose) else None
    if when is None or reply.asked.question not in SET or when.until or reply.asks:
        return False
    return begins(reply, "yes", "yes_whole") and not any(
        item.has("but", "change", "no", "cannot", "busy", "after") for item in reply.items
    )


def begins(reply: Reply, *kinds: str) -> bool:
    """Tell whether the first word that says something is of one of these kinds."""
    return bool(reply.meant) and reply.meant[0].has(*kinds)


def plain(reply: Reply, kind: str, meaning: Meaning) -> Reading | None:
    """A reading by one section's words."""
    item = next((item for item in reply.items if item.has(kind)), None) if kind == "none" else reply.first(kind)
    return read_as(meaning, [item], kind) if item else None


def another_time(reply: Reply) -> Reading | None:
    """Another time: for the visit that is set, or than those offered."""
    return plain(reply, "change", NoneSuit() if reply.asked.question is Question.OFFER else Change())


def yes_or_no(reply: Reply) -> Reading | None:
    """Yes or no: doubt first, then the negative, then the positive; never both, never out of a question."""
    doubt = doubted(reply) or (None if reply.first("yes") else reply.first("hopeful"))
    cannot = reply.first("cannot", "busy")
    refusals = [item for at, item in enumerate(reply.items) if item.has("no") and reply.counts(at)]
    if doubt and not (refusals and doubt.has("yes_whole")):
        return read_as(Unclear(), [doubt], "soft_yes")
    if cannot and is_about_visit(reply, cannot) and not reply.asks and not was(reply, cannot):
        return read_as(CANNOT.get(reply.asked.question, Change()), [cannot], "cannot")
    if refusals:
        return refusal(reply, refusals[0])
    return agreement(reply)


def was(reply: Reply, item: Item) -> bool:
    """Tell whether a word belongs to what has been: "last Wednesday she was ill"."""
    return reply.clause_of(reply.items.index(item)).has("ago")


def is_about_visit(reply: Reply, cannot: Item) -> bool:
    """Tell whether "I can't" answers the question; asked for leave, only a plain one does, not "busy" or "not on Tuesday"."""
    if reply.asked.question is not Question.CONSENT:
        return True
    said = any(map(is_said, reply.items)) or reply.clause_of(reply.items.index(cannot)).unknown
    return cannot.has("cannot") and not reply.first("yes") and not said


def refusal(reply: Reply, item: Item) -> Reading | None:
    """No, unless a yes contradicts it or the reply is mostly words we do not know."""
    agreed = [other for other in reply.items if other.has("yes") and not other.has("no")]
    is_first = bool(reply.meant) and reply.meant[0] is item
    clause = reply.clause_of(reply.items.index(item))
    is_foreign = len(item.words) == 1 and (clause.unknown > 1 or (is_over(clause) and not is_first))
    is_foreign = is_foreign or clause.has("elsewhere")
    if agreed or is_foreign or (reply.is_noisy and not is_first) or in_question(reply, item):
        return read_as(Unclear(), [item, *agreed[:1]], "")
    return read_as(No(), [item], "no")


def agreement(reply: Reply) -> Reading | None:
    """Yes, when it begins the reply or nearly is it."""
    found = [(at, item) for at, item in enumerate(reply.items) if item.has("yes", "yes_whole") and reply.counts(at)]
    if not found:
        return None
    at, item = next(((at, item) for at, item in found if item.has("yes")), found[0])
    if reply.is_negated(at):
        return read_as(No(), [reply.items[at - 1], item], "")
    if is_doubtful(reply, at):
        return read_as(Unclear(), [item], "yes")
    return read_as(Yes(), [item], "yes")


def is_doubtful(reply: Reply, at: int) -> bool:
    """Tell whether a yes stands in a question, with a "not" or a "but", or among words we do not know."""
    item, clause = reply.items[at], reply.clause_of(at)
    weak = not item.has("yes") and (clause.unknown > 0 or any(other.has("others") for other in clause.items))
    most_unknown = 2 if begins(reply, "yes") else 3
    noisy = clause.unknown * most_unknown > len(clause.words)
    hedged = any(other.has("negators", "but") for other in reply.items) or is_about_others(clause)
    hedged = hedged or (reply.asked.question is Question.CONSENT and any(other.has("cannot") for other in clause.items))
    return in_question(reply, item) or weak or noisy or hedged or is_conditional(reply)


def in_question(reply: Reply, item: Item) -> bool:
    """Tell whether a word stands in a question, or before one in the same breath."""
    clause = reply.clause_of(reply.items.index(item))
    return clause.is_question or (reply.asks and len(clause.meant) > 1)
