"""Charts as inline SVG: they need no script and no network, follow light and dark, and print.

Our own because a chart of sixty columns costs 0.1 to 0.2 s and 74 kB through Vega, whose scripts
are 0.9 MB a page (docs/reports.md has the figures), and three kinds of chart are all there is.
Colours come from classes, so that they follow the style sheet. Every chart has a name and one
sentence for those who do not see it; the same numbers stand in a table on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

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
    """One bar over time: its beginning and end in seconds, and what it says."""

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
    wide = _r(step * 0.8)
    for n, column in enumerate(data):
        x = _r(_LEFT + n * step + step * 0.1)
        y = float(height - _BOTTOM)
        words = ", ".join([f"{value:,g} {key}" for key, value in column.parts.items() if value])
        marks.append(f"<g><title>{escape(column.label)}: {words or 'nothing'}</title>")
        for key in series:
            tall = column.parts.get(key, 0) / top * inner
            if tall:
                y -= tall
                marks.append(
                    f'<rect class="s-{key}" x="{x}" y="{_r(y)}" '
                    f'width="{wide}" height="{_r(tall)}"/>'
                )
        marks.append("</g>")
    marks.append(_ends(height, [column.label for column in data], step))
    return _svg(marks, height, name, sentence)


def lines(
    data: Sequence[Line], *, labels: Sequence[str], name: str, sentence: str, height: int = 180
) -> Markup:
    """Draw shares over batches, from 0 to 100 %; where nothing is known the line has a gap."""
    inner = height - _TOP - _BOTTOM
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 12)
    marks = [_grid(height, [(0, "0 %"), (0.5, "50 %"), (1, "100 %")])]
    across = [_r(_LEFT + (n + 0.5) * step) for n in range(len(labels))]
    for line in data:
        points = [
            (x, _r(_TOP + (1 - value) * inner)) if value is not None else None
            for x, value in zip(across, line.values, strict=True)
        ]
        marks.append(f'<g class="l-{line.css}"><title>{escape(line.label)}</title>')
        for piece in _pieces(points):
            marks.append(f'<path d="M{"L".join(f"{x} {y}" for x, y in piece)}"/>')
        marks += [f'<circle cx="{p[0]}" cy="{p[1]}" r="2"/>' for p in points if p]
        marks.append("</g>")
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
                f'<rect class="s-{key}" x="{_r(x)}" y="0" width="{_r(wide)}" height="{height}">'
                f"<title>{value:,} {key}</title></rect>"
            )
            x += wide
    return _svg(marks, height, name, sentence, css="chart wide")


def spans(data: Sequence[Span], *, name: str, sentence: str) -> Markup:
    """Draw the stages of a batch over its time."""
    row, left = 26, 190  # labels are larger on a phone
    total = max((span.ended for span in data), default=0) or 1
    wide = _WIDTH - left - _RIGHT
    marks = []
    for n, span in enumerate(data):
        y = n * row
        began = max(span.began, 0)
        width = max((span.ended - began) / total * wide, 2)
        label = escape(span.label)
        marks.append(
            f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{label}</text>'
            f'<rect class="s-work" x="{_r(left + began / total * wide)}" y="{y + 6}" '
            f'width="{_r(width)}" height="14"><title>{label}: {escape(span.note)}</title></rect>'
        )
    return _svg(marks, max(len(data), 1) * row, name, sentence)


def spark(values: Sequence[float], *, name: str) -> Markup:
    """Draw a word-sized trend: columns in one path, the newest at the right."""
    width, height = 120, 24
    top = max(values, default=0) or 1
    step = width / max(len(values), 30)
    left = width - (len(values) - 0.5) * step
    path = "".join(
        f"M{_r(left + n * step)} {height}V{_r(height - value / top * height)}"
        for n, value in enumerate(values)
        if value
    )
    return Markup(  # noqa: S704 - numbers of ours; words are escaped where they are put in
        f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(name)}"><path d="{path}"/></svg>'
    )


def _svg(
    marks: Sequence[str], height: int, name: str, sentence: str, *, css: str = "chart"
) -> Markup:
    return Markup(  # noqa: S704 - numbers of ours; words are escaped where they are put in
        f'<svg class="{css}" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(name)}. {escape(sentence)}">{"".join(marks)}</svg>'
    )


def _grid(height: int, levels: Sequence[tuple[float, str]]) -> str:
    inner = height - _TOP - _BOTTOM
    return "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{_r(y)}" y2="{_r(y)}"/>'
        f'<text x="{_LEFT - 6}" y="{_r(y + 4)}" text-anchor="end">{escape(label)}</text>'
        for level, label in levels
        for y in (_TOP + (1 - level) * inner,)
    )


def _ends(height: int, labels: Sequence[str], step: float) -> str:
    if not labels:
        return ""
    first = f'<text x="{_LEFT}" y="{height - 6}">{escape(labels[0])}</text>'
    if len(labels) < 4:
        return first
    end = _r(max(_LEFT + len(labels) * step, _LEFT + 400))
    return f'{first}<text x="{end}" y="{height - 6}" text-anchor="end">{escape(labels[-1])}</text>'


def _pieces(
    points: Sequence[tuple[str, str] | None],
) -> list[list[tuple[str, str]]]:
    pieces: list[list[tuple[str, str]]] = [[]]
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
    return f"{value:.1f}".removesuffix(".0")
