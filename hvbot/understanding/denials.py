"""What a reply rules out, by "not", "can't", "busy" or "except", and what alone is left by "only"."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hvbot.understanding.about import SUITS, is_ruled
from hvbot.understanding.clauses import Clause
from hvbot.understanding.facts import FARTHEST_BACK, TURNED, Fact, Scan
from hvbot.understanding.items import Item
from hvbot.understanding.matching import DAY_PARTS
from hvbot.understanding.normalise import is_syllable
from hvbot.understanding.sections import ENGLISH

SWAPPED = {"from": "until", "until": "from"}
ONLY_REACH = 3
SUPPOSED_REACH = 3
OPTIONS = frozenset({"number", "option", "first", "last", "any"})


def denied(scan: Scan, clause: Clause, facts: list[Fact]) -> list[Fact]:
    """The facts of a thought with those ruled out that a "not", a "can't" or an "except" reaches."""
    for at in range(clause.start, clause.end):
        inside = [fact for fact in facts if clause.start <= fact.start < clause.end and not is_ruled(fact)]
        reached = reach(scan, at, inside)
        if reached:
            turned = dict(zip(map(id, reached), deny(reached, scan.items[at].text), strict=True))
            facts = [turned.get(id(fact), fact) for fact in facts]
    return joined(scan, [fact for fact in facts if fact.role != "dropped"])


def joined(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """A day and its part that are ruled out together as one: "not Thursday evening" leaves Thursday at noon."""
    found: list[Fact] = []
    for fact in facts:
        if found and is_part_of_day(scan, found[-1], fact):
            found[-1] = replace(found[-1], kind="both", value=(found[-1], fact), end=max(found[-1].end, fact.end))
        else:
            found.append(fact)
    return found


def is_part_of_day(scan: Scan, first: Fact, last: Fact) -> bool:
    """Tell whether of two things ruled out one is a day and the other belongs to it."""
    kinds = {first.kind, last.kind}
    is_pair = bool(kinds & {"weekday", "date"}) and bool(kinds & {"part", "clock"})
    is_split = is_pair and first.kind == "part" and first.value in DAY_PARTS
    between = scan.items[first.end : last.start]
    is_beside = all(item.is_filler and not item.has("and", "or") and not item.is_break for item in between)
    return bool(first.denied and last.denied == first.denied) and is_pair and not is_split and is_beside


def reach(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What the word at an index rules out, if it is one that does."""
    item = scan.items[at]
    if denies_nothing(scan, at) or is_supposed(scan, at, facts):
        return []
    after = chain([fact for fact in facts if fact.start > at])
    before = [fact for fact in facts if fact.end <= at]
    if item.has("except") and {fact.kind for fact in before} == {"any"}:
        return [fact for fact in after if fact.kind != "any"]
    if item.has("except", "cannot", "busy", "negators", "no") and scan.is_so(at, "negation_follows") and before:
        return behind(scan, at, before)
    near = unless_rather(scan, at, [fact for fact in after if after[0].start - at <= FARTHEST_BACK])
    if item.has("cancel_visit"):
        return [fact for fact in (near, behind(scan, at, before))[not near] if fact.role in SWAPPED]
    if item.has("except"):
        return [fact for fact in facts if fact.start > at and fact.kind != "any"]
    if has_plans(scan, at):
        return planned(scan, at, before, near)
    if is_all_but(scan, at, near):
        return near
    if item.has("cannot", "busy"):
        limits = [fact for fact in near if fact.role in SWAPPED]
        return limits or chain(before) or near
    return by_not(scan, at, before, near)


