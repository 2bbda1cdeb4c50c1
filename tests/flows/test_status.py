"""`status`: what a person, a monitor and Prometheus are told of a desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as textfile_families

from flows.commands import metrics as exposed
from tests.conftest import ROOT
from tests.flows.conftest import Shelf, one_line

pytestmark = pytest.mark.prefect


def test_status_says_what_is_there_and_what_waits(shelf: Shelf) -> None:
    found = shelf.ask("status", "--json").object
    assert (found["articles"], found["documents"], found["running"]) == (3, 11, None)
    assert [batch["batch_id"] for batch in found["waiting"]] == ["second"]
    assert found["batches"] == {"held": 1, "published": 1}
    assert sum(found["quarantine"].values()) == found["quarantined"] == 5
    said = shelf.ask("status")
    assert ("second" in said.out, said.code) == (True, 0)


def test_a_monitor_learns_how_old_the_last_runs_are_and_since_when_something_waits(
    shelf: Shelf,
) -> None:
    asked = datetime.now(UTC)
    found = shelf.ask("status", "--json").object
    last, published, (waiting,) = found["last_run"], found["last_published"], found["waiting"]
    assert (last["batch_id"], last["status"]) == ("second", "held")
    assert (published["batch_id"], published["status"]) == ("first", "published")
    assert last["finished_at"] == waiting["since"] == found["last_finished_at"]
    age = (asked - datetime.fromisoformat(last["finished_at"])).total_seconds()
    assert last["age_seconds"] == pytest.approx(age, abs=30)
    assert published["age_seconds"] >= last["age_seconds"] >= 0
    assert (waiting["held"], waiting["sites"]) == (1, ["herald.example"])
    assert waiting["age_seconds"] == pytest.approx(last["age_seconds"], abs=1)


def test_a_monitor_learns_counts_by_outcome_and_what_the_disk_holds(shelf: Shelf) -> None:
    found = shelf.ask("status", "--json").object
    assert sum(found["outcomes"].values()) == found["documents"]
    assert (found["outcomes"]["held"], found["outcomes"]["unchanged"]) == (1, 0)
    assert found["drifting"] == []
    disk = found["disk"]
    assert disk["warehouse_bytes"] == (shelf.home / "warehouse.duckdb").stat().st_size
    assert disk["raw_bytes"] == sum(f.stat().st_size for f in (shelf.home / "raw").glob("*/*"))
    assert disk["free_bytes"] > 0


def families_in(text: str) -> list[Metric]:
    return [*text_string_to_metric_families(text)]  # type: ignore[no-untyped-call] # has no types


def families(shelf: Shelf) -> dict[str, Metric]:
    text = shelf.ask("status", "--metrics").out
    assert text.endswith("\n# EOF\n")
    return {family.name: family for family in families_in(text)}


def test_the_metrics_are_open_metrics_and_say_what_status_says(shelf: Shelf) -> None:
    found = shelf.ask("status", "--json").object
    told = families(shelf)
    assert all(name.startswith("copydesk_") for name in told)
    assert all(family.documentation for family in told.values())
    for name, family in told.items():
        unit = next((u for u in ("seconds", "bytes") if name.endswith(f"_{u}")), "")
        assert family.unit == unit, name

    def by_label(name: str) -> dict[str, float]:
        return {"".join(s.labels.values()): s.value for s in told[f"copydesk_{name}"].samples}

    assert by_label("documents") == found["outcomes"]
    assert by_label("batches") == found["batches"]
    assert by_label("quarantined_documents") == found["quarantine"]
    assert by_label("articles") == {"": found["articles"]}
    assert by_label("waiting_batches") == {"": 1}
    assert by_label("last_run_status") == {"held": 1}
    assert by_label("run_in_progress") == {"": 0}
    assert by_label("taken_documents") == {"": found["documents"]}
    assert sum(by_label("site_articles").values()) <= found["articles"]
    moment = datetime.fromisoformat(found["last_run"]["finished_at"]).timestamp()
    assert by_label("last_run_timestamp_seconds")[""] == pytest.approx(moment)
    assert told["copydesk_taken_documents"].type == "counter"


def test_a_textfile_collector_reads_the_same_samples(shelf: Shelf) -> None:
    text = shelf.ask("status", "--metrics").out
    samples = {
        (s.name, tuple(s.labels.items())) for f in textfile_families(text) for s in f.samples
    }
    ours = {(s.name, tuple(s.labels.items())) for f in families_in(text) for s in f.samples}
    assert samples == ours


def test_every_metric_is_documented_with_its_type(shelf: Shelf) -> None:
    documented = {re.split(r"[`|]", line)[2]: line.split("|")[2].strip() for line in _rows()}
    told = {name: family.type for name, family in families(shelf).items()}
    assert documented == told


def _rows() -> list[str]:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    return [line for line in page.splitlines() if line.startswith("| `copydesk_")]


def test_the_largest_sites_alone_have_a_series(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposed, "_SITES", 0)
    assert families(shelf)["copydesk_site_articles"].samples == []


def test_an_empty_desk_has_metrics_too(shelf: Shelf) -> None:
    empty = Shelf(shelf.home.parent / "empty", shelf.inbox)
    assert empty.ask("init").code == 0
    told = families(empty)
    assert told["copydesk_articles"].samples[0].value == 0
    assert "copydesk_last_run_age_seconds" not in told
    assert empty.ask("status", "--json").object["last_run"] is None


def test_status_takes_one_form_alone_and_needs_a_desk(shelf: Shelf) -> None:
    assert shelf.ask("status", "--metrics", "--json").error["code"] == "usage"
    nowhere = Shelf(shelf.home.parent / "nowhere", shelf.inbox)
    said = nowhere.ask("status", "--metrics")
    assert said.code == 1
    one_line(said, nowhere.home)
