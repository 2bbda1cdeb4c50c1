"""What stands on a page around the article: comments, advertisements, notices, tools."""

from __future__ import annotations

from tasks.cleaning.phrases.pattern import whole

COMMENT_LABEL = whole(
    r"""
    (<count> |no |view |see |show |read |all )?(comments?|responses?|replies)( <count>)?
    no (comments?|responses?|replies) yet
    (comments?|responses?|replies) (on|to) this (story|article)
    (<count> )?(kommentare?|leserkommentare|commentaires?)( <count>)?
    (<count> )?(réactions?|comentarios?|comentários?)( <count>)?
    (<count> )?(commenti|reacties|kommentarer|komentarze)( <count>)?
    (<count> )?(комментарии|yorumlar|コメント|评论|댓글)( <count>)?
    join the (conversation|discussion)
    """,
    count=r"\(?\d{1,5}\)?",
)
"""Heads of comment sections: common words, so only the place tells."""

COMMENT_FORM = whole(
    r"""
    (leave|post|add|write) (a |your |us a )?(comment|reply)( below| here| to .{1,40})?[.!]?
    (leave|post|add|write) (a |your |us a )?response( below| here| to .{1,40})?[.!]?
    (make|submit) (a |your |us a )?(comment|reply|response)( below| here| to .{1,40})?[.!]?
    (cancel|leave a) reply
    be the first to (comment|leave a comment).{0,40}
    (click|tap) (here )?to (comment|reply|leave a (comment|reply)).{0,20}
    (log|sign) ?in to (leave a |post a |add a |join the )?(comment|reply|conversation).{0,40}
    (you must|you need to|please) (be logged in|log ?in).{0,40}\bcomment\b.{0,40}
    (you must|you need to|please) (sign in|register).{0,40}\bcomment\b.{0,40}
    your e-?mail address will not be published.{0,80}
    required fields are marked.{0,10}
    save my name,? e-?mail.{0,100}
    notify me of (new|follow-?up) (comments|posts).{0,40}
    would you like to comment on this (article|story)\?.{0,40}
    what do you think\? (leave|post|let us).{0,60}
    (share|tell us|let us know) (your )?(thoughts|opinion|views).{0,30}\bcomments?\b.{0,30}
    (share|tell us|let us know) (your )?what you think.{0,30}\bcomments?\b.{0,30}
    (please )?read our comment(s|ing)? (policy|guidelines|rules).{0,60}
    comments (are|have been) closed.{0,30}
    sign up \(it's quick and free\) or sign in now.?
    (einen |ihren |dein(en)? )?kommentare? (schreiben|abgeben|verfassen|hinterlassen)[.!]?
    (einen |ihren |dein(en)? )?kommentare? (hinzufügen|anzeigen)[.!]?
    (schreiben sie|schreibe) (einen|den ersten|als erster) .{0,20}kommentar.{0,20}
    hinterlasse(n sie)? (einen|den ersten|als erster) .{0,20}kommentar.{0,20}
    (du musst|sie müssen) .{0,30}(angemeldet|einloggen).{0,40}kommentar.{0,30}
    (du musst|sie müssen) .{0,30}(anmelden|eingeloggt).{0,40}kommentar.{0,30}
    (laisser|ajouter|écrire|poster|laissez|ajoutez) (un|votre) commentaire.{0,20}
    (connectez-vous|vous devez (être|vous)).{0,40}commentaire.{0,20}
    votre adresse e-?mail ne sera pas publiée.{0,60}
    (deja|dejar|escribe|agregar|añade|publica) (un|tu) comentario.{0,20}
    tu dirección de correo electrónico no será publicada.{0,60}
    (inicia sesión|debes .{0,20}) .{0,20}comentar.{0,20}
    (lascia|scrivi|aggiungi|invia) un commento( .{0,20})?
    il tuo indirizzo email non sarà pubblicato.{0,60}
    (deixe|deixar|escreva|adicionar) (um|o seu|seu) comentário.{0,20}
    o seu endereço de e-?mail não será publicado.{0,60}
    (\S+: )?comentários .{0,60}não serão (aprovados|publicados|aceitos).{0,60}
    (geef|laat|plaats|schrijf) een (reactie|antwoord)( achter)?.{0,20}
    je e-mailadres (wordt|zal) niet .{0,30}gepubliceerd.{0,40}
    (skriv|legg igjen|lämna|tilføj) (en )?(kommentar|svar).{0,20}
    dodaj komentarz|yorum yap|оставить комментарий|コメントを(書く|残す|投稿する)
    """
)