def by_not(scan: Scan, at: int, before: Sequence[Fact], near: Sequence[Fact]) -> list[Fact]:
    """What a "not" rules out, which reaches further, or a "no"."""
    item = scan.items[at]
    if item.has("negators"):
        near = before_comma(scan, list(near))
        last = [fact for fact in before[-1:] if at - fact.end < FARTHEST_BACK and fact.role not in SWAPPED]
        return near or [*(joined_to(scan, last[0], before[:-1]) if last else ()), *last]
    if not item.has("no") or item.has("correction"):
        return []
    if is_unspaced(item) and (refused := listed(scan, at, before)):
        return refused
    following = [fact for fact in near if scan.skip(at + 1) >= fact.start]
    refused = listed(scan, at, before) if is_one_word(item) else []
    is_split = bool(following and refused) and scan.has(following[-1].end, "yes", "yes_whole")
    return refused if is_split or not following else following


def has_plans(scan: Scan, at: int) -> bool:
    """Tell the "I have" of "I have dialysis on Tuesday": before a strange word, or other plans, it offers no free time."""
    if not scan.has(at, "have"):
        return False
    article = scan.at(at + 1)
    is_counted = article is not None and article.value("numbers") == 1 and not article.is_digits
    plans = scan.at(scan.skip(at + 1 + is_counted, 1))
    return plans is not None and (plans.is_unknown or plans.has("not_counted", "others"))


def is_all_but(scan: Scan, at: int, near: Sequence[Fact]) -> bool:
    """Tell English "all of them but 3" from "all work, but 3 is best"; elsewhere "but" excepts nothing."""
    is_english = scan.has(at, "but") and scan.items[at].language == ENGLISH
    if not near or near[0].kind == "part" or not is_english or not scan.has(at - 1, "any"):
        return False
    is_beside = near[0].start == at + 1 + scan.has(at + 1, "the_day")
    return is_beside and not scan.has(near[-1].end, *SUITS, "rather", "fillers")


def planned(scan: Scan, at: int, before: Sequence[Fact], after: Sequence[Fact]) -> list[Fact]:
    """When the plans are: the times directly before them, else those after that belong together, and no option beside them."""
    if before and at - before[-1].end <= 1:
        return beside(scan, before)
    found = list(after[:1])
    for fact in after[1:]:
        is_other = fact.kind in OPTIONS or fact.start - found[-1].end > 1
        is_next = fact.kind in {other.kind for other in found} and not is_joining(
            scan.items[found[-1].end : fact.start]
        )
        if is_other or is_next:
            break
        found.append(fact)
    return found


def denies_nothing(scan: Scan, at: int) -> bool:
    """Tell the "no?" that only asks, and the "n" of "between 3 n 5" and "weds n fridays", from a no."""
    before, item, following = scan.at(at - 1), scan.items[at], scan.at(at + 1)
    if before is None or following is None or not item.has("no", "negators"):
        return False
    is_listing = all(each.is_digits or each.has("weekdays", "parts") for each in (before, following))
    return following.words[0] == "?" or (item.has("and") and is_listing)


def is_supposed(scan: Scan, at: int, facts: Sequence[Fact]) -> bool:
    """Tell the "doesn't" of "if 2 doesn't work, then 3" and "si no puede la 1, la 3": neither is ruled out or asked for."""
    reach = range(at, max(-1, at - 1 - SUPPOSED_REACH), -1)
    return len(facts) > 1 and any(scan.has(place, "conditional") for place in reach)


def is_one_word(item: Item) -> bool:
    """Tell a bare "no"; where no spaces are written a word has several syllables."""
    return len(item.words) == 1 or is_unspaced(item)


def is_unspaced(item: Item) -> bool:
    """Tell a word of several syllables of a script that writes no spaces."""
    return len(item.words) > 1 and all(is_syllable(word) for word in item.words)


