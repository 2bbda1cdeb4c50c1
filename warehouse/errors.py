"""What can go wrong with the warehouse: each error says what happened, to what, and what to do."""

from __future__ import annotations


class WarehouseError(Exception):
    """The root of the room's errors. `code` is the stable name that `--json` prints."""

    code = "warehouse_error"
    transient = False
    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: what happened, to what, what to do."""
        return f"{self.message}: {self.remedy}" if self.remedy else self.message


class WarehouseBusy(WarehouseError):
    """Another process has the file open or holds its lock; trying again may help."""

    code = "warehouse_busy"
    transient = True
    exit_code = 75


class WarehouseCorrupt(WarehouseError):
    """The file is no DuckDB database that this version can read."""

    code = "warehouse_corrupt"


class WarehouseMissing(WarehouseError):
    """There is nothing to read yet."""

    code = "warehouse_missing"


class MigrationChanged(WarehouseError):
    """A migration that was applied is not the one on disk, or the file is from a newer copydesk."""

    code = "migration_changed"


class DiskFull(WarehouseError):
    """The disk refused a write."""

    code = "disk_full"


class UnknownBatch(WarehouseError):
    """No batch of that name."""

    code = "unknown_batch"


class UnknownDocument(WarehouseError):
    """No document or article of that name."""

    code = "unknown_document"


class DecisionRefused(WarehouseError):
    """The decision is already so, or does not fit the state of what it is about."""

    code = "decision_refused"


class QueryRefused(WarehouseError):
    """A query is wrong, or reaches for what `sql` does not give."""

    code = "query_refused"
