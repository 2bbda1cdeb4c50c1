"""`serve`: run the flows on the schedules of the settings until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from flows.cli import DONE
from flows.commands import output
from flows.engine import prefect_engine
from flows.notify import check_targets
from flows.settings import load_settings
from tasks.desk import Desk
from tasks.errors import UsageError


def serve(arguments: argparse.Namespace) -> int:
    """Serve each schedule; runs that meet another at work end at once, in the state Busy."""
    settings = load_settings(arguments.home)
    if not settings.schedules:
        raise UsageError(
            "no [[schedules]] are set", "`copydesk init` writes an example into copydesk.toml"
        )
    check_targets(settings.notify)
    desk = Desk(home=settings.home)
    desk.create()
    with prefect_engine(desk.prefect, services=True) as server:
        from flows.deployments import deployments, serve_forever

        if server is not None:
            server.wait()
            output.say(f"embedded Prefect API at {server.url}")
        for schedule in settings.schedules:
            rhythm = schedule.cron or f"every {schedule.interval_seconds:g} s"
            output.say(f"serving {schedule.name} ({rhythm}): {', '.join(schedule.sources)}")
        served = deployments(settings)
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            asyncio.run(asyncio.wait_for(serve_forever(served), arguments.limit_seconds))
    output.say("stopped serving: what a run has begun, the next run finishes")
    return DONE
