"""What must never be missed: an opt-out, in the carrier's words or in any others, in any language."""

from collections.abc import Sequence

from hvbot.understanding.clauses import Clause, clauses_of, has_limit
from hvbot.understanding.items import Item, read_items
from hvbot.understanding.kept import once_if_short
from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Help, Reading, Start, Stop, Unclear
from hvbot.understanding.normalise import Token, is_syllable, tokens_of
from hvbot.understanding.reply import Reply, read_as
from hvbot.understanding.sections import ENGLISH

# 47 CFR 64.1200(a)(10) and Twilio's default lists: at these, alone, the carrier answers and blocks by itself.
CARRIER_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
CARRIER_HELP = frozenset({"help", "info"})
CARRIER_START = frozenset({"start", "unstop"})
AROUND = " \t\r\n.!,;:?\"'()*"
LONGEST_KEYWORD = 40
STOP_REACH = 3
STOPPING = ("stop_verbs", "stop_at_end")
SHORTEST_FOREIGN = 3
TIMES = ("numbers", "weekdays", "parts", "clocks", "relative_days")
# What a phone sends by itself when somebody marks our text with a heart.
REACTIONS = (
    "liked",
    "loved",
    "emphasized",
    "laughed at",
    "disliked",
    "questioned",
    "reacted",
    "le gusto",
    "le encanto",
)
QUOTES = ('"', "“", "«", "”")


def carrier_word(text: str) -> Reading | None:
    """A whole message in any case that the carrier itself acts on."""
    word = text[:60].strip(AROUND).casefold() if len(text) <= LONGEST_KEYWORD else ""
    if word in CARRIER_STOP:
        return Reading(Stop(keyword=True), (f"{word}: carrier opt-out word",))
    if word in CARRIER_HELP:
        return Reading(Help(keyword=True), (f"{word}: carrier help word",))
    return Reading(Start(), (f"{word}: carrier opt-in word",)) if word in CARRIER_START else None


@once_if_short
def opt_out(text: str, lexicons: Lexicons, own: tuple[str, ...]) -> Reading | None:
    """The end of all texts, in any words of any language.

    In another language than the thread's it needs a word that the thread's languages do not know: "acha" is a stop in
    Swahili, and OK in Urdu.
    """
    tokens = tokens_of(text)
    seen = {form for token in tokens for form in (token.text, token.bare)}
    codes = {code for word in seen for code in lexicons.opt_out_openers.get(word, ())}
    if reading := opt_out_in(tokens, [lexicons[code] for code in own]) if codes & set(own) else None:
        return reading
    others = [code for code in lexicons if code in codes and code not in own]
    strange = words_unclaimed(tokens, [lexicons[code] for code in own]) if others else frozenset()
    found = (opt_out_in(tokens, [lexicons[code].for_opt_outs], strange) for code in others if strange)
    return next((reading for reading in found if reading), None)


def words_unclaimed(tokens: Sequence[Token], lexicons: Sequence[Lexicon]) -> frozenset[str]:
    """The words that some languages do not know, or know for a stop; none where they know every word."""
    items = list(read_items(tokens, lexicons, typos=False))
    claimed = [item for item in items if item.is_unknown or item.has("stop", "stop_whole")]
    # The carrier's own word is known everywhere; among words that are all known it needs no other language.
    if all(item.words == ("stop",) for item in claimed):
        return frozenset()
    return frozenset(word for item in claimed for word in item.words)


def opt_out_in(
    tokens: Sequence[Token], lexicons: Sequence[Lexicon], strange: frozenset[str] | None = None
) -> Reading | None:
    """An opt-out in the words of some languages; `strange` holds the words of which it needs one."""
    items = list(read_items(tokens, lexicons, typos=False))
    late = frozenset(lexicon.code for lexicon in lexicons if "negation_follows" in lexicon.traits)
    for clause in clauses_of(items, asides=False):
        found, kind = opt_out_words(clause, late)
        if found and (strange is None or is_foreign(found, strange)):
            return read_as(Stop(), found, kind)
    return None


def is_foreign(found: Sequence[Item], strange: frozenset[str]) -> bool:
    """Tell whether words that the thread's languages do not know make an opt-out; two Latin letters may be anything."""
    return any(
        word in strange and not (word.isascii() and len(word) < SHORTEST_FOREIGN)
        for item in found
        for word in item.words
    )


def opt_out_words(clause: Clause, late: frozenset[str]) -> tuple[list[Item], str]:
    """The words of a thought that end all texts, and their section; `late` are the languages with "not" behind."""
    for at, item in enumerate(clause.items):
        if item.has("stop") and not is_undone(clause, at, late) and not has_limit(clause):
            return [item], "stop"
    pair = verb_and_object(clause, late)
    if pair and not has_limit(clause):
        return pair, "stop"
    if is_ending(clause):
        return clause.meant[-1:], "stop_at_end"
    if left := leave_off(clause):
        return [left], "stop_doing"
    return (clause.words, "stop_whole") if is_whole(clause) else ([], "")


def is_ending(clause: Clause) -> bool:
    """Tell whether a thought ends with "... to stop" or "quit it" and denies nothing: "I told you to stop"."""
    if not clause.meant or any(item.has("negators", "no", "others") for item in clause.meant[:-1]):
        return False
    last = clause.meant[-1]
    return last.has("stop_at_end") or (is_phrase_for_stop(last) and not clause.is_question)


