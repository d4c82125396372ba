"""A `When` in the words of the `understand` interface."""

from hvbot.understanding.meaning import When
from hvbot.understanding.sections import WEEKDAYS


def when_fields(when: When) -> dict[str, str]:
    """What was said about time; what was not said is left out."""
    fields = {
        "date": when.date.isoformat() if when.date else "",
        "weekday": WEEKDAYS[when.weekday] if when.weekday is not None else "",
        "from": f"{when.from_:%H:%M}" if when.from_ else "",
        "until": f"{when.until:%H:%M}" if when.until else "",
        "part": when.part.value if when.part else "",
    }
    return {key: value for key, value in fields.items() if value}
