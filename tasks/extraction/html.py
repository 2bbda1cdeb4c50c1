"""The HTML path: one decoded page in, what can be claimed about it or a true refusal out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tasks.extraction import engine_trafilatura
from tasks.extraction.agreement import agree
from tasks.extraction.blocks import heading_place, layout_of
from tasks.extraction.bounds import out_of_bounds
from tasks.extraction.metadata import byline, dates, site, structured, title
from tasks.extraction.parse import drop_unseen, parse
from tasks.extraction.walls import TEASER_CHARS, judge
from tasks.model import Extraction, Mode, Reason, Refusal, RemovedLine, Stage

# The engine that finds the text, and the block model that weighs it: a change of either is one.
EXTRACTOR = f"{engine_trafilatura.NAME}, blocks 3"
DROPPED = "block:furniture"
_FULLER = 3  # times as long as what is shown


def extract_html(
    html: str,
    *,
    url: str | None,
    fetched_at: datetime,
    mode: Mode = Mode.AUTO,
    as_is: bool = False,
) -> Extraction | Refusal:
    """Extract main text and metadata of one page, or refuse it with a true reason.

    `html` is decoded, `url` the address it came from (None: unknown; the page's own canonical
    address is used where one is needed), `fetched_at` aware, `mode` the mistake to avoid.
    `as_is`: a person vouches for the page, so that none with a text is refused for what it looks
    like. Pure; meant for a worker process whose CPU and memory are limited from outside.
    """
    refusal = out_of_bounds(html)
    if refusal is not None:
        return refusal
    if "<" not in html:
        return _refuse(Reason.NOT_HTML, "there is no tag in it")
    page = parse(html)
    if page is None:
        return _refuse(Reason.PARSE_DEPTH, "elements nest too deep to be read without loss")
    tree = page.tree
    claims = structured.gather(tree, url=url)
    canonical_url = site.canonical_url_of(claims, url=url)
    own_url = url or canonical_url
    site_name = site.site_name_of(claims)
    layout = layout_of(tree)
    blocks = layout.blocks
    headline, title_source = title.decide_title(claims, site_name=site_name, url=own_url)
    heading = heading_place(blocks, headline)
    authors, author_source = byline.decide_authors(
        claims, tree, blocks, heading=heading, site_name=site_name
    )
    published = dates.decide_published(
        claims, tree, blocks, heading=heading, url=own_url, fetched_at=fetched_at
    )
    drop_unseen(tree)
    agreed = agree(page, layout, title=headline, url=own_url, mode=mode)
    text = _fuller("\n".join(agreed.lines), structured.article_body(claims))
    refusal = judge(
        text,
        title=headline,
        claims=claims,
        url=own_url,
        tree=tree,
        blocks=blocks,
        source=page.source,
    )
    if refusal is not None and not (as_is and text):
        return replace(refusal, stated_url=own_url)
    return Extraction(
        text=page.restore(text),
        extractor=EXTRACTOR if mode is Mode.AUTO else f"{EXTRACTOR}, {mode}",
        title=page.restore(headline) if headline else None,
        title_source=title_source,
        authors=tuple(page.restore(a) for a in authors),
        author_source=author_source,
        published=published,
        modified_at=dates.decide_modified(claims, fetched_at=fetched_at),
        site_name=page.restore(site_name) if site_name else None,
        canonical_url=canonical_url,
        url=url,
        language=site.declared_language(claims),
        section=site.section_of(claims),
        tags=tuple(page.restore(t) for t in site.tags_of(claims)),
        image_url=site.image_of(claims, url=own_url),
        removed=tuple(
            RemovedLine(line_no=None, text=page.restore(line), rule=DROPPED)
            for line in agreed.dropped
        ),
    )


def _fuller(text: str, stated: str | None) -> str:
    """Take the text that structured data states where the page shows little more than a teaser.

    Elsewhere what the page shows is better: stated texts run paragraphs together and keep the
    captions of players.
    """
    if stated and len(text) < TEASER_CHARS and len(stated) > _FULLER * len(text):
        return stated
    return text


def _refuse(reason: Reason, detail: str) -> Refusal:
    return Refusal(stage=Stage.EXTRACT, reason=reason, detail=detail)
