"""Verbs of telling: what sets a report of words or deeds apart from a call to the reader."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import within

TELLING = within(
    r"""
    said|says|say|told|tells|asked|asks|wrote|writes|added|adds|joked|warned|argued|argues
    explained|claimed|insisted|noted|replied|urged|urges|advised|advises|promised|promises|shouted
    chanted|announced|declared|whispered|laughed|read the|reads the
    thought|was|were|had
    war|waren|hatte|dachte|rät|rief|riefen|forderte|warnte?|sagt|sagten?|erklärte|erklärt|schrieb|fragte|betonte
    meinte|hieß es|heißt es
    était|avait|pensait|dit|déclare|déclaré|explique|expliqué|affirme|affirmé|ajoute|a-t-il|a-t-elle|selon
    era|fue|había|pensó|dijo|dice|afirmó|explicó|señaló|aseguró|añadió|según
    ha detto|disse|spiega|afferma|ha spiegato|secondo
    foi|havia|pensou|diz|afirmou|explicou|contou|segundo
    dacht|zei|zegt|vertelde|aldus|volgens
    """
)
