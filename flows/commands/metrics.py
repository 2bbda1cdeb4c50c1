"""`status --metrics`: the desk as OpenMetrics text, for Prometheus and what reads the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest

from warehouse.connect import Connection

_SITES = 100
"""Sites with a series of their own: each costs its reader memory for ever."""


def exposition(found: Mapping[str, Any], connection: Connection) -> str:
    """Return what `status` found as OpenMetrics text, ended by `# EOF`."""
    registry = CollectorRegistry()
    registry.register(_Collector(found, connection))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text.decode()


class _Collector:
    """The families of one moment; the registry asks for them, more than once."""

    def __init__(self, found: Mapping[str, Any], connection: Connection) -> None:
        self._found = found
        self._sites = connection.execute(
            "SELECT site, articles FROM sites WHERE site IS NOT NULL AND articles > 0 "
            f"ORDER BY articles DESC, site LIMIT {_SITES}"
        ).fetchall()
        self._verbs = connection.execute(
            "SELECT verb, count(*) FROM decisions GROUP BY verb ORDER BY verb"
        ).fetchall()

    def collect(self) -> Iterator[Metric]:
        """Yield each family with its samples."""
        found = self._found
        yield _gauge("articles", "Articles that are published now.", found["articles"])
        yield _gauge("sites", "Sites that have a published article.", found["sites"])
        yield _gauges("batches", "Batches by their status now.", "status", found["batches"])
        yield _gauges("documents", "Documents by their outcome now.", "outcome", found["outcomes"])
        yield _gauges(
            "quarantined_documents",
            "Refused documents that wait, by reason.",
            "reason",
            found["quarantine"],
        )
        yield _gauge("waiting_batches", "Batches that wait for a decision.", len(found["waiting"]))
        yield _gauge("run_in_progress", "1 while a run holds the desk.", bool(found["running"]))
        yield from self._times()
        yield _gauges(
            "site_articles",
            f"Published articles of the {_SITES} sites with the most.",
            "site",
            dict(self._sites),
        )
        yield _gauges(
            "site_drifting",
            "1 for each site that was held for a check against its own past, or missing, at last.",
            "site",
            {row["site"]: 1 for row in found["drifting"]},
        )
        yield _gauges(
            "source_failing",
            "1 for each source that could be read before, and not for six hours or longer.",
            "source",
            {row["source"]: 1 for row in found["failing"]},
        )
        stored = {name.removesuffix("_bytes"): size for name, size in found["disk"].items()}
        free = stored.pop("free")
        yield _gauges("stored", "What lies on the disk.", "part", stored, unit="bytes")
        yield _gauge("disk_free", "What the disk of the desk has left.", free, unit="bytes")
        yield CounterMetricFamily(
            "copydesk_taken_documents", "Documents ever taken in.", found["documents"]
        )
        decided = CounterMetricFamily(
            "copydesk_decisions", "Decisions ever recorded, by verb.", labels=["verb"]
        )
        for verb, count in self._verbs:
            decided.add_metric([verb], count)
        yield decided

    def _times(self) -> Iterator[Metric]:
        """Yield moments and ages: a file that is read later has right moments, but old ages."""
        for name, what in (("last_run", "batch ended"), ("last_published", "batch published")):
            last = self._found[name]
            if last is None:
                continue
            moment = last["finished_at"].timestamp()
            yield _gauge(
                f"{name}_timestamp", f"When the last {what}, in Unix time.", moment, unit="seconds"
            )
            age = last["age_seconds"]
            yield _gauge(f"{name}_age", f"Seconds since the last {what}.", age, unit="seconds")
        if self._found["last_run"] is not None:
            last = {self._found["last_run"]["status"]: 1}
            yield _gauges("last_run_status", "1 for the status of the last batch.", "status", last)
        ages = [row["age_seconds"] for row in self._found["waiting"]]
        if ages:
            what = "Seconds that the batch waits which has waited longest."
            yield _gauge("oldest_waiting_age", what, max(ages), unit="seconds")


def _gauge(name: str, what: str, value: float, *, unit: str = "") -> Metric:
    return GaugeMetricFamily(f"copydesk_{name}", what, value, unit=unit)


def _gauges(
    name: str, what: str, label: str, values: Mapping[str, float], *, unit: str = ""
) -> Metric:
    family = GaugeMetricFamily(f"copydesk_{name}", what, labels=[label], unit=unit)
    for key, value in values.items():
        family.add_metric([key], value)
    return family
