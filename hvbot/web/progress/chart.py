"""A bar chart as numbers for an SVG, drawn on the server: no script, it prints, and a screen reader can read it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 440, 110, 110
BAR_HEIGHT, STEP = 26, 38


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the chart's units."""

    label: str
    value: int
    share: str
    y: int
    width: int


def bars(values: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """Bars as long as their share of the first, which is the whole."""
    whole = max((value for _, value in values[:1]), default=0)
    most = max((value for _, value in values), default=0)
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    return tuple(
        Bar(
            label,
            value,
            f"{round(100 * value / whole)}%" if whole else "",
            index * STEP,
            round(room * value / most) if most else 0,
        )
        for index, (label, value) in enumerate(values)
    )
