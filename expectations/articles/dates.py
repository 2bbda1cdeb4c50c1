"""Which dates are possible: a wrong date is worse than none, so the contract nulls what is not."""

from __future__ import annotations

from expectations.check import among, condition

FIRST_NEWSPAPER = "1605-01-01"
"""Archives put old papers online, so an old date is no error, but there was no news in print
before the Strasbourg Relation of 1605."""
FIRST_WEB_PAGE = "1991-08-06"
"""Older than the web: an archive, or the zero of a clock (1970-01-01)."""
FUTURE_SECONDS = 48 * 3600
"""The contract's limit between fetch and publication."""
EARLIEST_ZONE_SECONDS = 14 * 3600
"""A day begins first at UTC+14 ..."""
LATEST_DAY_END_SECONDS = (24 + 12) * 3600
"""... and ends last at UTC-12."""

DATES = (
    condition(
        "published_on_is_possible",
        "published_on",
        "quarantine",
        f"No day of publication before {FIRST_NEWSPAPER}.",
        fails_when=f"published_on < DATE '{FIRST_NEWSPAPER}'",
    ),
    condition(
        "published_on_is_of_the_web",
        "published_on",
        "warn",
        f"No day of publication before the first web page ({FIRST_WEB_PAGE}).",
        fails_when=f"published_on >= DATE '{FIRST_NEWSPAPER}'"
        f" AND published_on < DATE '{FIRST_WEB_PAGE}'",
    ),
    condition(
        "published_on_is_not_future",
        "published_on",
        "quarantine",
        "No day of publication that begins, in any zone, over 48 hours after the fetch.",
        fails_when=f"epoch(published_on) - {EARLIEST_ZONE_SECONDS}"
        f" > epoch(fetched_at) + {FUTURE_SECONDS}",
        excerpt="published_on || ', fetched ' || fetched_at",
    ),
    condition(
        "published_at_is_not_future",
        "published_at",
        "quarantine",
        "No moment of publication over 48 hours after the fetch.",
        fails_when=f"epoch(published_at) > epoch(fetched_at) + {FUTURE_SECONDS}",
        excerpt="published_at || ', fetched ' || fetched_at",
    ),
    condition(
        "published_at_is_on_its_day",
        "published_at",
        "quarantine",
        "The moment of publication lies in the day of publication, in some zone.",
        fails_when=f"epoch(published_at) - epoch(published_on)"
        f" NOT BETWEEN -{EARLIEST_ZONE_SECONDS} AND {LATEST_DAY_END_SECONDS}",
        excerpt="published_at || ' on ' || coalesce(CAST(published_on AS VARCHAR), 'no day')",
    ),
    condition(
        "modified_at_is_plausible",
        "modified_at",
        "warn",
        "Not modified over a day before publication, nor over 48 hours after the fetch.",
        fails_when=f"epoch(modified_at) > epoch(fetched_at) + {FUTURE_SECONDS}"
        " OR (published_at IS NOT NULL AND epoch(modified_at) < epoch(published_at) - 86400)",
        excerpt="modified_at || ', published '"
        " || coalesce(CAST(published_at AS VARCHAR), 'at no known time')",
    ),
    condition(
        "date_names_its_source",
        "published_on",
        "warn",
        "A day of publication says where it was read.",
        fails_when="date_source IS NULL",
    ),
    among(
        "date_flag_is_known",
        "date_flag",
        "warn",
        "The flag of a date is invalid, future or guessed.",
        values=("invalid", "future", "guessed"),
    ),
    condition(
        "flagged_date_is_withheld",
        "date_flag",
        "quarantine",
        "A date flagged invalid or future is not published.",
        fails_when="date_flag IN ('invalid', 'future')"
        " AND (published_on IS NOT NULL OR published_at IS NOT NULL)",
    ),
)
