"""What a batch was asked to do, as the ledger keeps it: a resumed run does the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from tasks.model import AS_ALL, Mode, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller of a batch asked for, and what the settings said when it was begun.

    `limit`: documents taken in at most. `look_again`: extract what is known already, too.
    `documents`: for a replay, the documents (ids) to take from the raw shards, None for all of
    the batches named as its sources. `treatments`: the sources whose documents are treated in
    their own way.
    """

    limit: int | None = None
    look_again: bool = False
    documents: tuple[str, ...] | None = None
    treatments: Mapping[str, Treatment] = field(default_factory=dict)

    def treated_anew(self, before: Mapping[str, str]) -> list[str]:
        """Name the sources that these options treat in another way than those `before`, as JSON."""
        now = self.treatments
        return sorted(
            name
            for name, text in before.items()
            if Options.of_json(text).treatments.get(name, AS_ALL) != now.get(name, AS_ALL)
        )

    def as_json(self) -> str:
        """Write them for the ledger."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Options:
        """Read them from the ledger; what an earlier version did not write is as by default."""
        facts = json.loads(text)
        treatments = {
            name: Treatment(
                language=stated["language"],
                extraction=Mode(stated["extraction"]),
                skip_rules=tuple(stated["skip_rules"]),
            )
            for name, stated in facts.pop("treatments", {}).items()
        }
        return cls(**facts, treatments=treatments)
