"""From what an extractor claims to the article we stand behind, or the reason to refuse it."""

from __future__ import annotations

import hashlib

from tasks.cleaning.passing import not_cleaned, site_for
from tasks.cleaning.refusals import refuse
from tasks.cleaning.text import Cleaned, clean
from tasks.cleaning.url import plausible_canonical, url_key
from tasks.enrichment.language import detect_language
from tasks.model import Article, Clean, Extracted, Extraction, Taken


def clean_document(
    document: Extracted,
    skip: frozenset[str] = frozenset(),
    *,
    language: str | None = None,
    as_is: bool = False,
) -> Clean:
    """Clean one extracted document. One that was refused, or known already, passes as it is.

    `skip` names the cleaning rules that take nothing from it; raises ValueError for an unknown one.
    `language` is what its source is written in (ISO 639-1), None where nobody says. `as_is`: a
    person vouches for it, so that it is refused only where no word is left.
    """
    taken = document.taken
    extraction = document.extraction
    if extraction is None:
        return not_cleaned(document)
    cleaned = clean(extraction, skip)
    url = taken.url or extraction.url
    site = site_for(url or extraction.canonical_url, taken)
    refusal = None if as_is and cleaned.words else refuse(cleaned, extraction)
    article = None
    if refusal is None:
        tongue = detect_language(
            cleaned.title, cleaned.text, extraction.language, expected=language
        )
        article = _article(taken, extraction, cleaned, url=url, site=site, language=tongue)
    return Clean(taken=taken, article=article, refusal=refusal, site=site, removed=cleaned.removed)


def _article(
    taken: Taken,
    extraction: Extraction,
    cleaned: Cleaned,
    *,
    url: str | None,
    site: str | None,
    language: str | None,
) -> Article:
    canonical = extraction.canonical_url
    plausible = canonical is not None and plausible_canonical(canonical, url)
    own_key = (url_key(url) if url else None) or f"place:{taken.place}"
    text = cleaned.text
    return Article(
        document_id=taken.document_id,
        url=url,
        canonical_url=canonical if plausible else None,
        canonical_key=url_key(canonical) if plausible and canonical else None,
        own_key=own_key,
        site=site,
        site_name=cleaned.site_name,
        title=cleaned.title,
        title_source=extraction.title_source,
        authors=extraction.authors,
        author_source=extraction.author_source,
        published_at=cleaned.published.at,
        published_on=cleaned.published.on,
        date_source=cleaned.published.source,
        date_flag=cleaned.published.flag,
        modified_at=extraction.modified_at,
        language=language,
        section=extraction.section,
        tags=extraction.tags,
        image_url=extraction.image_url,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        text_chars=len(text),
        text_words=cleaned.words,
        lines_removed=len(cleaned.removed),
        extractor=extraction.extractor,
    )
