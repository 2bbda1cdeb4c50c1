"""Who made what: wordings of credits, bylines and rights."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import alternatives, opening, whole, within, word_set

PICTURE = alternatives(
    r"""
    (<place> )?(photo(graph)?|image|picture)s?
    (titel|beitrags|symbol|archiv|aufmacher|header)?(fotos?|bild(er)?|grafik)
    photos?|imagen(es)?|imágenes|fotografías?|immagin[ei]|fotografie|image[mn]s?|beeld
    afbeelding|bilde|billede|kuva|zdjęcie|fot\.|fotoğraf|фото|صورة|写真|사진
    """,
    place="(?:cover|header|featured?|main|lead|title|hero|file|stock|top)",
)
"""Names of a picture, before a colon or a by-word and its source."""

CREDIT = alternatives(
    r"""
    (photo|image|picture|video)s? (credits?|courtesy( of)?|source|copyright)
    (illustration|graphic)s? (credits?|courtesy( of)?|source|copyright)
    crédits?( photos?| image)?|créditos?( de la imagen)?|credit[io]?|bildquellen?
    bildnachweise?|bildrechte|fotocredits?|fotonachweis|fotoquelle|bildcredits?
    fuente de la imagen|divulgação|图片来源
    """
)
"""Words for the credit itself."""

AGENCY = alternatives(
    r"""
    reuters|getty( images)?|ap( photo)?|afp|epa|dpa|shutterstock|istock(photo)?|unsplash
    pexels|pixabay|adobe stock|alamy|imago|picture alliance|wikimedia( commons)?
    depositphotos|dreamstime|flickr|keystone|ansa|efe|xinhua|pti|ani|anadolu|bloomberg
    nurphoto|zuma|sipa|eyevine|apa|ritzau scanpix|ntb|tt|belga|anp
    """
)
"""Agencies and archives: where pictures come from."""

PHOTO_CREDIT = whole(
    r"""
    <picture>\s?(:|：|/|©|\(c\)|\||=)\s?\S.{0,100}
    <picture>s? (by|via|from|courtesy of|von|de|di|door|av|par|por) \S.{0,80}
    <credit>( (to|of|by|von))?(\s?[:：©]|\s|$).{0,120}
    (source|quelle|fuente|fonte|bron)\s?: ?(\S+ ){0,4}<agency>(?!\w).{0,60}
    (\S+ ){0,5}(\S+/|/ |via |\| )(\S+ )?<agency>( images| photo)?( ?(/|via|\|).{0,40})?
    <agency>(/| / | via | photo/).{0,60}|(© ?|\(c\) ?)?<agency>
    """,
    picture=PICTURE,
    credit=CREDIT,
    agency=AGENCY,
)

SOURCE = whole(
    r"""
    (<source>)s?\s?[:：]\s?(\S+ ){0,3}\S+
    """,
    source="source|quelle|fuente|fonte|bron|källa|kilde|źródło|источник|kaynak|来源|來源|出典",
)

REPORTING = whole(
    r"""
    (\S+ ){1,16}contributed (to this (report|story|article|post|piece)|reporting)(\W.{0,80})?
    (additional |with )?reporting by .{3,200}
    (writing|editing|translated) by .{3,120}
    (mit material|mit informationen) (von |der )?.{2,40}
    mit agenturmaterial.?
    avec (l'afp|afp|reuters|agences?).{0,20}
    con información de .{2,60}|com informações d[aeo] .{2,60}
    """
)

CONTACT = opening(
    r"""
    e-?mail|write to|contact|got a (story|tip)|do you have (a|any)|have (a|you)|get in touch
    send|reach|schreiben sie|schreib|senden sie|kontakt|ihre meinung|écrivez|contactez
    escríbe\w*|envía\w*|scrivi|escreva|mail ons|stuur
    """
)
DESK = within(
    r"""
    us|our|the (author|writer|reporter|editor)s?|staff writer|story|tips?|feedback
    uns|unser\w*|redaktion|nous|rédaction|nos|redacción|redazione|redação|ons|redactie
    """
)
"""Whom such a call wants written to."""

COPYRIGHT = whole(
    r"""
    (©|℗|&copy;|\(c\) ?(19|20)\d{2}).{0,200}
    copyrights?\s?(©|\(c\)|:|by\b|(19|20)\d{2}).{0,200}
    (this|the above) (material|content|article|copy) may not be.{0,260}
    (this|the above) (material|content|article|copy) is (for your personal|protected).{0,260}
    (this|the above) (material|content|article|copy) is copyright.{0,260}
    (no part of this|reproduction|republication) .{0,120}(without|prohibited|permission).{0,120}
    """
)

RIGHTS = within(
    r"""
    (<reserved>)(?=\s*([^\w\s]|by\b|$))
    """,
    reserved=alternatives(
        r"""
    all rights (are )?reserved|alle rechte vorbehalten
    tous droits (de reproduction )?réservés
    todos los derechos reservados
    tutti i diritti (sono )?riservati
    todos os direitos reservados|alle rechten voorbehouden|wszelkie prawa zastrzeżone
    все права защищены|tüm hakları saklıdır|riproduzione riservata|無断転載.{0,10}禁.{0,8}|版权所有
    저작권자.{0,40}
    """
    ),
)
"""A reservation of rights, and the end of its sentence."""

BY = alternatives(
    r"""
    by|von|par|por|di|da|de|av|af|door|text|texte|texto|testo|tekst|autor|autora|autore
    auteur|author|story by|words by|written by|posted by|published by|reviewed by
    reported by|edited by|a report by|ein beitrag von|ein artikel von|geschrieben von
    publié par|écrit par|rédigé par|publicado por|escrito por|scritto da|a cura di
    geschreven door|из|автор|yazan|oleh|文|文責|作者|記者|글
    """
)
"""What opens a byline."""

ROLES = word_set(
    """
    and und et y e en och og ve with mit avec con com the for of at in a
    staff writer writers reporter reporters correspondent correspondents editor editors contributor
    author senior chief special political sports business news associate managing deputy columnist
    journalist freelance bureau guest associated press
    redakteur redakteurin redaktion reporterin korrespondent korrespondentin autor autorin
    journalistin journaliste rédaction correspondant correspondante rédacteur rédactrice
    periodista redactor redactora redacción giornalista redazione inviato jornalista redação
    repórter redacteur verslaggever correspondent
    """
)
"""What may stand beside a name in a byline."""
