"""The sections of a `keywords.toml`: which there are, what their keys are, and what each may be used for."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Every section that is a plain list, in the order in which a word of several sections lists its senses.
PLAIN = (
    *(
        "stop",
        "stop_whole",
        "stop_at_end",
        "stop_doing",
        "stop_verbs",
        "texting",
        "remove_verbs",
        "our_number",
        "leave_verbs",
        "in_peace",
        "received",
        "late",
        "start",
        "help",
        "person",
        "wrong_number",
        "interpreter",
    ),
    *("cancel_visit", "cancel_two_faced", "change", "none", "any", "last", "last_but_one", "first", "option"),
    *(
        "yes",
        "yes_whole",
        "no",
        "cannot",
        "busy",
        "soft_yes",
        "hopeful",
        "question",
        "negators",
        "except",
        "but",
        "correction",
        "rather",
    ),
    *("after", "before", "until", "to", "between", "onward", "earlier", "at", "at_weak", "the_day", "day_mark"),
    *("hour", "minute", "and", "or", "in", "am", "pm", "noon", "half", "half_to", "quarter", "quarter_to", "past"),
    *("to_hour", "plus_half", "plus_quarter", "minus_quarter", "minus_half", "minus"),
    *(
        "asks_first",
        "asks_last",
        "next",
        "next_week",
        "this_week",
        "week_after_next",
        "day_unit",
        "week_unit",
        "speak",
        "not_counted",
        "others",
        "elsewhere",
        "told",
        "conditional",
        "only",
        "title",
        "ago",
        "day_off",
        "courtesy",
        "because",
        "because_behind",
        "have",
        "visit",
    ),
    "fillers",
)
KEYED = (
    "numbers",
    "ordinals",
    "hours",
    "months",
    "relative_days",
    "weekdays",
    "parts",
    "languages",
    "places",
    "clocks",
)
COUNTED = frozenset({"numbers", "ordinals", "hours", "months", "relative_days"})
REQUIRED = (
    "yes",
    "no",
    "none",
    "change",
    "cancel_visit",
    "stop",
    "start",
    "help",
    "person",
    "wrong_number",
    "interpreter",
    "negators",
    "after",
    "before",
)
# Before or after a name: we reached somebody else. Looked for beside unknown words alone, so they are no sections of `senses`.
NOT_US = ("not_us", "not_us_named", "not_us_after")
OPT_OUT = (
    "stop",
    "stop_whole",
    "stop_at_end",
    "stop_doing",
    "texting",
    "remove_verbs",
    "our_number",
    "leave_verbs",
    "in_peace",
)
# Without one of these there is no opt-out: the verbs need their object.
OPT_OUT_SIGNS = tuple(name for name in OPT_OUT if name not in {"remove_verbs", "leave_verbs"})
# How a language works: 3/12 may be either day; "not" follows what it denies; hours are counted from dawn.
TRAITS = ("mixed_dates", "negation_follows", "dawn_clock")
OPT_OUT_LISTS = (
    *OPT_OUT,
    *("stop_verbs", "no", "negators", "none", "any", "but", "fillers", "courtesy", "numbers", "parts"),
    *("after", "before", "until", "onward", "earlier", "received", *TRAITS),
)
# A wrong guess at these costs more than a question.
GUESSED = frozenset(
    {
        "yes",
        "change",
        "interpreter",
        "person",
        "wrong_number",
        "weekdays",
        "months",
        "relative_days",
        "parts",
        "ordinals",
        "languages",
        "option",
        "after",
        "before",
        "noon",
        "none",
        "question",
        "fillers",
        "soft_yes",
    }
)
AFFIXED = frozenset(
    {
        "weekdays",
        "months",
        "parts",
        "numbers",
        "ordinals",
        "hours",
        "relative_days",
        "half",
        "quarter",
        "noon",
        "languages",
        "hour",
        "fillers",
        "am",
        "pm",
    }
)
SHORTEST_TYPO = 5
ENGLISH = "en"
