"""Text + lexicons + the question asked → a meaning, with the words that decided it.

The words that must never be missed come first: an opt-out in any language, then a wrong number, a person, a language.
Then what is said about the offered times; then yes and no, the negative before the positive.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hvbot.understanding.answers import answer, courtesy, menu
from hvbot.understanding.items import items_of
from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Asked, Question, Reading, Unclear
from hvbot.understanding.normalise import tokens_of
from hvbot.understanding.reply import Reply, reply_of, why
from hvbot.understanding.requests import requested
from hvbot.understanding.safety import carrier_word, opt_out, reaction, wordless

Rule = Callable[[Reply], Reading | None]

RULES: tuple[Rule, ...] = (wordless, courtesy, menu, requested, answer)


def understand(text: str, asked: Asked, lexicons: Lexicons) -> Reading:
    """Read a reply in the person's language and English; where these know too little of it, in the others if they agree.

    Never raises; the same text, question and lexicons always give the same reading.
    """
    own = lexicons.of_thread(asked.language)
    reading = reaction(text) or carrier_word(text) or opt_out(text, lexicons, own)
    if reading:
        return reading
    asked = replace(asked, options=()) if asked.question in {Question.CONSENT, Question.REMINDER} else asked
    reply = reply_of(text, asked, lexicons, own)
    reading = by_rules(reply)
    is_known = not any(item.is_unknown for item in reply.items)
    if is_known or (reading.meaning != Unclear() and not reply.is_noisy):
        return reading
    return in_other_languages(text, asked, lexicons, own) or reading


def by_rules(reply: Reply) -> Reading:
    """The first rule that has something to say."""
    for rule in RULES:
        if reading := rule(reply):
            return reading
    known = [why(item) for item in reply.meant if item.senses]
    return Reading(Unclear(), tuple(known[:6]), explicit=False)


def in_other_languages(text: str, asked: Asked, lexicons: Lexicons, own: Sequence[str]) -> Reading | None:
    """What other languages make of words that the thread's languages do not know, if they agree."""
    others = [code for code in lexicons.that_know(words_of(text)) if code not in own]
    knowing = [code for code in others if knows_all(text, lexicons[code])]
    replies = [reply_of(text, asked, lexicons, [code], typos=False) for code in knowing]
    found = [by_rules(reply) for reply in replies if not is_in_digits(reply)]
    found = [reading for reading in found if not isinstance(reading.meaning, Unclear)]
    return found[0] if len({reading.meaning for reading in found}) == 1 else None


def is_in_digits(reply: Reply) -> bool:
    """Tell whether all that is said of time is digits, which the thread's own languages have read already."""
    facts = reply.times.facts if reply.times else ()
    return bool(facts) and all(item.is_digits for fact in facts for item in reply.items[fact.start : fact.end])


def words_of(text: str) -> list[tuple[str, str]]:
    """The words of a text, as they are typed and without accents."""
    return [(token.text, token.bare) for token in tokens_of(text) if token.kind in {"word", "char"}]


def knows_all(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a language knows every word of a text, and one of them means something."""
    items = items_of(text, (lexicon,), typos=False)
    return not any(item.is_unknown for item in items) and any(
        not item.is_break and not item.is_filler for item in items
    )