ADVERTISEMENT = whole(
    r"""
    (advertisements?|advertorial|advert|ads?)
    (- )?sponsored( (content|by|links?|post|stories))?
    (promoted( (content|stories))?|paid (content|post)|ad feedback|partner content)
    (advertisement|ad)\W{0,3}(article|story|content|scroll|continue)s?\b.{0,40}
    (article|story|content|post) continues (below|after)( (this |the )?(ad|ads|advert))?
    (article|story|content|post) continues (below|after)( (this |the )?advertisement)?
    (article|story|content|post) continues (below|after)( (this |the )?video)?
    (scroll (down )?(to|for)|click to) (continue|more|read).{0,30}
    continue reading (below|after) (the )?(ad|advertisement)
    skip (ad|advertisement)
    (anzeige|werbung|werbeanzeigen|reklame|publicités?|annonce|publicidad|anuncios?)
    (pubblicità|annunci|publicidade|anúncios?|continua após a publicidade|advertentie)
    (annons|annonse|annonsørinnhold|mainos|reklama|reklam|реклама)
    (विज्ञापन|إعلان|広告|スポンサーリンク|[pP][rR]広告|广告|廣告|광고|quảng cáo|iklan)
    (der )?artikel (geht|wird) (nach|unter) (der |dieser )?(anzeige|werbung) weiter
    (der )?artikel (geht|wird) (nach|unter) (der |dieser )?(anzeige|werbung) fortgesetzt
    la suite après (cette|la) publicité
    sigue leyendo (debajo|después) .{0,40}
    continua dopo la pubblicità
    """
)

COOKIE_NOTICE = whole(
    r"""
    (we|(this|our) (web)?site|we and our (\w+ )?partners) uses? .{0,60}\bcookies\b.{0,400}
    by (continuing|clicking|using).{0,80}(cookies|privacy policy|terms).{0,200}
    (accept|manage|reject) (all )?cookies
    cookie (settings|policy|notice|preferences)
    (wir|diese (web)?seite|diese website) (verwenden|nutzen|setzt).{0,60}cookies.{0,400}
    (wir|diese (web)?seite|diese website) (verwendet|nutzt).{0,60}cookies.{0,400}
    (nous utilisons|ce site utilise|en poursuivant).{0,120}cookies.{0,400}
    (utilizamos|usamos|este sitio (web )?(usa|utiliza)|al continuar).{0,120}cookies.{0,400}
    (questo sito|utilizziamo|usiamo).{0,80}cookie.{0,400}
    (este site|ao continuar).{0,80}cookies.{0,400}
    (wij gebruiken|deze (web)?site gebruikt|we gebruiken).{0,60}cookies.{0,400}
    (recommended|empfohlener|contenu) external content
    empfohlener externer inhalt|externer inhalt
    (an dieser stelle|hier) (finden sie|steht|sehen sie) .{0,60}(extern|einwilligung).{0,200}
    (an dieser stelle|hier) (finden sie|steht|sehen sie) .{0,60}drittanbieter.{0,200}
    (ein klick|einwilligung) für den datenschutz
    (ich bin damit einverstanden|mit (dem )?klick).{0,60}(externe inhalte|datenschutz).{0,200}
    (ich bin damit einverstanden|mit (dem )?klick).{0,60}(cookies|personenbezogen).{0,200}
    (this content is hosted by|to (view|see|display) this (content|video|embed|post)).{0,200}
    """
)

