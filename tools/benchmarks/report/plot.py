"""A line plot as SVG, with both axes starting at zero. The same numbers give the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

from tools.benchmarks.report.table import format_number

Line: TypeAlias = Sequence[tuple[float, float]]
"""Points from left to right."""

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 190, 40, 50
_LINE_HEIGHT = 16
# Legible on white and on dark grey.
_COLOURS: Final = ("#3f7fd0", "#d07030")
_GREY: Final = "#888888"


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot.

    Args:
        title: title above the plot.
        across: label of the horizontal axis.
        up: unit of the vertical axis.
        lines: lines by name.
    """

    title: str
    across: str
    up: str
    lines: Mapping[str, Line]

    def svg(self) -> str:
        """Return the SVG document."""
        return "\n".join(self._elements()) + "\n"

    def _elements(self) -> Iterator[str]:
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'font-family="sans-serif" font-size="13" fill="{_GREY}" role="img">'
        )
        yield f"<title>{escape(self.title)}</title>"
        yield _text(_LEFT, 22, self.title)
        yield from self._axes()
        heights = self._label_heights()
        for (name, line), colour in zip(self.lines.items(), _COLOURS, strict=False):
            yield from self._line(name, line, colour, heights[name])
        yield "</svg>"

    def _axes(self) -> Iterator[str]:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        yield f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="{_GREY}"/>'
        for x in sorted({x for line in self.lines.values() for x, _ in line}):
            yield _text(self._x(x), bottom + 20, format_number(x), "middle")
        for part in (0, 0.5, 1):
            y = self._top_value * part
            yield _text(_LEFT - 8, self._y(y) + 4, format_number(y), "end")
        yield _text((_LEFT + right) / 2, _HEIGHT - 10, self.across, "middle")
        yield _text(_LEFT + 6, _TOP + 4, self.up)

    def _label_heights(self) -> dict[str, float]:
        """Return where the label of each line stands: at its end, but below the label above it."""
        heights: dict[str, float] = {}
        lowest = 0.0
        for name, line in sorted(self.lines.items(), key=lambda named: -named[1][-1][1]):
            heights[name] = lowest = max(self._y(line[-1][1]) + 4, lowest + _LINE_HEIGHT)
        return heights

    def _line(self, name: str, line: Line, colour: str, label_height: float) -> Iterator[str]:
        points = " ".join(f"{self._x(x):.1f},{self._y(y):.1f}" for x, y in line)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in line:
            yield f'<circle cx="{self._x(x):.1f}" cy="{self._y(y):.1f}" r="3" fill="{colour}"/>'
        last_x, last_y = line[-1]
        yield _text(self._x(last_x) + 8, label_height, f"{name}: {format_number(last_y)} {self.up}", colour=colour)

    @property
    def _top_value(self) -> float:
        return max(y for line in self.lines.values() for _, y in line) * 1.1

    def _x(self, value: float) -> float:
        most = max(x for line in self.lines.values() for x, _ in line)
        return _LEFT + (_WIDTH - _RIGHT - _LEFT) * value / most

    def _y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / self._top_value


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = _GREY) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
