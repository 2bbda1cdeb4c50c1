"""How documents are treated: the version of the rules, and what a source has done otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

RULES_VERSION = "2026.11.3"
"""Names the rules of extraction, cleaning and refusing. A payload that these rules refused is not
looked at again until they change: raise it with every change of what they take or leave."""


class Mode(StrEnum):
    """Which mistake extraction is to avoid: a leftover taken for text, or a line of text lost."""

    AUTO = "auto"
    PRECISION = "precision"
    RECALL = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How the documents of one source are extracted and cleaned, where not as all others.

    `language` is the ISO 639-1 code that its articles are written in; `skip_rules` names the
    cleaning rules that take nothing from them.
    """

    language: str | None = None
    extraction: Mode = Mode.AUTO
    skip_rules: tuple[str, ...] = ()


AS_ALL = Treatment()
Treatments = Mapping[str, Treatment]
"""By name of its source, how a document is treated; of no name, or another one: `AS_ALL`."""