PAGE_TOOL = whole(
    r"""
    skip to (main |the )?(content|navigation|article|footer)
    (zum (haupt)?inhalt|direkt zum inhalt) springen
    direkt zum inhalt|aller au contenu( principal)?
    saltar al contenido( principal)?
    ir al contenido( principal)?|vai al contenuto|pular para o conteúdo
    ga naar (de )?(hoofd)?inhoud|hoppa till innehåll|table of contents?|contents
    inhaltsverzeichnis|sommaire|table des matières|índice( de contenidos)?
    tabla de contenidos?|indice( dei contenuti)?|inhoudsopgave|目次
    jump to (recipe|section|comments)
    (print|save|bookmark|email|download)( (this|the|article|page|story|now|an))+
    (listen to|hear|gift)( (this|the|article|page|story|now|an))+
    order reprints
    (copy|copied|get) (the |short )?(link|url)( to clipboard)?
    link copied!?
    (add|save|added|saved) to (favou?rites|reading list|bookmarks|my list|library)
    save (for later|article)|this article has been sent to|article content
    open image modal|open this photo in gallery
    view (image|gallery|comments|all|full size|fullscreen|photos)
    (en)?large (this )?image|toggle caption|hide caption|text size|font size|loading
    please wait
    an error (has )?occurred.{0,40}
    something went wrong.{0,40}
    back to (top|home|all .{1,20}|the top)
    return to top|scroll (down|to top)
    (show|load|view) (more|less|all)
    toggle navigation|(main )?menu|play (video|audio|now)|(video|audio) player
    click to (play|enlarge|expand).{0,20}
    post navigation|beitragsnavigation|navigation (de l'article|des articles)
    navegación de entradas|navegação de (post|artigos)|navigazione articoli
    berichtnavigatie|inläggsnavigering|nawigacja wpisu|навигация по записям
    (view|see|show|read) (all|more) (posts|articles|stories) (by|from) .{1,60}
    alle (beiträge|artikel) (von|ansehen|anzeigen)( .{1,60})?
    voir tous les articles( (de|par) .{1,60})?
    ver todas las (entradas|noticias)( (de|por) .{1,60})?
    ver todos os posts( (de|por) .{1,60})?
    (report|flag|suggest|request|submit) an? (typo|error|mistake|correction)
    (report|flag|suggest|request|submit) an? .{4,12} in this (article|story)
    fehler (gefunden|melden)\??|signaler une erreur|reportar (un )?error
    ((add|make|set|follow) us|prefer us) .{0,20}\bon google( search| news| discover)?
    tags|posted (on|in|by)
    (written|reviewed|published) (by|on)
    filed under|tagged( with)?|close (modal|dialog|menu)|advertise with us|drucken|merken
    vorlesen
    artikel (anhören|drucken|merken|speichern|vorlesen)
    nach oben
    zurück( nach oben| zur .{1,30})?
    bild vergrößern|bilder anzeigen|vollbild|zur startseite|jetzt anhören|imprimer
    écouter( l'article| cet article)?
    haut de page|retour en haut|enregistrer|agrandir l'image|imprimir
    escuchar( (la noticia|este artículo))?
    guardar|volver arriba|ampliar|copiar (el )?(enlace|link)|stampa
    ascolta( (l'articolo|questo articolo))?
    torna su|salva
    ouvir( (a notícia|este conteúdo|artigo))?
    voltar ao topo|copiar link|luister( naar dit artikel)?|opslaan|terug naar boven
    कॉपी लिंक|लिंक कॉपी करें|印刷|ページの先頭へ|打印|字号
    """
)