def is_phrase_for_stop(item: Item) -> bool:
    """Tell "quit it" and "that's enough" from "stop"; where no spaces are written a word has several syllables."""
    return item.has("stop_whole") and len(item.words) > 1 and not is_syllable(item.words[0])


def leave_off(clause: Clause) -> Item | None:
    """The "stop" with which a thought begins before a verb that nobody knows, if it names no time: "stop blowing me up"."""
    at = next((at for at, item in enumerate(clause.items) if item.has("stop_doing") or not item.is_filler), 0)
    skips = len(clause.items[at].words) > 1
    told = next((item for item in clause.items[at + 1 :] if not (skips and item.is_filler)), None)
    is_told = clause.items[at].has("stop_doing") and told is not None and told.is_unknown
    return clause.items[at] if is_told and not is_timed(clause) else None


def is_timed(clause: Clause) -> bool:
    """Tell whether a thought names a time."""
    return any(item.is_digits or item.has(*TIMES) for item in clause.items)


def is_undone(clause: Clause, at: int, late: frozenset[str]) -> bool:
    """Tell whether "don't" stands directly before a stop, or after it where the language says it there."""
    before = clause.items[at - 1] if at and clause.items[at - 1].language not in late else None
    is_denied = before is not None and (before.has("negators") or (before.has("no") and len(before.words) == 1))
    return is_denied or (bool(late) and any(item.has("negators") for item in clause.items[at + 1 : at + 2]))


def verb_and_object(clause: Clause, late: frozenset[str]) -> list[Item]:
    """ "stop ... texting", "delete ... my number", "leave ... in peace": after a weak verb nothing unknown between the two.

    Where the verb ends the sentence, "messages ... do not send"; "my number ... delete" anywhere.
    """
    stopping = (*STOPPING, *(() if late else ("no",)))
    for verbs, objects in ((stopping, "texting"), (("remove_verbs",), "our_number"), (("leave_verbs",), "in_peace")):
        if clause.has(objects) and not (objects == "in_peace" and is_timed(clause)):
            for at in range(len(clause.items)):
                if pair := pair_at(clause, at, verbs, objects, late):
                    return pair
    return []


def pair_at(clause: Clause, at: int, verbs: Sequence[str], objects: str, late: frozenset[str]) -> list[Item]:
    """The pair that begins at an item, its verb or its object first."""
    item, is_texting = clause.items[at], objects == "texting"
    is_verb = item.has(*verbs) or (is_texting and (is_borrowed_stop(item) or is_enough(clause, item)))
    if is_verb and not is_texting and is_kept(clause, at):
        return []
    if is_verb and (other := next_of(objects, clause.items[at + 1 :], is_strong(item))):
        return [item, other]
    is_object = item.has(objects) and (late or not is_texting)
    if is_object and (other := next_of(verbs[0], clause.items[at + 1 :])):
        return [item, other]
    return []


def is_kept(clause: Clause, at: int) -> bool:
    """Tell "don't take me off the list"."""
    return any(item.has("negators", "no", "stop_verbs") for item in clause.items[max(0, at - 2) : at])


def is_enough(clause: Clause, item: Item) -> bool:
    """Tell a "that's enough" with which a thought begins."""
    return is_phrase_for_stop(item) and clause.meant[0] is item


def is_borrowed_stop(item: Item) -> bool:
    """Tell the carrier's own word where it is no word of the language: "stop z tymi sms", but not "the bus stop"."""
    return item.words == ("stop",) and item.has("stop_whole") and item.language != ENGLISH


def is_strong(item: Item) -> bool:
    """Tell "stop" and "enough" from a mere "not", between which and a text much may stand: "don't forget to text me"."""
    return not item.has("no", "negators")


def next_of(kind: str, items: Sequence[Item], over_unknown: bool = False) -> Item | None:
    """The first item of a kind, with nothing before it but words that add nothing; after a strong word people and strange words too.

    A text that came or did not come is none that shall end: "I never got a message".
    """
    for item in items[: STOP_REACH + 1]:
        if item.has(kind):
            return item
        if item.has("received", "but") or not (
            item.is_filler
            or item.has("any", "none", "stop_verbs", "our_number", "to")
            or (over_unknown and (item.is_unknown or item.has("others", "told")))
        ):
            return None
    return None


def is_whole(clause: Clause) -> bool:
    """Tell whether a thought is a word for stop and nothing else; after STOP itself a word or two may be anything."""
    rest = [item for item in clause.words if item.has("stop_whole") or not (item.is_filler or item.has("no"))]
    is_begun = 1 < len(rest) <= STOP_REACH and rest[0].words == ("stop",) and not clause.has_mark
    if is_begun and all(item.is_unknown for item in rest[1:]):
        return True
    return bool(rest) and all(item.has("stop_whole") and not (item.has("but") and clause.start) for item in rest)


def reaction(text: str) -> Reading | None:
    """A phone's report that somebody liked our text only quotes it: STOP in the quotation stops nothing."""
    text = text[:40].casefold().lstrip()
    if text.startswith(REACTIONS) and any(quote in text for quote in QUOTES):
        return Reading(Unclear(), ("a reaction to our text",), explicit=False)
    return None


def wordless(reply: Reply) -> Reading | None:
    """A text without words says nothing."""
    return None if reply.words else Reading(Unclear(), ("no words",), explicit=False)
