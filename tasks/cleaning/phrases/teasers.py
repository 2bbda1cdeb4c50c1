"""Labels of pointers to other articles."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import alternatives, whole

LABEL = whole(
    r"""
    # English
    (please )?(also )?read (more|also|next|on|this( next)?)( here| below| at| on)?
    (please )?(also )?read the full (story|article)( here)?( here| below| at| on)?
    also read
    (read )?more (on this( story| topic)?|stories|news|headlines|to read|like this)
    (read )?more resources( to read)?
    (read )?more ((latest )?\S+ news|articles|related (news|stories|articles))
    (learn|find out|discover|see|view|show) more( here| about this)?
    (view |see |more |other |our )?related( (articles?|stor(y|ies)|posts?))?
    (view |see |more |other |our )?related( (content|news|topics?))?
    (view |see |more |other |our )?related( (coverage|reads?|reading|links?))?
    (view |see |more |other |our )?related( (resources?|videos?))?
    (view |see |more |other |our )?related( (items?|tags?|searches|pages?|blogs?))?
    (view |see |more |other |our )?related( to this( story| article)?)?
    (view |see |more |other |our )?related( articles that may interest you)?
    (stories |articles )?you (may|might|could)( also)?( be)? (like|enjoy|interested in)
    (stories |articles )?you (may|might|could)( also)?( be)? have missed
    (stories |articles )?you (may|might|could)( also)?( be)? want to read
    (see|watch|listen|look) also|don't miss( (this|it|out))?|in case you missed it|icymi
    recommended( (for you|stories|articles|reading|videos|by|posts|reads|links))?
    we recommend
    (recommended|latest|related) (videos?|stories|news|posts|articles|headlines)
    (popular|trending|more|top) (videos?|stories|news|posts|articles|headlines)
    most (read|popular|viewed|shared)
    trending( now| stories)?|popular now|editor'?s'? picks?|what to read next|up next
    next (article|story|post|up)|previous (article|story|post)|keep reading
    continue reading|story continues( below)?|suggested (articles|posts)|follow live
    read the full story
    # German
    (lesen sie|lies|lest)( (auch|hier|mehr|dazu|weiter|hierzu))+( (auch|dazu|zum thema))?
    auch (lesenswert|interessant|spannend)
    mehr (zum thema|dazu|lesen|erfahren|aus .{2,30}|artikel|nachrichten|infos?)
    (das könnte|könnte|dies könnte) (sie|dich|euch)( auch| noch)? interessieren
    (ähnliche|weitere|verwandte) (artikel|beiträge|themen|nachrichten)( zum thema)?
    (mehr|passende) (artikel|beiträge|themen|nachrichten)( zum thema)?
    (andere|neueste|aktuelle) (artikel|beiträge|themen|nachrichten)( zum thema)?
    (ähnliche|weitere|verwandte|mehr|passende) (meldungen|links|news|inhalte|texte)( zum thema)?
    (andere|neueste|aktuelle) (meldungen|links|news|inhalte|texte)( zum thema)?
    zum thema|passend dazu|weiterlesen|meistgelesen|empfohlen(e artikel)?
    siehe auch|schlagworte|schlagwörter
    # French
    (à |a )?(lire|voir|écouter|découvrir)( aussi| également| ensuite)?
    lisez aussi|lire (la suite|plus|l'article)|sur le même (sujet|thème)
    articles? (similaires?|liés?|connexes?|associés?|recommandés?)
    en savoir plus
    (cela|ça|ceci) (peut|pourrait)( aussi)? vous intéresser
    vous (aimerez|pourriez)( aussi| également)?( aimer)?
    les plus lus|voir plus
    plus d'(infos|articles|actualités)
    # Spanish
    (lee|lea|leer|ver|vea|mira|mire)( también| además| más| aquí)
    también (lee|lea|te puede interesar|puedes leer)
    (te|le) (puede|podría|puede que)( también)? interesa[r]?
    (noticias?|artículos?|notas?|temas?|contenidos?|más) (relacionad[oa]s?|noticias|información)
    (noticias?|artículos?|notas?|temas?|contenidos?|más) (leíd[oa]s|sobre)
    (lo )?más (leído|visto|información)
    no te (lo )?pierdas|sigue leyendo|seguir leyendo|recomendados?
    # Italian
    leggi (anche|tutto|di più|ancora)
    (potrebbe|potrebbero)( anche)? interessar[tv]i( anche)?
    (articoli|notizie|contenuti) (correlat[ie]|simili|recenti)
    approfondisci|approfondimenti|vedi anche|guarda anche|scopri di più|continua a leggere
    per approfondire|i più letti
    # Portuguese
    (leia|veja|saiba|confira|ouça|assista)( também| mais| ainda| a seguir)( sobre)?
    (notícias|matérias|artigos|conteúdos?|assuntos) (relacionad[oa]s|recentes)
    (você|te) (também )?pode( também)? (gostar|se interessar|interessar)
    mais (lidas|notícias|informações)
    continue lendo|relacionad[oa]s
    # Dutch
    lees (ook|meer|verder|hier)
    (gerelateerde?|meer) (artikelen|berichten|nieuws|over dit onderwerp)
    bekijk ook|zie ook|ook interessant|meest gelezen
    # Nordic
    (les|läs|læs) (også|också|mer|mere|mera|videre)
    relatert(e (saker|artikler))?
    relaterade? (artiklar|inlägg|nyheter)
    (relaterede|lignende) artikler|lue (myös|lisää)|mest (lest|läst|læst)
    # Polish, Czech, Turkish, Russian, Indonesian
    (czytaj|zobacz|przeczytaj) (także|też|również|więcej)
    podobne (artykuły|wpisy)|czytaj dalej
    (čtěte|přečtěte si) (také|více|dále)
    související (články|témata)
    (ilgili|benzer|diğer) (haberler|haber|yazılar|konular)
    bunlar da ilginizi çekebilir|devamını oku|читайте (также|ещё|еще|далее)
    (похожие|связанные) (статьи|новости|материалы)
    по теме|baca juga|artikel terkait|berita terkait
    # Hindi, Arabic, East Asian, Vietnamese
    (यह|ये) भी पढ़ें|और पढ़ें|इसे भी पढ़ें|اقرأ (أيضا|أيضًا|المزيد)
    関連(記事|キーワード|リンク|ニュース|情報|トピックス|する記事)
    (おすすめ|オススメ)(情報|記事)|あわせて読みたい|続きを読む|もっと見る
    相关(阅读|新闻|文章|报道|推荐)|相關(新聞|文章|報導)|延伸閱讀|延伸阅读|推荐阅读
    관련 ?(기사|뉴스|글)|더 ?보기|추천 ?기사|xem thêm|đọc thêm|tin liên quan|bài liên quan
    """
)
"""Alone on a line they head a list of other articles, or link to one."""

LEAD_IN = alternatives(
    r"""
    # English
    (also |please )?read( more| also| next| on| now| here)?
    also read|more|see( also| more)?|related( \S+){0,2}|also (on|from|in) \S+|don't miss
    must[- ]read
    (see |watch |read )?more (on|from|about)( \S+){1,4}
    recommended( \S+)?|watch( also| more| now)?|listen( now| here)?|in case you missed it
    icymi|explainer|you may also like
    # German
    (lesen sie|lies|lest)( (auch|hier|mehr|dazu|weiter|hierzu))+
    mehr (zum thema|dazu|lesen)|lesetipp|lesen|siehe auch|auch interessant|passend dazu
    interview|podcast|video
    # French
    (à |a )?(lire|voir|écouter)( aussi| également)?
    lire (la suite|plus)|sur le même (sujet|thème)
    # Spanish
    (lee|lea|leer|ver|mira)( también| además| más)
    (te|le) puede interesar|también (lee|lea)|no te pierdas|relacionad[oa]
    # Italian
    leggi anche|vedi anche|guarda anche|approfondisci
    # Portuguese
    (leia|veja|confira|saiba)( também| mais| ainda)?
    # Dutch
    lees (ook|meer|verder)|bekijk ook|zie ook
    # Nordic
    (les|läs|læs) (også|också|mer|mere)
    # Polish, Czech, Turkish, Russian, Indonesian
    (czytaj|zobacz|przeczytaj) (także|też|również|więcej)
    čtěte také|baca juga|читайте также|ilgili haber
    # Hindi, East Asian, Vietnamese
    यह भी पढ़ें|ये भी पढ़ें|関連記事|相关阅读|관련기사|xem thêm
    """
)
"""Before a headline on the same line."""

LEAD_IN_ALSO_A_WORD = frozenset(
    {
        *("read", "more", "see", "watch", "listen", "video", "podcast", "interview", "explainer"),
        *("lesen", "lire", "voir", "écouter", "leia", "veja", "confira", "saiba"),
    }
)
"""Lead-ins that also open sentences: they count in capitals only, as templates print them."""
