"""Patterns for what names an option: a number, an ordinal, the first, the last, any."""

from hvbot.understanding.clocks import is_counting, is_label
from hvbot.understanding.days import day_number
from hvbot.understanding.facts import FARTHEST_BACK, Fact, Scan
from hvbot.understanding.items import DAY_ENDING, HOUR_TAILS, Item
from hvbot.understanding.normalise import fold

LONGEST_LIST = 9
# The first letters of the alphabets, and what the Latin ones are called where others are written.
ALPHABETS = (
    "a b c d e",
    "а б в г д",
    "ا ب ج د",
    "الف ب پ ت",
    "اے بی سی ڈی",
    "ए बी सी डी",
    "এ বি সি ডি",
    "ਏ ਬੀ ਸੀ ਡੀ",
    "ኤ ቢ ሲ ዲ",
)
LETTERS = {fold(letter): place for letters in ALPHABETS for place, letter in enumerate(letters.split(), 1)}
DAYS = ("weekdays", "relative_days", "months")


def marked_option(scan: Scan, at: int) -> list[Fact]:
    """ "option 2", "number two", "#2", "2nd option"."""
    item = scan.items[at]
    if scan.has(at - 1, "not_counted"):
        return []
    if item.has("option") and item.number is not None:
        return [Fact("option", item.number, at, at + 1)]
    if item.has("option") or item.words[0] == "#":
        if letter := letter_place(scan.at(at + 1)):
            return [Fact("option", letter, at, at + 2)]
        other = scan.skip(at + 1, 1)
        number = day_number(scan.at(other))
        return [Fact("option", number, at, other + 1)] if number and not is_counting(scan, other) else []
    number = day_number(item)
    is_hour = item.ending in HOUR_TAILS or (item.is_digits and bool(scan.options) and (number or 0) > len(scan.options))
    is_other = is_hour or is_label(scan, at)
    if (
        number
        and not is_other
        and scan.has(at + 1, "option")
        and not is_refusal(scan, at + 1)
        and day_number(scan.at(at + 2)) is None
    ):
        return [Fact("option", number, at, at + 2)]
    return []


def letter_place(item: Item | None) -> int | None:
    """Which place a letter stands for after "option": b, б, ب."""
    return LETTERS.get(item.words[0]) if item and len(item.words) == 1 else None


def is_refusal(scan: Scan, at: int) -> bool:
    """Tell the "no" of "2 no, 3" from the short form of number."""
    following = scan.at(at + 1)
    return scan.has(at, "no") and (following is None or following.is_break)


def ordinal(scan: Scan, at: int) -> list[Fact]:
    """ "the second", "2nd", "الثاني": an option, or a day of the month."""
    item = scan.items[at]
    number = item.value("ordinals")
    if number is None and item.number is not None and item.ending:
        number = item.number
    if number is None or is_label(scan, at) or (number > len(scan.options) and is_counting(scan, at)):
        return []
    return [Fact("number", number, at, at + 1, readings=ordinal_readings(scan, at, number))]


def ordinal_readings(scan: Scan, at: int, number: int) -> tuple[str, ...]:
    """A spelled ordinal within the list is an option; digits may be a day, and some languages name hours so."""
    item = scan.items[at]
    if item.ending == DAY_ENDING:
        return ("day",)
    if item.has("hours"):
        return ("hour", "option")
    if not item.is_digits and number <= max(LONGEST_LIST, len(scan.options)):
        return ("option",)
    return ("day", "option")


def number(scan: Scan, at: int) -> list[Fact]:
    """A number that nothing marks: an option, an hour or a day, as it fits."""
    item = scan.items[at]
    value = item.number if item.number is not None else item.value("numbers")
    if value is None or is_noise(scan, at) or is_pronoun(scan, at) or is_article(scan, at) or is_count(scan, at, value):
        return []
    return [Fact("number", value, at, at + 1, readings=readings_of(scan, at, item))]


def is_count(scan: Scan, at: int, value: int) -> bool:
    """Tell the 3 of "all 3" and "none of the 3", which says how many were offered."""
    if value != len(scan.options) or value == 1:
        return False
    before = scan.items[max(0, at - FARTHEST_BACK) : at][::-1]
    said = next((item for item in before if not item.is_filler or item.has("any", "none")), None)
    return said is not None and said.has("any", "none")


def is_article(scan: Scan, at: int) -> bool:
    """Tell the "a" of "un jeudi", which many languages say like "one"."""
    return scan.items[at].value("numbers") == 1 and scan.has(at + 1, "weekdays", "parts")


def readings_of(scan: Scan, at: int, item: Item) -> tuple[str, ...]:
    """What a bare number may be, from the words around it."""
    before, after = scan.at(scan.back(at)), scan.at(scan.skip(at + 1))
    if before and before.has("at_weak"):
        return ("hour", "option")
    if before and before.has("the_day") and before.has("day_mark"):
        return ("day",)
    if before and before.has("the_day"):
        return ("day", "option", "hour")
    if (before and before.has(*DAYS)) or (after and after.has(*DAYS) and item.is_digits):
        return ("hour", "day", "option")
    return ("option", "hour", "day")


def is_noise(scan: Scan, at: int) -> bool:
    """Tell whether a number belongs to a word nobody knows, or is a label: "apt 2", "grade 3"."""
    before = scan.at(at - 1)
    return is_counting(scan, at) or (before is not None and before.is_unknown)


def is_pronoun(scan: Scan, at: int) -> bool:
    """Tell the "one" of "the morning one"."""
    item = scan.items[at]
    return (
        item.value("numbers") == 1
        and not item.is_digits
        and (
            scan.has(at - 1, "parts", "weekdays", "months", "noon", "am", "pm", "ordinals")
            or is_told_in_digits(scan.at(at - 1))
        )
    )


def is_told_in_digits(item: Item | None) -> bool:
    """Tell a clock time or another number in digits: "the 5:30 one", "the 3 one"."""
    return item is not None and (item.clock is not None or item.number is not None)


def place_in_list(scan: Scan, at: int) -> list[Fact]:
    """The first, the last, the one before it, any of them."""
    item = scan.items[at]
    if item.has("last_but_one") and len(scan.options) > 1:
        return [Fact("option", len(scan.options) - 1, at, at + 1)]
    kind = next((kind for kind in ("any", "last", "first") if item.has(kind)), None)
    return [Fact(kind, None, at, at + 1)] if kind else []
