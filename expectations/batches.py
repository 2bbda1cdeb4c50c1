"""The batch suite: what the books of a batch must say before anything of it is published.

It judges one row, the batch's profile, and always runs. A share speaks for a batch only where
there are enough documents: below the gate's `min_documents` it warns (`Check.is_share`).
"""

from __future__ import annotations

from expectations.check import Check, among, between

SUITE = "batches"

PROFILE_COLUMNS = (
    "batch_id",
    "documents",
    "staged",
    "unchanged",
    "duplicate",
    "quarantined",
    "failed",
    "refused",
    "refused_share",
    "duplicate_share",
    "balance",
    "share_title",
    "share_date",
    "share_author",
    "share_language",
    "distinct_languages",
    "median_text_chars",
)
"""What the profile must offer, by name, in exactly one row.

Counts are of documents; `refused` is quarantined and failed without what is no fault of a page
(`unsupported_media_type, robots_denied, blocked_url, other_host`); `balance` is documents less
the outcomes. The shares are DOUBLE from 0 to 1; those of the articles (`share_*`) and
`median_text_chars` are null where nothing is staged.
"""

COUNTED_COLUMNS = PROFILE_COLUMNS[: PROFILE_COLUMNS.index("share_title")]
"""Never null: a book with a hole in it is a fault."""

MAX_DUPLICATE_SHARE = 0.5
MAX_FAILED_SHARE = 0.5
MIN_TITLE_SHARE = 0.5
MIN_DATE_SHARE = 0.5
MIN_AUTHOR_SHARE = 0.2
MIN_LANGUAGE_SHARE = 0.9
MAX_LANGUAGES = 40
MIN_MEDIAN_CHARS = 300
MAX_MEDIAN_CHARS = 50_000
"""The soft bounds say "unlike news": they warn only, until a baseline of the source is known."""


def batch_checks(*, rows_staged: int, max_refused_share: float) -> tuple[Check, ...]:
    """Declare the batch suite for one batch and one gate.

    `refused_share` as judged here includes the rows that the row suite just refused, so that a
    fault in most articles stops for a person instead of emptying the batch in silence.
    """
    return (
        between(
            "batch_has_documents",
            "documents",
            "warn",  # a poll that finds nothing new takes nothing in, and there is nothing to hold
            "Something was taken in.",
            at_least=1,
        ),
        among(
            "books_balance",
            "balance",
            "hold",
            "Documents taken in are the sum of their outcomes.",
            values=(0,),
        ),
        among(
            "staged_rows_are_counted",
            "staged",
            "hold",
            "The books name as many staged articles as there are rows.",
            values=(rows_staged,),
        ),
        between(
            "refused_share_in_bounds",
            "refused_share",
            "hold",
            "The share of refused documents, those refused by the row suite included, is at most"
            " `max_refused_share`.",
            at_most=max_refused_share,
            is_share=True,
        ),
        between(
            "failed_share_in_bounds",
            "failed_share",
            "warn",
            "Not over half of the documents could not be had.",
            at_most=MAX_FAILED_SHARE,
            is_share=True,
        ),
        between(
            "duplicate_share_in_bounds",
            "duplicate_share",
            "warn",
            "Not over half of the documents repeat an article of another place.",
            at_most=MAX_DUPLICATE_SHARE,
            is_share=True,
        ),
        between(
            "titles_are_known",
            "share_title",
            "warn",
            "Half of the articles have a title.",
            at_least=MIN_TITLE_SHARE,
            is_share=True,
        ),
        between(
            "dates_are_known",
            "share_date",
            "warn",
            "Half of the articles have a day of publication.",
            at_least=MIN_DATE_SHARE,
            is_share=True,
        ),
        between(
            "authors_are_known",
            "share_author",
            "warn",
            "A fifth of the articles have an author.",
            at_least=MIN_AUTHOR_SHARE,
            is_share=True,
        ),
        between(
            "languages_are_known",
            "share_language",
            "warn",
            "Nine in ten articles have a language.",
            at_least=MIN_LANGUAGE_SHARE,
            is_share=True,
        ),
        between(
            "languages_are_few",
            "distinct_languages",
            "warn",
            f"At most {MAX_LANGUAGES} languages: more is guesswork on damaged text.",
            at_most=MAX_LANGUAGES,
        ),
        between(
            "median_length_is_of_news",
            "median_text_chars",
            "warn",
            f"The median article has {MIN_MEDIAN_CHARS} to {MAX_MEDIAN_CHARS:,} characters.",
            at_least=MIN_MEDIAN_CHARS,
            at_most=MAX_MEDIAN_CHARS,
        ),
    )


SHARES = frozenset(
    check.name for check in batch_checks(rows_staged=0, max_refused_share=1.0) if check.is_share
)
"""The checks that say nothing on a handful of documents."""
