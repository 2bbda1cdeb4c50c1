"""The domain: what a document is at each moment of its life, and the names of what can befall it.

Everybody imports the nouns from here. Standard library only, so that worker processes and pure
tests start at once.
"""

from __future__ import annotations

from tasks.model.documents import (
    NO_DATE,
    Article,
    Clean,
    Dated,
    Extracted,
    Extraction,
    Kind,
    RawDocument,
    RawItem,
    RemovedLine,
    Source,
    Taken,
)
from tasks.model.ids import ArticleId, BatchId, DocumentId, sha256_of, short_hash
from tasks.model.outcomes import CHECK_FAILED, OUTCOME_OF, Outcome, Reason, Refusal, Stage
from tasks.model.treatment import AS_ALL, RULES_VERSION, Mode, Treatment, Treatments

__all__ = [
    "AS_ALL",
    "CHECK_FAILED",
    "NO_DATE",
    "OUTCOME_OF",
    "RULES_VERSION",
    "Article",
    "ArticleId",
    "BatchId",
    "Clean",
    "Dated",
    "DocumentId",
    "Extracted",
    "Extraction",
    "Kind",
    "Mode",
    "Outcome",
    "RawDocument",
    "RawItem",
    "Reason",
    "Refusal",
    "RemovedLine",
    "Source",
    "Stage",
    "Taken",
    "Treatment",
    "Treatments",
    "sha256_of",
    "short_hash",
]
