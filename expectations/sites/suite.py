"""The site suite: what each site of a batch is expected to share with its own past.

Declared like every other check. A row of the frame is one site; each column that is judged stands
beside its bounds (`<column>_low`, `<column>_high`), and is null where too little is known.
"""

from __future__ import annotations

from expectations.check import Check, Severity, condition

SUITE = "sites"
HISTORY_SUITE = "history"
"""The same checks on the whole batch: on record, never holding."""

SITES_VIEW = "copydesk_audited_site"
NO_SITE = ""
WHOLE_BATCH = "*"


def _usual(name: str, column: str, severity: Severity, meaning: str) -> Check:
    return condition(
        name,
        column,
        severity,
        meaning,
        fails_when=f"{column} < {column}_low OR {column} > {column}_high",
    )


VOLUME = _usual(
    "volume_is_usual",
    "fresh",
    "hold",
    "As many new documents as the same sources gave on this weekday.",
)
LENGTH = _usual(
    "length_is_usual", "median_chars", "hold", "The median article is neither cut nor padded."
)
TITLES = _usual("titles_are_usual", "share_title", "hold", "No fewer articles have a title.")
DATES = _usual("dates_are_usual", "share_date", "hold", "No fewer articles have a day.")
AUTHORS = _usual("authors_are_usual", "share_author", "hold", "No fewer articles have an author.")
LANGUAGES = _usual(
    "languages_are_usual", "language_change", "hold", "The mixture of languages is the same."
)
REFUSALS = _usual(
    "refusals_are_usual", "refused_share", "hold", "No more of the new documents are refused."
)
REASONS = _usual(
    "refusal_reasons_are_usual",
    "reason_excess",
    "warn",
    "No reason to refuse takes a larger share of the new documents.",
)
DUPLICATES = _usual(
    "duplicates_are_usual",
    "duplicate_share",
    "hold",
    "No more of the new documents repeat an article of another place.",
)
REMOVED = _usual(
    "removed_lines_are_usual",
    "share_removed",
    "warn",
    "Cleaning takes out as large a share of the lines.",
)
REPEATED = _usual(
    "repeated_lines_are_usual",
    "share_repeated",
    "hold",
    "No larger share of the lines stands on several pages.",
)
NEW_REPEATS = _usual(
    "repeated_lines_are_known",
    "share_new_repeats",
    "hold",
    "Not most pages share a line that no published batch of the site repeated.",
)

SILENCE = _usual(
    "silence_is_usual",
    "silent_days",
    "warn",
    "Silent on no more days than usual of those on which the same sources were read.",
)

SITE_CHECKS: tuple[Check, ...] = (
    SILENCE,
    VOLUME,
    LENGTH,
    TITLES,
    DATES,
    AUTHORS,
    LANGUAGES,
    REFUSALS,
    REASONS,
    DUPLICATES,
    REMOVED,
    REPEATED,
    NEW_REPEATS,
)

PROFILE_COLUMNS = (
    "site",
    "weekday",
    "source_key",
    "documents",
    "fresh",
    "staged",
    "refused",
    "duplicate",
    "median_chars",
    "share_title",
    "share_date",
    "share_author",
    "share_removed",
    "share_repeated",
    "share_new_repeats",
    "reasons",
    "languages",
)
"""What a profile must offer, now and in history; history has `released` beside them."""
