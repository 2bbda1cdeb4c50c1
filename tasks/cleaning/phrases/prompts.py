"""Wordings of calls to the reader: share, follow, subscribe, install."""

from __future__ import annotations

import re

from tasks.cleaning.phrases.pattern import alternatives, opening, whole, within, word_set

NETWORK = within(
    r"""
    facebook|twitter|instagram|whats ?app|telegram|linked ?in|pinterest|reddit|tumblr|tik ?tok
    you ?tube|flipboard|mastodon|bluesky|xing|snapchat|wechat|weibo|vkontakte|viber
    google news|google\+|discord|spotify|twitch|social media
    (?<=on )x|(?<=auf )x|(?<=sur )x|(?<=en )x|(?<=su )x|(?<=no )x|(?<=op )x
    """
)
HANDLE = re.compile(r"(?<!\w)@\w{2,}")

SHARE_WORDS = word_set(
    """
    share shares sharing tweet retweet pin it email e mail mailen print copy link url this article
    story post page on via to by with options x sms pocket threads messenger
    teilen teile artikel beitrag diesen auf per mit drucken kopieren merken
    partager partagez cet sur par envoyer imprimer copier le lien
    compartir comparte este artículo en por correo copiar enlace noticia
    condividi questo articolo su stampa copia
    compartilhar compartilhe esta notícia no na em
    delen deel dit bericht op dela del
    facebook twitter instagram whatsapp telegram linkedin pinterest reddit tumblr flipboard mastodon
    bluesky xing youtube tiktok
    """
)
"""A line of nothing but these, with two networks among them, is a row of buttons."""

SHARE = whole(
    r"""
    (please )?share (this|the|our)( \w+){0,3}( (on|via|with|to) [^,;]{1,60})?[.!]?
    share (on|via|with)( your| a)?( \w+){1,5}[.!]?
    share (article|story|post|page|options|via|it)[.!]?
    (spread the (love|word)|sharing is caring)[.!]*
    click (here )?to share .{1,60}
    (if you )?(liked?|enjoy(ed)?|loved?) (this|what you).{0,60}\bshare\b.{0,60}
    (share|tweet|teilen|partager|partagez|compartir|comparte)( ?\d{1,6})?
    (condividi|compartilhar|compartilhe|partilhar)( ?\d{1,6})?
    (delen|dela|udostępnij|paylaş|поделиться|シェア(する)?)( ?\d{1,6})?
    share or comment on this (article|story)( ?: .{1,200})?
    udostępnij (na|w|przez) \w+|поделиться (в|на) \w+
    (分享|공유(하기)?|साझा करें|शेयर करें)( ?\d{1,6})?
    (diesen |den |die )?(artikel|beitrag)( jetzt)? teilen( (auf|per|mit|über) .{0,60})?[.!]?
    (diesen |den |die )?seite( jetzt)? teilen( (auf|per|mit|über) .{0,60})?[.!]?
    (teilen sie|teile|teilt) (diesen|den|das|die) (artikel|beitrag|seite).{0,60}
    partage[rz] (cet article|l'article|sur|par|via|la page).{0,60}
    compart(ir|e|elo|ilhe|ilhar) (en|por|este|esta|el|la|no|na|via|isto) .{0,60}
    condividi(lo)? (su|questo|l'|con|via|articolo) ?.{0,60}
    (deel|delen) (dit|op|via|deze|het) .{0,60}
    .{1,20}でシェア(する)?|この記事をシェア(する)?|分享到.{0,20}
    """
)

COURTESY = (
    r"(?:(?:please|also|you can(?: also)?|be sure to|don't forget to|make sure to|for more,?|"
    r"and|so) )*"
)
FOLLOW = opening(
    r"""
    <courtesy>(<verb>)
    """,
    courtesy=COURTESY,
    verb=alternatives(
        r"""
        follow|find (us|me|him|her|them)|join|watch|connect with|keep up with
        stay (connected|in touch|up to date|updated|tuned)|like (us|our page) on
        folgen sie|folg(e|t|en|st du)|besuchen sie|liken sie|finden sie uns
        suivez|suivre|rejoignez|retrouvez|likez
        síguenos|sígueme|síganos|seguinos|sigue|sigan|únete|encuéntranos
        seguici|segui|seguiteci|unisciti|siga|sigam|segue|curta|participe|entre no
        volg|vind ons|like ons|följ|følg|seuraa|śledź|obserwuj|polub|sledujte
        """
    ),
)
FOLLOW_CHANNEL = opening(
    r"""
    <courtesy>(<verb>)
    """,
    courtesy=COURTESY,
    verb=alternatives(
        r"""
        subscribe|abonnieren sie|abonnier[et]|abonnez-vous|suscríbete|suscríbanse|iscriviti
        inscreva-se|abonneer|подписывайтесь|подпишитесь|zasubskrybuj
        """
    ),
)
CHANNEL = within("(channel|kanal|chaîne|canal|canale|kanaal|podcast|канал)s?")
SPEAKER = within(
    r"""
    us|me|him|her|them|our|my|the author|uns|unser\w*|mir|nous|notre|nos|nuestr\w+|noss\w+
    nostr\w+|ons|onze|oss|vår\w*|nas|nasz\w*|\w+-?nos|\w+ci|\w+ons
    """
)
"""Words by which the page speaks of itself."""
FOLLOW_SHORT = whole(
    r"""
    follow( (us|me))?|folgen( sie uns)?|suivez-nous|nous suivre|síguenos|seguici|siga-nos
    volg ons|フォローする
    """
)