def unless_rather(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """The facts before a "but rather", and not the one directly before it: "not 1 but 3", "not 1, 3 is better"."""
    end = next((place for place in range(at + 1, len(scan.items)) if scan.has(place, "rather")), None)
    before = [fact for fact in facts if end is None or fact.start < end]
    return before[:-1] if len(before) > 1 and before[-1].end == end else before


def before_comma(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """What a "not" reaches in "not 1, 3 is better": what stands after a comma belongs to the words after it."""
    last = facts[-1].end if facts else len(scan.items)
    if scan.at(last) is None or not scan.items[last].has(*SUITS, "fillers") or scan.items[last].has("courtesy"):
        return facts
    cut = next((at for at in range(facts[0].end, last) if scan.items[at].words[0] == ","), last)
    return [fact for fact in facts if fact.end <= cut]


def listed(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What stands directly before a "no": one thing, or a list of them: "1 and 3 no"."""
    last = [fact for fact in facts[-1:] if scan.skip(fact.end) >= at]
    return [*last, *joined_to(scan, last[0], facts[:-1])] if last else []


def joined_to(scan: Scan, last: Fact, facts: Sequence[Fact]) -> list[Fact]:
    """The facts before another that "and", "or" or a comma joins to it."""
    found: list[Fact] = []
    for fact in reversed(facts):
        if not is_joining(scan.items[fact.end : last.start]):
            break
        found.append(fact)
        last = fact
    return found


def is_joining(between: Sequence[Item]) -> bool:
    """Tell "and", "or" or a comma, and nothing else but words that add nothing."""
    joints = [item for item in between if item.has("and", "or") or item.words[0] in {",", "&", "/"}]
    return len(joints) == 1 and all(item in joints or item.is_filler for item in between)


def behind(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What stands directly before a word that denies, in languages that say "Tuesday not"."""
    found: list[Fact] = []
    for fact in reversed(facts):
        between = scan.items[fact.end : at]
        if len(between) > FARTHEST_BACK or any(item.has("yes", "yes_whole", "but") for item in between):
            break
        found.append(fact)
        at = fact.start
    limits = [fact for fact in found if fact.role in SWAPPED]
    return limits or found[::-1]


def chain(facts: Sequence[Fact]) -> list[Fact]:
    """The facts from the first on that stand close together."""
    found = list(facts[:1])
    for fact in facts[1:]:
        if fact.start - found[-1].end > 2:
            break
        found.append(fact)
    return found


def deny(facts: Sequence[Fact], word: str) -> Iterable[Fact]:
    """Rule facts out; "not before five" and "I work until five" are "after five"."""
    is_range = {fact.role for fact in facts} >= {"from", "until"}
    for fact in facts:
        if fact.role == "from" and is_range:
            yield replace(fact, role="dropped")
        elif fact.role in SWAPPED:
            yield replace(fact, role=SWAPPED[fact.role], readings=(*fact.readings, TURNED))
        else:
            yield replace(fact, denied=word)


def only(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """What "only" stands before, or else behind, and nothing beside it; the "not" of 日曜しか空いてません denies all others."""
    at = next((at for at, item in enumerate(scan.items) if item.has("only")), None)
    if at is None:
        return facts
    after = chain([fact for fact in facts if fact.start > at])
    before = [fact for fact in facts if fact.end <= at]
    is_behind = bool(before) and scan.back(at) < before[-1].end
    if after and after[0].start - at <= ONLY_REACH and not (is_behind and is_cut(scan, at, after[0].start)):
        chosen = after
    else:
        chosen = beside(scan, before) if is_behind else []
    return [replace(fact, denied="") for fact in facts if fact in chosen] or facts


def is_cut(scan: Scan, start: int, end: int) -> bool:
    """Tell whether a mark stands between: "weekdays only, weekends are for family"."""
    return any(item.is_break for item in scan.items[start:end])


def beside(scan: Scan, facts: Sequence[Fact]) -> list[Fact]:
    """The last fact, and those before it with nothing between but words that add nothing."""
    found = list(facts[-1:])
    for fact in reversed(facts[:-1]):
        between = scan.items[fact.end : found[0].start]
        if not all(item.is_filler or item.has("at", "and", "or", "the_day") for item in between):
            break
        found.insert(0, fact)
    return found
