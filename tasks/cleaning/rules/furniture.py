"""What else stands around an article on a page: comment boxes, advertisements, notices, tools."""

from __future__ import annotations

import re

from tasks.cleaning.lines import Line, Spot
from tasks.cleaning.phrases.furniture import (
    ADVERTISEMENT,
    COMMENT_FORM,
    COMMENT_LABEL,
    COOKIE_NOTICE,
    FILED_UNDER,
    PAGE_TOOL,
    REACTIONS,
    READING_TIME,
)
from tasks.cleaning.rules.rule import Rule
from tasks.cleaning.words import ends_sentence


def _is_comment_box(spot: Spot) -> bool:
    line = spot.line
    if COMMENT_FORM.fullmatch(line.label):
        return line.is_call
    return spot.in_tail and COMMENT_LABEL.fullmatch(line.label) is not None and line.is_call


def _is_advertisement(spot: Spot) -> bool:
    return ADVERTISEMENT.fullmatch(spot.line.label.rstrip(".")) is not None


def _is_cookie_notice(spot: Spot) -> bool:
    line = spot.line
    return COOKIE_NOTICE.fullmatch(line.label) is not None and line.is_call


def _is_page_tool(spot: Spot) -> bool:
    line = spot.line
    return not line.is_quoted and PAGE_TOOL.fullmatch(line.label.rstrip(".")) is not None


def _is_reading_time(spot: Spot) -> bool:
    return READING_TIME.fullmatch(spot.line.label) is not None


def _is_reaction_count(spot: Spot) -> bool:
    return spot.at_edge and not spot.line.is_item and _says_all(REACTIONS, spot.line)


def _is_filing(spot: Spot) -> bool:
    line = spot.line
    return spot.in_tail and not ends_sentence(line.text) and _says_all(FILED_UNDER, line)


def _says_all(phrases: re.Pattern[str], line: Line) -> bool:
    return line.is_call and phrases.fullmatch(line.label) is not None


FURNITURE_RULES = (
    Rule(
        name="comment_box",
        takes="the labels and hints of a comment form; a bare label only after all prose",
        reason="readers' side of the page, and the form's own words",
        matches=_is_comment_box,
        looks_around=True,
    ),
    Rule(
        name="advertisement",
        takes="a label that marks an advertisement or says that the article goes on after it",
        reason="the law wants advertisements marked; the mark belongs to them",
        matches=_is_advertisement,
    ),
    Rule(
        name="cookie_notice",
        takes="notices about cookies and about consent to outside content",
        reason="a notice of the site to its visitor",
        matches=_is_cookie_notice,
    ),
    Rule(
        name="page_tool",
        takes="labels of buttons and frames: skip to content, print, copy link, table of contents",
        reason="they work the page; on paper they would say nothing",
        matches=_is_page_tool,
    ),
    Rule(
        name="reading_time",
        takes="an estimate of the reading time, alone on a line",
        reason="computed by the site from the text's length",
        matches=_is_reading_time,
    ),
    Rule(
        name="reaction_count",
        takes="how often a page was viewed, shared or liked, alone before or after all prose",
        reason="counted by the site, and another number tomorrow",
        matches=_is_reaction_count,
        looks_around=True,
    ),
    Rule(
        name="filed_under",
        takes="tags, topics or sections behind their label, after all prose",
        reason="the archive's labels; those that the page states are the field `tags`",
        matches=_is_filing,
        looks_around=True,
    ),
)
