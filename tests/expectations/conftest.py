"""A desk to audit: a real DuckDB in memory, a clean article, a balanced profile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.auditor import AuditReport, audit

Row = dict[str, Any]

ROW_TYPES = {
    "document_id": "VARCHAR",
    "article_id": "VARCHAR",
    "locator": "VARCHAR",
    "url": "VARCHAR",
    "canonical_url": "VARCHAR",
    "site": "VARCHAR",
    "title": "VARCHAR",
    "authors": "VARCHAR[]",
    "published_at": "TIMESTAMPTZ",
    "published_on": "DATE",
    "date_source": "VARCHAR",
    "date_flag": "VARCHAR",
    "modified_at": "TIMESTAMPTZ",
    "language": "VARCHAR",
    "image_url": "VARCHAR",
    "text": "VARCHAR",
    "text_sha256": "VARCHAR",
    "text_chars": "INTEGER",
    "extractor": "VARCHAR",
    "fetched_at": "TIMESTAMPTZ",
}
PROFILE_TYPES = {
    "batch_id": "VARCHAR",
    "documents": "BIGINT",
    "staged": "BIGINT",
    "unchanged": "BIGINT",
    "duplicate": "BIGINT",
    "quarantined": "BIGINT",
    "failed": "BIGINT",
    "refused": "BIGINT",
    "refused_share": "DOUBLE",
    "duplicate_share": "DOUBLE",
    "balance": "BIGINT",
    "share_title": "DOUBLE",
    "share_date": "DOUBLE",
    "share_author": "DOUBLE",
    "share_language": "DOUBLE",
    "distinct_languages": "BIGINT",
    "median_text_chars": "DOUBLE",
}


class Desk:
    """A staged batch and its audit; the tables are called `staged` and `profile`."""

    def __init__(self, data_docs: Path) -> None:
        self.connection = duckdb.connect()
        self.data_docs = data_docs
        for table, types in (("staged", ROW_TYPES), ("profile", PROFILE_TYPES)):
            columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
            self.connection.execute(f"CREATE TABLE {table} ({columns})")

    def article(self, name: str, **changes: object) -> Row:
        """Make a clean article called `name`; a changed text takes its hash and length along."""
        text = changes.get(
            "text",
            f"The council of {name} voted on Tuesday to reopen the old railway bridge.\n"
            f"Work on it begins in spring, a spokeswoman of {name} said, and ends in autumn.",
        )
        assert text is None or isinstance(text, str)
        slug = name.replace(" ", "-")
        row: Row = {
            "document_id": name,
            "article_id": f"article of {name}",
            "locator": f"/in/{slug}.html",
            "url": f"https://www.example.org/news/{slug}",
            "canonical_url": f"https://example.org/news/{slug}",
            "site": "example.org",
            "title": f"Old bridge of {name} reopens",
            "authors": ["Ada Quill", "Ben Inkwell"],
            "published_at": datetime(2024, 11, 19, 23, 30, tzinfo=UTC),
            "published_on": date(2024, 11, 20),
            "date_source": "json-ld",
            "date_flag": None,
            "modified_at": datetime(2024, 11, 20, 8, 0, tzinfo=UTC),
            "language": "en",
            "image_url": "https://example.org/bridge.jpg",
            "text": text,
            "text_sha256": None if text is None else hashlib.sha256(text.encode()).hexdigest(),
            "text_chars": None if text is None else len(text),
            "extractor": "trafilatura",
            "fetched_at": datetime(2024, 11, 20, 12, 0, tzinfo=UTC),
        }
        return {**row, **changes}

    def stage(self, *rows: Row) -> None:
        """Add rows to the batch."""
        self._insert("staged", ROW_TYPES, *rows)

    def profile(self, **changes: object) -> None:
        """Write the batch's profile, balanced and sound but for the changes."""
        staged = self.connection.execute("SELECT count(*) FROM staged").fetchone()
        assert staged is not None
        row: Row = {
            **dict.fromkeys(PROFILE_TYPES, 0),
            "batch_id": "batch-1",
            "documents": max(staged[0], 30),
            "staged": staged[0],
            "unchanged": max(30 - staged[0], 0),
            "share_title": 0.9,
            "share_date": 0.8,
            "share_author": 0.7,
            "share_language": 1.0,
            "distinct_languages": 3,
            "median_text_chars": 2500.0,
        }
        self._insert("profile", PROFILE_TYPES, {**row, **changes})

    def audit(self, **changes: Any) -> AuditReport:
        """Audit the batch as it stands."""
        staged = self.connection.execute("SELECT count(*) FROM staged").fetchone()
        assert staged is not None
        arguments: dict[str, Any] = {
            "batch_id": "batch-1",
            "rows_table": "staged",
            "profile_table": "profile",
            "rows_staged": staged[0],
            "data_docs": self.data_docs,
            "min_documents": 20,
            "max_refused_share": 0.5,
        }
        return audit(self.connection, **{**arguments, **changes})

    def _insert(self, table: str, types: dict[str, str], *rows: Row) -> None:
        for row in rows:
            assert row.keys() == types.keys()
            marks = ", ".join("?" for _ in row)
            names = ", ".join(row)
            self.connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values())
            )


@pytest.fixture(scope="module")
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Make empty desks; for audits that several tests look at."""
    desks: list[Desk] = []

    def make() -> Desk:
        desks.append(Desk(tmp_path_factory.mktemp("data_docs")))
        return desks[-1]

    yield make
    for desk in desks:
        desk.connection.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk."""
    made = Desk(tmp_path / "data_docs")
    yield made
    made.connection.close()