LETTER = within(
    r"""
    \S*newsletters?|news letter|mailing list|e-?mails?|e-?mail (updates|alerts)|inbox|updates
    alerts|digest|briefings?|bulletin|rundbrief|postfach|mailbox|infolettre
    boîte (mail|de réception|e-mail)|lettre d'information|bolet[íi]n(es)?|correo
    bandeja de entrada|notificaciones|casella|boletim|caixa de entrada|nieuwsbrief|nyhetsbrev
    nyhedsbrev|uutiskirje|biuletyn|newslettera|bülten
    """
)
LETTER_ONLY = within(r"\S*newsletters?|infolettre|bolet[íi]n(es)?|boletim|nieuwsbrief")
"""Letters, without plain e-mail: much else is received by e-mail."""
SUBSCRIBE = opening(
    r"""
    ((<want>)\b.{0,80}?)?<courtesy>(<verb>)
    """,
    want=r"want more|want to|to|click (?:here|below) to|enter your e-?mail\S* (?:address )?to",
    courtesy=COURTESY,
    verb=alternatives(
        r"""
        (sign(ing)? ?-?up|subscribe)( (to|for|by|via|with|on|now|here|today|free|our))
        register (for|to|now|here|today)|opt in
        join(?=.{0,60}(newsletter|mailing list|inbox))
        abonnieren sie|abonniere|bestellen sie|melden sie sich|melde dich
        jetzt (abonnieren|anmelden)|registrieren sie sich
        inscrivez-vous|abonnez-vous
        suscríbete|suscríbase|suscribirse|regístrate|apúntate
        iscriviti|iscrivetevi|assine|inscreva-se|cadastre-se|subscreva
        meld (je|u)|schrijf (je|u)|abonneer
        anmäl dig|prenumerera|meld deg|tilmeld dig|abonner|zapisz się
        """
    ),
)
RECEIVE = opening("recevez|recibe|reciba|ricevi|receba|ontvang|erhalten sie|receive|get")
DELIVERED = opening(
    r"""
    (get|receive|want|have) .{0,100}?\b(<news>)\b.{0,100}?\b(<where>)
    """,
    news=r"latest|news|updates?|stories|newsletters?|posts?|daily|weekly|top|best|delivered|straight|"
    r"sent|alerts?|directly",
    where=r"(to |in |into )your (inbox|e-?mail)|(by|via) e-?mail",
)
NEWSLETTER = whole(
    r"""
    (sign[ -]?up|subscribe|register)( (now|here|today|free|for free))
    (sign[ -]?up|subscribe)[.!]?
    (our |the |free |daily |weekly )*newsletters?( (sign[ -]?up|subscription|anmeldung))?
    thank(s| you) for (signing up|subscribing|your subscription|registering)[.!]*
    (keep an eye on|check) your (inbox|e-?mail).{0,60}
    there was an error processing your (subscription|request).{0,40}
    (the email you entered is invalid|please (enter|provide) a valid e-?mail( address)?)[.!]?
    (enter )?your e-?mail( address)?
    e-?mail( address)?\*?|email email
    (you can )?unsubscribe (at )?any ?time.{0,60}
    we (don't|do not|never|won't) spam.{0,60}
    by (signing up|subscribing|registering),? (you|i) (agree|accept|confirm|consent).{0,200}
    ((unsere?n?|kostenlose[rn]?|zum) )?(\w+-)?newsletter( (abonnieren|bestellen|anmelden))?[.!]?
    (s'abonner|je m'abonne|abonnez-vous|s'inscrire|je m'inscris)[.!]?
    (abonnieren|suscribirse|suscríbete|suscribirme|iscriviti|abbonati|assine|inscreva-se)[.!]?
    (abonneren|aanmelden|prenumerera|購読する|구독하기|订阅)[.!]?
    (メールマガジン|メルマガ|ニュースレター)(に|を)(登録|購読)(する)?
    """
)
"""Labels and messages of the form."""

APP = whole(
    r"""
    (click here to )?(get|download|install|try|use) (the|our|your)( \S+){0,6} apps?( <use>)?[.!]?
    click here (to get|for) (the )?.{1,60}\bapp
    get .{2,40} on the go by clicking here
    ((for|to) .{0,100}?,? )?download (the|our) (\S+ ){0,4}apps?( <use>)?[.!]?
    (available|get it|download( it)?) (now )?(on|in|from) (the )?(app ?store|google play).{0,60}
    (available|get it|download( it)?) (now )?(on|in|from) (the )?(play store|apple store).{0,60}
    (open|view|read) (this )?(\w+ )?in (the )?app
    (laden sie|lade|holen sie sich|hol dir|installieren sie|nutzen sie) .{0,60}\b\S*app\b.{0,60}
    (téléchargez|installez) .{0,40}\bl'app(li(cation)?)?\b.{0,80}
    (descarga|descargue|descárga\w+) .{0,40}\b(app|aplicación|aplicativo|aplicação)\b.{0,80}
    (instala|baixe|instale|descarregue) .{0,40}\b(app|aplicación|aplicativo|aplicação)\b.{0,80}
    (scarica|scaricate|installa) .{0,40}\b(l'app|app|applicazione)\b.{0,80}
    (download|installeer) (de|onze|nu) .{0,40}\bapp\b.{0,60}
    """,
    use=r"(for|to|on|now|today|from|and|in|here)\b.{0,80}",
)
