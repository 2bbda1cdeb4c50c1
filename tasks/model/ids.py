"""The ids of the domain, and the hashes that they are made of."""

from __future__ import annotations

import hashlib
from typing import NewType

BatchId = NewType("BatchId", str)
DocumentId = NewType("DocumentId", str)
ArticleId = NewType("ArticleId", str)


def sha256_of(data: bytes) -> str:
    """Name bytes by their SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def short_hash(*parts: str) -> str:
    """Hash parts into 32 hex digits (128 bits): enough that no two ids of a desk ever meet."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