REACTIONS = whole(
    r"""
    <count> (total |post |page )?(shares?|views?|likes?|hits|visits|claps?|retweets|reactions?)
    (total |post |page |article )?(shares?|views?|likes?|hits|visits|reactions?)\W* ?<count>
    (viewed|read|shared|liked) <count> times
    <count> (mal )?(aufrufe|klicks|gelesen|geteilt)|(aufrufe|klicks|gelesen|geteilt)\W* ?<count>
    <count> (vues?|partages?|lectures)|(vues|partages|lectures)\W* ?<count>
    <count> (vistas|visitas|lecturas|visualizaciones|compartidos)
    (vistas|visitas|lecturas|visualizaciones|compartidos)\W* ?<count>
    <count> (visualizações|compartilhamentos|visualizzazioni|condivisioni)
    (visualizações|compartilhamentos|visualizzazioni|condivisioni)\W* ?<count>
    <count> (weergaven|visningar|delningar|wyświetleń|odsłon|просмотр(ов|а|ы)?|görüntülenme)
    (weergaven|visningar|delningar|wyświetleń|odsłon|просмотры|görüntülenme)\W* ?<count>
    like this|gefällt mir|j'aime ça|me gusta esto|curtir isso|mi piace|vind ik leuk
    """,
    count=r"\d[\d.,]{0,11} ?[km]?\+?",
)
"""What readers did to a page, as its counters say it, and the button that they did it with."""

FILED_UNDER = whole(
    r"""
    (filed|tagged|archived) (under|in|as|with) ?:? .{1,200}
    (posted|published) (under|in) ?: .{1,200}
    (tags?|tagged|topics?|related topics|article tags|categor(y|ies)|sections?) ?: .{1,200}
    (schlagw(o|ö)rte?r?|schlagworte|stichw(o|ö)rte?r?|themen|kategorien?|rubriken?) ?: .{1,200}
    (mots[- ]clés|étiquettes|thèmes?|sujets?|catégories?|rubriques?) ?: .{1,200}
    (classé dans|archivado en|arquivado em) ?:? .{1,200}
    (publié dans|publicado en|publicado em|pubblicato in|veröffentlicht (in|unter)) ?: .{1,200}
    (etiquetas?|temas?|categorías?|palabras clave|secciones) ?: .{1,200}
    (palavras[- ]chave|assuntos?|categorias?|marcadores) ?: .{1,200}
    (tag|argomenti|parole chiave|categori[ae]|trefwoorden|onderwerpen|categorieën) ?: .{1,200}
    (tagi|słowa kluczowe|kategori[ae]r?|taggar|ämnen|štítky|témata|etiketler|konular) ?: .{1,200}
    (теги|метки|ключевые слова|рубрик[аи]|темы) ?: .{1,200}
    (关键词|关键字|标签|標籤|關鍵字|分类|タグ|キーワード|カテゴリー?|태그) ?[:：] ?.{1,200}
    (وسوم|كلمات مفتاحية|الكلمات الدلالية) ?: ?.{1,200}
    """
)
"""Labels of an archive with what they name: common words, so only the place tells."""

READING_TIME = whole(
    r"""
    (reading time|read time|time to read|estimated reading time)\W*(\d{1,3}|[<~])?.{0,12}
    est\.? reading time\W*(\d{1,3}|[<~])?.{0,12}
    (approx\.? |about |less than |< ?)?\d{1,3}[ -]?(min(ute)?s?\.?)[ -]?(to )?read(ing)?( time)?
    (approx\.? |about |less than |< ?)?(a|one)[ -]?(min(ute)?s?\.?)[ -]?(to )?read(ing)?( time)?
    (approx\.? |about |less than |< ?)?(\d{1,3}|a|one)[ -]?(min(ute)?s?\.?)[ -]?(to )?listen
    (lesezeit|lesedauer)\W*(ca\.? ?)?\d{1,3}.{0,12}
    \d{1,3} min(uten?|\.)? (lesezeit|lesedauer)
    (temps|durée) de lecture\W*\d{0,3}.{0,12}
    \d{1,3} min(utes?)? de lecture|lecture \d{1,3} min\.?
    (tiempo|tempo) d[ei] (lectura|lettura|leitura)\W*\d{0,3}.{0,12}
    \d{1,3} min(utos?|uti)?\.? (de lectura|di lettura|de leitura)
    leestijd\W*\d{1,3}.{0,12}
    \d{1,3} (min\.?|minuten) (leestijd|lezen)
    (lästid|lesetid)\W*\d{1,3}.{0,8}
    """
)
