"""What a person is told of an error: one line, a stable code and the exit code of the command."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from flows.cli import ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error in words: `code` is the stable name, `remedy` what to do about it."""

    code: str
    message: str
    remedy: str
    exit_code: int = ERROR

    def __str__(self) -> str:
        """One line: what happened, to what, what to do."""
        return f"{self.message}: {self.remedy}" if self.remedy else self.message


def failure_of(error: Exception, home: str) -> Failure:
    """Put any error into words. `home` is named where the error does not say what it was about."""
    if type(error).__module__ == "_duckdb":
        from warehouse.connect import explained

        error = explained(error, home)
    code, exit_code = getattr(error, "code", None), getattr(error, "exit_code", None)
    if isinstance(code, str) and isinstance(exit_code, int):
        message, remedy = getattr(error, "message", str(error)), getattr(error, "remedy", "")
        return Failure(code=code, message=message, remedy=remedy, exit_code=exit_code)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Failure(
            code="disk_full",
            message=f"no space left on the disk of {error.filename or home}",
            remedy="free some space and run the command again: nothing that was taken in is lost",
        )
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        message = f"{where}{error.strerror or error}"
        return Failure(code="os_error", message=message, remedy="check the path")
    if type(error).__module__.partition(".")[0] in ("prefect", "httpx"):
        return Failure(
            code="prefect_unavailable",
            message=f"Prefect's API failed ({' '.join(str(error).split())[:200]})",
            remedy="run the command again: it finishes what was begun; "
            "`copydesk doctor` looks at it",
        )
    return Failure(
        code="defect",
        message=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}",
        remedy="this is a defect of copydesk; COPYDESK_TRACEBACK=1 shows where",
    )
