"""How much the report site holds. Every bound here keeps a page small or a build short."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the site keeps, newest first; older pages are removed, the reading copy keeps all.

    `batches`: batches with a page. `documents`: documents with a page and a place in the finder.
    `raw_pages`: documents whose page also shows the page as it arrived; it costs the parsing of
    that page once more. `raw_per_batch`: of these, articles of one batch beside what waits. Of the
    first three there may be up to a step more: what is beyond a bound leaves in steps.
    """

    batches: int = 500
    documents: int = 10_000
    raw_pages: int = 1_000
    raw_per_batch: int = 20

    @property
    def batch_step(self) -> int:
        """How many batches lose their page at a time, so that most builds leave old pages alone."""
        return max(self.batches // 20, 1)

    @property
    def document_step(self) -> int:
        """How many documents lose their page at a time, for the same reason."""
        return max(self.documents // 20, 1)

    @property
    def raw_step(self) -> int:
        """How many documents lose the page as it arrived at a time; each is a page made anew."""
        return max(self.raw_pages // 10, 1)


SITES = 500
"""Sites with a page, those with the most documents first; a row of their list is 1 to 1.5 kB."""
TREND_BATCHES = 60
"""Batches in a trend: what fits the width of a page with columns that can still be told apart."""
BATCH_DOCUMENTS = 200
BATCH_SITES = 100
REASON_EXAMPLES = 5
SITE_ARTICLES = 30
RULE_SAMPLES = 12
SAMPLE_DOCUMENTS = 2_500
"""The newest documents, from which the pages of rules take their samples: enough for a rule that
eats prose to be seen, and lines are the largest table of a desk."""
SIDE_BYTES = 250_000
"""Bytes of HTML that one side of a document page may fill: two sides, removed lines and the frame
stay under the megabyte that a page may have."""
LINE_CHARS = 4_000
"""Characters of one line that are shown: the longest paragraphs of news are far shorter."""
RAW_BYTES = 400_000
"""Bytes of a payload that are looked at for its page; the 90th percentile of news pages is less."""
FINDER_ROWS = 500
"""Documents in one data file of the finder. The newest file and the oldest are written anew after
each batch, and the site has twenty of them."""
