"""The only door to Jinja: data in, HTML out, everything escaped unless it says that it is markup.

The templates are read with the package, as code is; nothing else of the disk is touched.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tasks.model import Outcome
from tasks.reporting import long_tables, names, shown


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tasks.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "count": shown.count,
        "counted": shown.counted,
        "share": shown.share,
        "moment": shown.moment,
        "day": shown.day,
        "seconds": shown.seconds,
        "size": shown.size,
        "cut": shown.cut,
        "plain": shown.plain,
        "web_address": shown.web_address,
    }
    environment.globals |= {
        "names": names,
        "headline": shown.headline,
        "outcomes": tuple(Outcome),
        "count_cells": shown.count_cells,
        "batch_rows": long_tables.batch_rows,
        "marked_lines": long_tables.marked_lines,
        "site_batch_rows": long_tables.site_batch_rows,
    }
    return environment


def render(template: str, *, page: str, **data: Any) -> str:  # noqa: ANN401 - a template takes anything
    """Return the HTML of a page; `page` is its path in the site, from which links are made."""
    up = names.up(page)
    return _environment().get_template(template).render(page=page, up=up, **data)


def compile_templates() -> None:
    """Make all templates ready."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


@cache
def asset(name: str) -> str:
    """Return a file that all pages share: `report.css`, `report.js`."""
    return resources.files("tasks.reporting").joinpath("assets", name).read_text("utf-8")


@cache
def edition() -> str:
    """Name the templates, styles and code of this version, so that a new one makes pages afresh."""
    from tasks.model import short_hash

    room = resources.files("tasks.reporting")
    folders = (room, room / "pages", room / "templates", room / "assets")
    files = sorted(
        (file.name, file.read_text("utf-8"))
        for folder in folders
        for file in folder.iterdir()
        if file.is_file() and not file.name.endswith(".pyc")
    )
    return short_hash(*(part for file in files for part in file))
