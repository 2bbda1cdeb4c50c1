"""Two texts of one article: the short way to say so is never another answer than the long one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.identity.agreement import agree, agreement

_WORDS = st.sampled_from(
    ["a", "bridge", "was", "opened", "in", "Straße", "ŉ", "x" * 20, "東京で橋"]
)
_LINES = st.lists(st.lists(_WORDS, max_size=6).map(" ".join), max_size=6)


@given(head=_LINES, left=_LINES, right=_LINES, tail=_LINES)
def test_agreeing_is_an_agreement_by_half(
    head: list[str], left: list[str], right: list[str], tail: list[str]
) -> None:
    a, b = "\n".join(head + left + tail), "\n".join(head + right + tail)
    assert agree(a, b) == (agreement(a, b) >= 0.5)


def test_a_paragraph_put_into_a_long_text_leaves_it_the_same_article() -> None:
    lines = [f"Paragraph {n} tells of the bridge and of its keeper." for n in range(9)]
    assert agree("\n".join(lines), "\n".join([*lines[:4], "Filed anew.", *lines[4:]]))
    assert not agree("\n".join(lines), "\n".join(lines[:1] + ["Of gulls alone " * 9] * 9))
