"""Where an article came from, who wrote it and in which language."""

from __future__ import annotations

from expectations.check import condition, literal, present

_WEB_ADDRESS = r"(?i)https?://[^\s/?#]+\S*"

FIELDS = (
    condition(
        "url_is_a_web_address",
        "url",
        "quarantine",
        "The URL is http or https with a host and without blanks.",
        fails_when=f"NOT regexp_full_match(url, {literal(_WEB_ADDRESS)})",
    ),
    condition(
        "canonical_url_is_a_web_address",
        "canonical_url",
        "quarantine",
        "The canonical URL is http or https with a host and without blanks.",
        fails_when=f"NOT regexp_full_match(canonical_url, {literal(_WEB_ADDRESS)})",
    ),
    condition(
        "image_url_is_a_web_address",
        "image_url",
        "warn",
        "The image's URL is http or https with a host and without blanks.",
        fails_when=f"NOT regexp_full_match(image_url, {literal(_WEB_ADDRESS)})",
    ),
    condition(
        "site_is_a_host",
        "site",
        "quarantine",
        "The site of an article with a URL is a lower-case host without www.",
        fails_when=r"url IS NOT NULL AND (site <> lower(site) OR starts_with(site, 'www.')"
        r" OR regexp_matches(site, '[\s/@?#]|\A\z'))",
    ),
    present("language_is_known", "language", "warn", "The language was recognised."),
    condition(
        "language_is_iso_639_1",
        "language",
        "quarantine",
        "The language is a two-letter code.",
        fails_when="NOT regexp_full_match(language, '[a-z]{2}')",
    ),
    condition(
        "authors_are_names",
        "authors",
        "warn",
        "No author holds an address, markup or a line break, or is over 100 characters long.",
        fails_when=r"regexp_matches(array_to_string(authors, chr(31)), '(?i)https?:|@|[<>\n]"
        r"|[^\x1f]{101}')",
    ),
)
