"""What can go wrong with the world. A bad document is data (`model.Refusal`), never one of these.

Each error says what happened, to what, and what to do; `code` is the stable name that `--json`
prints. Whether a retry may help is a property of the type (`transient`). All of them pickle.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from tasks.model import Reason


class CopydeskError(Exception):
    """The root of all errors that a user sees as one line."""

    code = "error"
    transient = False
    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: what happened, to what, what to do."""
        return f"{self.message}: {self.remedy}" if self.remedy else self.message


class SourceUnavailable(CopydeskError):
    """A whole SOURCE could not be read; it becomes one `failed` document and the run goes on.

    `answers` is what the web answered all the same, as JSON (`RawItem.http_earlier`).
    """

    code = "source_unavailable"

    def __init__(
        self,
        locator: str,
        reason: Reason,
        detail: str,
        remedy: str = "",
        answers: str | None = None,
    ) -> None:
        super().__init__(f"{locator}: {detail}", remedy)
        self.args = (locator, reason, detail, remedy, answers)
        self.locator = locator
        self.reason = reason
        self.detail = detail
        self.answers = answers


class UsageError(CopydeskError):
    """The call's words are off."""

    code = "usage"
    exit_code = 2


class SettingsInvalid(CopydeskError):
    """A setting is misspelt or has an impossible value."""

    code = "settings_invalid"
    exit_code = 2


class DeskBusy(CopydeskError):
    """Another run holds the desk."""

    code = "desk_busy"
    exit_code = 75


class WorkersUnavailable(CopydeskError):
    """No worker process could be started, or none lives long enough to take a document."""

    code = "workers_unavailable"


class WorkersStopped(CopydeskError):
    """The run that waited for its workers ends early; the next one does their shards again."""

    code = "workers_stopped"


class BooksUnbalanced(CopydeskError):
    """Documents taken in are not the sum of their outcomes: a defect, so nothing is published."""

    code = "books_unbalanced"


def unknown_name(what: str, name: str, names: Collection[str]) -> UsageError:
    """Say that no such thing has this name, which one comes nearest, and all that there are."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]
    return UsageError(
        f"no {what} is called {name}", f"did you mean {near}? There are {', '.join(names)}"
    )
