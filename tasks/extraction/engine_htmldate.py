"""A late resort for a publication date: htmldate. The only module that imports it.

Its extensive search is left out: it reads dates in all languages that anybody has written down, and
loading these takes two seconds a process. Where it was asked (67 of 789 labelled pages) it gave the
right day 40 times, without it and with the desk's own search of the page that is 37 times.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time

from htmldate import find_date
from lxml import html

# It tells every page without a date; our own books do that.
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def search(tree: html.HtmlElement, *, url: str | None, latest: date) -> date | None:
    """Search a page for the day it was first published, up to `latest`; None where none is found.

    `tree` stays as it is. The answer may be completed from a year or a month alone.
    """
    try:
        found = find_date(
            tree,
            url=url,
            extensive_search=False,
            original_date=True,
            max_date=datetime.combine(latest, time.max),
        )
        return date.fromisoformat(found) if found else None
    # Seen with zones and years that no calendar has; the engine does not list what it raises.
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, KeyError):
        return None
