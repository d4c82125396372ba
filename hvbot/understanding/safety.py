"""What must never be missed: an opt-out, in the carrier's words or in any others, in any language."""

from collections.abc import Mapping, Sequence

from hvbot.understanding.clauses import Clause, clauses_of
from hvbot.understanding.items import Item, read_items
from hvbot.understanding.lexicon import Lexicon
from hvbot.understanding.meaning import Help, Reading, Start, Stop, Unclear
from hvbot.understanding.normalise import Token, tokens_of
from hvbot.understanding.reply import Reply, read_as

# 47 CFR 64.1200(a)(10) and Twilio's default lists: at these, alone, the carrier answers and blocks by itself.
CARRIER_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
CARRIER_HELP = frozenset({"help", "info"})
CARRIER_START = frozenset({"start", "unstop"})
AROUND = " \t\r\n.!,;:?\"'()*"
LONGEST_KEYWORD = 40
STOP_REACH = 3
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


def opt_out(text: str, lexicons: Mapping[str, Lexicon], own: Sequence[str]) -> Reading | None:
    """The end of all texts, in any words of any language; two-faced words of the others only as a whole reply."""
    tokens = tokens_of(text)
    seen = {form for token in tokens for form in (token.text, token.bare)}
    groups = [[lexicons[code] for code in own], *([lexicons[code]] for code in lexicons if code not in own)]
    for group in groups:
        if any(seen & lexicon.opt_out_words for lexicon in group) and (reading := opt_out_in(tokens, group)):
            return reading
    return None


def opt_out_in(tokens: Sequence[Token], lexicons: Sequence[Lexicon]) -> Reading | None:
    """An opt-out in the words of some languages."""
    items = list(read_items(tokens, lexicons, typos=False))
    for clause in clauses_of(items):
        for at, item in enumerate(clause.items):
            if item.has("stop") and not is_undone(clause, at) and not has_limit(clause):
                return read_as(Stop(), [item], "stop")
        pair = verb_and_texting(clause)
        if pair and not has_limit(clause):
            return read_as(Stop(), pair, "stop")
        if is_whole(clause):
            return read_as(Stop(), clause.meant[:1], "stop_whole")
    return None


def is_undone(clause: Clause, at: int) -> bool:
    """Tell whether "don't" stands directly before a stop."""
    return at > 0 and clause.items[at - 1].has("negators", "no")


def has_limit(clause: Clause) -> bool:
    """Tell whether only some hours are meant: "don't text after nine"."""
    limits = [at for at, item in enumerate(clause.items) if item.has("after", "before", "until") and not item.is_filler]
    return any(
        item.is_digits or item.has("numbers", "parts") for at in limits for item in clause.items[at + 1 : at + 4]
    )


def verb_and_texting(clause: Clause) -> list[Item]:
    """ "stop ... texting", "no more ... messages", "do not ... write": nothing unknown between the two."""
    items = clause.items
    for at, item in enumerate(items):
        if not item.has("stop_verbs", "no"):
            continue
        for other in items[at + 1 : at + 2 + STOP_REACH]:
            if other.has("texting"):
                return [item, other]
            if not other.is_filler and not other.has("any", "stop_verbs"):
                break
    return []


def is_whole(clause: Clause) -> bool:
    """Tell whether a thought is a word for stop and nothing else; after STOP itself one word may be misspelled."""
    rest = [item for item in clause.words if item.has("stop_whole") or not (item.is_filler or item.has("no"))]
    if len(rest) == 2 and rest[0].words == ("stop",) and rest[1].is_unknown:
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
