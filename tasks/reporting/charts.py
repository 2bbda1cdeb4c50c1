"""Charts as inline SVG: they need no script and no network, follow light and dark, and print.

Our own because a chart of sixty columns costs 0.1 to 0.2 s and 74 kB through Vega, whose scripts
are 0.9 MB a page (docs/reports.md has the figures), and three kinds of chart are all there is.
Colours come from classes, so that they follow the style sheet. Every chart has a name and one
sentence for those who do not see it; the same numbers stand in a table on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 46, 8, 10, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a chart: its label and the height of each part."""

    label: str
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart: shares from 0 to 1, None where nothing is known. `css` is its class."""

    label: str
    css: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One bar over time: when it began and ended in seconds from the beginning, and what it says."""

    label: str
    began: float
    ended: float
    note: str


def columns(
    data: Sequence[Column], *, series: Sequence[str], name: str, sentence: str, height: int = 180
) -> Markup:
    """Draw stacked columns, the first series at the bottom; classes are the names of the series."""
    top = _nice(max((sum(column.parts.values()) for column in data), default=0))
    inner = height - _TOP - _BOTTOM
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(data), 12)
    marks = [_grid(height, [(0, "0"), (0.5, f"{top / 2:,g}"), (1, f"{top:,g}")])]
    for n, column in enumerate(data):
        x = _LEFT + n * step
        y = float(height - _BOTTOM)
        words = ", ".join(f"{value:,g} {key}" for key, value in column.parts.items() if value)
        marks.append(Markup("<g><title>{}: {}</title>").format(column.label, words or "nothing"))
        for key in series:
            tall = column.parts.get(key, 0) / top * inner
            if tall:
                y -= tall
                marks.append(
                    Markup('<rect class="s-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                        key, _r(x + step * 0.1), _r(y), _r(step * 0.8), _r(tall)
                    )
                )
        marks.append(Markup("</g>"))
    marks.append(_ends(height, [column.label for column in data], step))
    return _svg(marks, height, name, sentence)


def lines(
    data: Sequence[Line], *, labels: Sequence[str], name: str, sentence: str, height: int = 180
) -> Markup:
    """Draw shares over batches, from 0 to 100 %; where nothing is known the line has a gap."""
    inner = height - _TOP - _BOTTOM
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 12)
    marks = [_grid(height, [(0, "0 %"), (0.5, "50 %"), (1, "100 %")])]
    for line in data:
        points = [
            (_LEFT + (n + 0.5) * step, _TOP + (1 - value) * inner) if value is not None else None
            for n, value in enumerate(line.values)
        ]
        marks.append(Markup('<g class="l-{}"><title>{}</title>').format(line.css, line.label))
        for piece in _pieces(points):
            path = "M" + "L".join(f"{_r(x)} {_r(y)}" for x, y in piece)
            marks.append(Markup('<path d="{}"/>').format(path))
        marks += [
            Markup('<circle cx="{}" cy="{}" r="2"/>').format(_r(p[0]), _r(p[1])) for p in points if p
        ]
        marks.append(Markup("</g>"))
    marks.append(_ends(height, labels, step))
    return _svg(marks, height, name, sentence)


def book(parts: Mapping[str, int], *, name: str, sentence: str) -> Markup:
    """Draw the books of one batch as one bar: what became of every document taken in."""
    total, x, height = max(sum(parts.values()), 1), 0.0, 30
    marks = []
    for key, value in parts.items():
        wide = value / total * _WIDTH
        if wide:
            marks.append(
                Markup(
                    '<rect class="s-{}" x="{}" y="0" width="{}" height="{}"><title>{} {}</title></rect>'
                ).format(key, _r(x), _r(wide), height, f"{value:,}", key)
            )
            x += wide
    return _svg(marks, height, name, sentence, css="chart wide")


def spans(data: Sequence[Span], *, name: str, sentence: str) -> Markup:
    """Draw the stages of a batch over its time."""
    row, left = 26, 130
    total = max((span.ended for span in data), default=0) or 1
    wide = _WIDTH - left - _RIGHT
    marks = []
    for n, span in enumerate(data):
        y = n * row
        x = left + max(span.began, 0) / total * wide
        width = max((span.ended - max(span.began, 0)) / total * wide, 2)
        marks.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="s-work" x="{}" y="{}" width="{}" height="14"><title>{}: {}</title></rect>'
            ).format(
                left - 8, y + 17, span.label, _r(x), y + 6, _r(width), span.label, span.note
            )
        )
    return _svg(marks, max(len(data), 1) * row, name, sentence)


def spark(values: Sequence[float], *, name: str) -> Markup:
    """Draw a word-sized trend: columns, the newest at the right."""
    width, height = 120, 24
    top = max(values, default=0) or 1
    step = width / max(len(values), 30)
    marks = [
        Markup('<rect class="s-spark" x="{}" y="{}" width="{}" height="{}"/>').format(
            _r(n * step), _r(height - tall), _r(step * 0.8), _r(tall)
        )
        for n, value in enumerate(values)
        if (tall := value / top * height)
    ]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(width, height, name, Markup("").join(marks))


def _svg(
    marks: Sequence[Markup], height: int, name: str, sentence: str, *, css: str = "chart"
) -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}. {}">{}</svg>'
    ).format(css, _WIDTH, height, name, sentence, Markup("").join(marks))


def _grid(height: int, levels: Sequence[tuple[float, str]]) -> Markup:
    inner = height - _TOP - _BOTTOM
    found = Markup("")
    for level, label in levels:
        y = _TOP + (1 - level) * inner
        found += Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(_LEFT, _WIDTH - _RIGHT, _r(y), _r(y), _LEFT - 6, _r(y + 4), label)
    return found


def _ends(height: int, labels: Sequence[str], step: float) -> Markup:
    if not labels:
        return Markup("")
    first = Markup('<text x="{}" y="{}">{}</text>').format(_LEFT, height - 6, labels[0])
    if len(labels) < 4:
        return first
    end = _LEFT + len(labels) * step
    return first + Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
        _r(max(end, _LEFT + 260)), height - 6, labels[-1]
    )


def _pieces(
    points: Sequence[tuple[float, float] | None],
) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    return [piece for piece in pieces if len(piece) > 1]


def _nice(value: float) -> float:
    """Return the next number of the kind 1, 2, 4, 6, 8, 10 times a power of ten, 2 at least."""
    power = 1.0
    while value > 10 * power:
        power *= 10
    return next(step * power for step in (2, 4, 6, 8, 10) if value <= step * power)


def _r(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
