"""Schedules, in code: one deployment of `ingest` for each schedule of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from flows.ingest import ingest
from flows.settings import Settings
from tasks.errors import UsageError


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return a deployment for each schedule; raises UsageError when there is none."""
    if not settings.schedules:
        raise UsageError(
            "no [[schedules]] are set", "`copydesk init` writes an example into copydesk.toml"
        )
    found = []
    for schedule in settings.schedules:
        parameters = {
            "sources": list(schedule.sources),
            "home": str(settings.home),
            "kind": schedule.kind,
        }
        deployment = RunnerDeployment.from_flow(
            ingest,
            name=schedule.name,
            cron=schedule.cron,
            interval=schedule.interval_seconds,
            parameters=parameters,
        )
        found.append(deployment)
    return found


class _Runner(Runner):
    """Prefect's runner, which a SIGTERM ends in order: the runs at work with it.

    Its own handler exits amid the event loop, which every stop of the service would log as an error
    with its traceback.
    """

    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """Serve until cancelled; remember what is to be cancelled."""
        self._serving = asyncio.current_task()
        await super().start(run_once, webserver)

    def handle_sigterm(self, *_args: object, **_kwargs: object) -> None:
        """Cancel the serving; a loop that sleeps has to be woken for it."""
        if self._serving is not None:
            self._serving.get_loop().call_soon_threadsafe(self._serving.cancel)


async def serve_forever(served: Sequence[RunnerDeployment]) -> None:
    """Run the schedules; a SIGTERM cancels this task."""
    runner = _Runner(name="copydesk", pause_on_shutdown=True)
    for deployment in served:
        await runner.aadd_deployment(deployment)
    await runner.start()
