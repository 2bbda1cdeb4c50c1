"""What a title must be, where there is one; that there is none is a matter of the batch."""

from __future__ import annotations

from expectations import patterns
from expectations.check import condition, free_of, lengths_between

MAX_TITLE_CHARS = 300

TITLE = (
    condition(
        "title_is_not_the_text",
        "title",
        "quarantine",
        "The title is not the whole text.",
        fails_when="CASE WHEN length(title) = length(text)"
        " THEN lower(title) = lower(text) ELSE false END",
    ),
    condition(
        "text_does_not_open_with_title",
        "title",
        "warn",
        "The first line of the text is no copy of the title.",
        fails_when="text IS NOT NULL AND contains(text, chr(10))"
        " AND lower(trim(title)) = lower(trim(split_part(text, chr(10), 1)))",
    ),
    free_of(
        "title_is_one_line",
        "title",
        "quarantine",
        "No line break or other control character in the title.",
        pattern=patterns.CONTROL_IN_LINE,
    ),
    free_of(
        "title_has_no_markup",
        "title",
        "quarantine",
        "No pair of HTML tags in the title.",
        pattern=patterns.PAIRED_TAG,
    ),
    free_of(
        "title_has_no_entities",
        "title",
        "warn",
        "No character reference that touches a word in the title.",
        pattern=patterns.ENTITY,
    ),
    lengths_between(
        "title_length_in_bounds",
        "title",
        "warn",
        f"A title has 2 to {MAX_TITLE_CHARS} characters.",
        at_least=2,
        at_most=MAX_TITLE_CHARS,
    ),
)
