"""Schedules, in code: one deployment of `ingest` for each schedule of the settings."""

from __future__ import annotations

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


async def serve_forever(served: Sequence[RunnerDeployment]) -> None:
    """Run the schedules until this process is told to stop."""
    runner = Runner(name="copydesk", pause_on_shutdown=True)
    for deployment in served:
        await runner.aadd_deployment(deployment)
    await runner.start()
