"""Which language an article is written in, by py3langid (its model lies in its wheel)."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Enough for the model to be right on all but the closest pairs, and cheap on long articles.
_SAMPLE_CHARS = 400

# Pairs of near languages that the model takes for one another; what the page declares decides
# between the two, and only there.
_CONFUSED = (
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"ca", "es"}),
    frozenset({"da", "no", "nb", "nn"}),
    frozenset({"hr", "sr", "bs"}),
    frozenset({"gl", "pt", "es"}),
    frozenset({"xh", "zu"}),
)
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 3


def detect_language(title: str | None, text: str, declared: str | None) -> str | None:
    """Name the language of an article as ISO 639-1, or None where there is nothing to judge by.

    Judged by the title and the first 400 characters of `text`; `declared` (ISO 639-1, as the
    page says) only breaks ties between languages that the model is known to confuse.
    """
    sample = f"{title or ''}\n{text[:_SAMPLE_CHARS]}"
    if len(_LETTER.findall(sample)) < _FEWEST_LETTERS:
        return None
    code, _ = _identifier().classify(sample)
    found = "no" if code in ("nb", "nn") else str(code)
    claimed = (declared or "").lower()[:2]
    if claimed != found and any(found in pair and claimed in pair for pair in _CONFUSED):
        return "no" if claimed in ("nb", "nn") else claimed
    return found if len(found) == 2 else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)
