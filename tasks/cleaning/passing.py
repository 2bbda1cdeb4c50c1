"""Documents that there is nothing to clean of: refused earlier, or known already.

A module of its own, because a run passes most documents by, and the rest of cleaning brings the
language models along.
"""

from __future__ import annotations

from tasks.cleaning.url import site_of
from tasks.model import Clean, Extracted, Taken


def not_cleaned(document: Extracted) -> Clean:
    """Make the document of one without extraction: as it is, with the site its URL names.

    A refused page from a file is of the site that it says it is of, like one that is not refused.
    """
    taken, refusal = document.taken, document.refusal
    url = taken.url or (refusal.stated_url if refusal is not None else None)
    return Clean(
        taken=taken,
        article=None,
        refusal=refusal,
        site=site_for(url, taken),
        removed=(),
    )


def site_for(url: str | None, taken: Taken) -> str | None:
    """Return the site of a URL, else the name of the source that the document came from."""
    return (site_of(url) if url else None) or taken.source_name
