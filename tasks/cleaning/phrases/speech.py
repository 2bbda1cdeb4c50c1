"""Verbs of speech: what tells a report of somebody's words from a call to the reader."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import within

TELLING = within(
    r"""
    said|says|say|told|tells|asked|asks|wrote|writes|added|adds|joked|warned|argued|argues
    explained|claimed|insisted|noted|replied|urged|urges|advised|advises|promised|promises|shouted
    chanted|announced|declared|whispered|laughed|read the|reads the
    rät|rief|riefen|forderte|warnte?|sagt|sagten?|erklärte|erklärt|schrieb|fragte|betonte
    meinte|hieß es|heißt es
    dit|déclare|déclaré|explique|expliqué|affirme|affirmé|ajoute|a-t-il|a-t-elle|selon
    dijo|dice|afirmó|explicó|señaló|aseguró|añadió|según
    ha detto|disse|spiega|afferma|ha spiegato|secondo
    diz|afirmou|explicou|contou|segundo
    zei|zegt|vertelde|aldus|volgens
    """
)
