"""The trial's judgement of rows is the audit's."""

from __future__ import annotations

from typing import Any

from expectations.articles.failing import failing_articles


def test_a_trial_names_the_rows_and_checks_that_an_audit_names(desk: Any) -> None:
    desk.stage(
        desk.article("a sound one"),
        desk.article("a marked one", title="<i>Ferry</i> to the islands"),
        desk.article("a short one", text="Menu", title="<b>Menu</b> of today"),
        desk.article("a nameless one", extractor=None),
    )
    desk.profile()
    audited: dict[str, list[str]] = {}
    for result in desk.audit().results:
        for document_id in result.failing_ids if result.suite == "articles" else ():
            audited.setdefault(document_id, []).append(result.expectation)
    tried = failing_articles(desk.connection, "staged")
    assert {name: [check.name for check in checks] for name, checks in tried.items()} == audited
    assert set(audited) == {"a marked one", "a short one", "a nameless one"}
    assert len(audited["a short one"]) > 1
