"""How a verb becomes a Prefect task: one decorator, so that all verbs behave alike.

Retries are for transient errors alone: whether a retry may help is a property of the error's type.
Results stay in memory: stages exchange files and counts; a resumed run reads the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

P = ParamSpec("P")
R = TypeVar("R")

_RETRIES = 2
_RETRY_SECONDS = [2.0, 10.0]


def verb(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function the Prefect task `name`."""
    return task(
        name=name,
        retries=_RETRIES,
        retry_delay_seconds=_RETRY_SECONDS,
        retry_condition_fn=_is_transient,
        cache_policy=NO_CACHE,
        persist_result=False,
        log_prints=False,
    )


def _is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return bool(getattr(error, "transient", False))
