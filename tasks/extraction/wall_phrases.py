"""How short pages that are no article speak, in the languages that the desk meets most.

Each table knows English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish,
Norwegian, Polish, Turkish, Russian, Japanese and Chinese where a usual wording is known. They
are asked only of short pages, teasers and headings: see `walls`.
"""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


def _sentences(*phrases: str) -> re.Pattern[str]:
    """Make a pattern for phrases that open a sentence, as the ones do that call on a reader."""
    opened = rf"(?:^|[.!?…。]\s*)(?:{'|'.join(phrases)})"
    return re.compile(opened, re.IGNORECASE | re.MULTILINE)


NOT_FOUND = _any(
    r"page (?:was |could )?not (?:be )?found",
    r"page (?:can(?:no|'|’)t|can not) be found",
    r"(?:article|page|story|content) is no longer (?:available|online)",
    r"unavailable (?:in your (?:country|location|region)|(?:due to|for) legal reasons)",
    r"\b(?:error )?404\b(?! \w+ (?:people|dead))",
    r"page (?:doesn.t|does not|no longer) exists?",
    r"seite (?:wurde |konnte )?nicht gefunden",
    r"(?:artikel|beitrag|inhalt|seite) ist (?:leider )?nicht mehr (?:verfügbar|online)",
    r"page (?:non trouvée|introuvable)",
    r"(?:article|page|contenu) n(?:'|’)est plus (?:disponible|en ligne)",
    r"página no (?:encontrada|existe)",
    r"(?:artículo|contenido|página) ya no (?:está disponible|existe)",
    r"pagina non trovata",
    r"(?:articolo|contenuto|pagina) non è più disponibile",
    r"página não encontrada",
    r"pagina niet gevonden",
    r"sidan (?:kunde inte hittas|hittades inte)",
    r"siden (?:blev |ble )?ikke (?:fundet|funnet)",
    r"nie znaleziono strony",
    r"strona nie (?:została|istnieje)",
    r"sayfa bulunamadı",
    r"страница не найдена",
    r"ページが見つかりません",
    r"页面(?:不存在|未找到)",
)
CHALLENGE = _any(
    r"just a moment",
    r"attention required",
    r"access (?:to this page )?(?:has been )?denied",
    r"are you (?:a robot|human)",
    r"(?:verify|confirm|prove) (?:that )?you(?:'|’)?(?: a|r)?e? (?:not a robot|(?:a )?human)",
    r"checking your browser",
    r"unusual (?:traffic|activity)",
    r"security check",
    r"pardon our interruption",
    r"kein roboter",
    r"(?:browser|sicherheits)überprüfung",
    r"pas un robot",
    r"no (?:soy|eres) un robot",
    r"non sono un robot",
    r"não (?:sou|é) um robô",
    r"geen robot",
    r"inte en robot",
    r"ikke en robot",
    r"nie jeste(?:m|ś) robotem",
    r"robot olmadığınızı",
    r"не робот",
    r"ロボットではない(?:こと|です)|ロボットではありません",
    r"不是机器人",
    r"安全验证",
)
SCRIPT_NEEDED = _any(
    r"(?:enable|turn on|activate|requires?|need) java\s?script",
    r"java\s?script (?:is|to be) (?:disabled|required|enabled)",
    r"java\s?script (?:aktivieren|deaktiviert|ist erforderlich)",
    r"aktivieren sie (?:bitte )?java\s?script",
    r"activ(?:er|ez) java\s?script",
    r"(?:active|habilite|activar|habilitar) java\s?script",
    r"(?:abilita(?:re)?|attiva(?:re)?) java\s?script",
    r"ative o java\s?script",
    r"java\s?script inschakelen",
    r"schakel java\s?script",
    r"aktivera java\s?script",
    r"aktiver java\s?script",
    r"slå java\s?script",
    r"włącz(?:yć)? (?:obsługę )?java\s?script",
    r"java\s?script.{0,12}etkinleştir",
    r"включите java\s?script",
    r"java\s?script\s*を有効",
    r"启用\s*java\s?script",
)
# The first phrases are how the industry's consent framework (IAB TCF) opens and ends its notice.
CONSENT = _any(
    r"\b(?:we|wir|nous|nosotros|noi|wij|nós|my|vi) (?:and|und|et|y|e|en|i|och|og) "
    r"(?:our|unsere|nos|nuestros|i nostri|onze|os nossos|nasi|våra|vores|våre)"
    r".{0,25}(?:partner|parten|socios|parceiros)",
    r"(?:einwilligung|zustimmung).{0,80}(?:widerruf|freiwillig)",
    r"(?:consent|choices?|preferences).{0,80}(?:withdraw|at any time|any time)",
    r"(?:consentement|choix).{0,80}(?:retirer|tout moment)",
    r"(?:consentimiento|preferencias).{0,80}(?:retirar|cualquier momento)",
    r"(?:we|our partners|and our) .{0,60}(?:use|store|access).{0,40}(?:cookies|information"
    r" on a device)",
    r"(?:accept|agree|consent).{0,40}(?:cookies|tracking|personali[sz]ed ads)",
    r"before you continue to",
    r"(?:nos|unsere|nuestros|i nostri) (?:\d+ )?"
    r"(?:partenaires et nous|partner und wir|socios y nosotros|partner e noi)",
    r"(?:мы|нас) и (?:наши|наших) .{0,25}партн[её]р",
    r"соглас.{0,80}(?:отозвать|любое время)",
    r"(?:当社|弊社|私たち).{0,25}パートナー",
    r"同意.{0,30}(?:撤回|取り消)",
    r"(?:akzeptieren|zustimm|einwillig).{0,80}(?:cookies|tracking|datenverarbeitung|werbung)",
    r"(?:cookies|tracking|werbung).{0,80}(?:akzeptieren|zustimm|einwillig)",
    r"(?:accepte[rz]|consent\w*).{0,60}(?:cookies|traceurs)",
    r"(?:aceptar|acepta|consentimiento).{0,60}cookies",
    r"(?:accett\w+|consenso).{0,60}cookie",
    r"(?:aceitar|aceita|consentimento).{0,60}cookies",
    r"(?:accepteren|toestemming|akkoord).{0,60}cookies",
    r"(?:godkänn|samtyck|accepter|godta|samtykke).{0,60}(?:cookies|kakor|informasjonskapsler)",
    r"(?:akceptuj|zgod[ęay]).{0,60}(?:cookie|ciasteczk)",
    r"çerez.{0,60}(?:kabul|onay)",
    r"(?:принять|соглас).{0,60}(?:cookie|куки)",
    r"(?:クッキー|cookie).{0,20}同意",
    r"同意.{0,20}cookie",
)
SUBSCRIBE = _any(
    r"subscribe (?:now )?to (?:continue|read|keep reading)",
    r"(?:subscribers?|members?)[- ]only",
    r"for subscribers only",
    r"already a subscriber",
    r"continue reading (?:with|your|this article (?:with|by))",
    r"weiterlesen mit",
    r"jetzt (?:abonnieren|testen) und weiterlesen",
    r"nur für abonnenten",
    r"(?:exklusiv|artikel) für abonnent",
    r"réservé (?:à nos|aux) abonnés",
    r"abonnez-vous pour lire",
    r"(?:suscríbete|hazte suscriptor) para (?:leer|continuar|seguir)",
    r"(?:contenido )?exclusivo para suscriptores",
    r"(?:abbonati per|riservato agli abbonati)",
    r"(?:exclusivo para assinantes|assine para (?:ler|continuar))",
    r"(?:alleen voor abonnees|abonneer om verder te lezen)",
    r"för att läsa (?:vidare|artikeln)",
    r"endast för prenumeranter",
    r"kun for abonnenter",
    r"bliv abonnent",
    r"bli abonnent",
    r"tylko dla (?:prenumeratorów|subskrybentów)",
    r"wykup dostęp",
    r"abonelere özel",
    r"только для подписчиков",
    r"会員限定",
    r"有料会員",
    r"(?:订阅|付费)后(?:阅读|可读|继续)",
)
# Said where a text breaks off: the rest is for those who pay, or for those who register.
READ_ON_PAID = _sentences(
    r"(?:please )?subscribe (?:now |today )?(?:to|and) (?:continue|keep) reading",
    r"to (?:continue|keep) reading,? (?:please )?subscribe",
    r"(?:please )?subscribe .{0,40}to read the rest",
    r"you(?:'|’| ha)ve reached your limit of free (?:articles|stories)",
    r"this (?:article|content|story) is (?:available )?(?:only )?(?:exclusive |reserved )?"
    r"(?:for|to) (?:our )?(?:paying )?(?:members|subscribers)",
    r"dieser artikel ist (?:exklusiv |nur )?für (?:unsere )?abonnent",
    r"(?:jetzt )?(?:\w+-)?abo .{0,40}weiterlesen",
    r"(?:la suite|cet article) .{0,40}réservée? aux abonnés",
    r"abonnez-vous .{0,60}lire la suite",
    r"suscríbe(?:te|se) .{0,60}(?:continuar|seguir) leyendo",
    r"abbonati .{0,60}continuare a leggere",
    r"assine .{0,60}continuar lendo",
    r"(?:abonneer|word lid).{0,60}verder (?:te )?lezen",
    r"(?:wykup dostęp|zaprenumeruj).{0,60}czytać dalej",
    r"(?:эта )?статья доступна только подписчикам|(?:статья|материал) досту\w+ по подписке",
    r"оформите подписку.{0,20}читать (?:далее|дальше)",
    r"続きを(?:読む|お読みいただく)には.{0,20}(?:会員|購読)",
)
READ_ON_REGISTERED = _sentences(
    r"(?:create (?:a|an|your) .{0,10}account|log ?in|register|sign (?:in|up)).{0,20} "
    r"(?:to (?:continue|keep) reading|to (?:read|unlock) this (?:article|story))",
    r"(?:jetzt |kostenlos )?(?:anmelden|einloggen|registrieren) und weiterlesen",
    r"(?:connectez|identifiez|inscrivez)-vous .{0,40}lire la suite",
    r"(?:inicia sesión|regístrate) .{0,40}(?:continuar|seguir) leyendo",
    r"(?:accedi|registrati) .{0,40}continuare a leggere",
    r"(?:zaloguj|zarejestruj) się.{0,40}czytać dalej",
)
# A page that asks something of its reader first.
ASKED_FIRST = _any(
    r"(?:deactivate|disable|pause|switch off|turn off) your ad.?blocker",
    r"(?:deaktivieren|schalten) sie (?:bitte )?ihren (?:ad|werbe).?blocker",
    r"désactive[rz] votre (?:bloqueur|ad.?block)",
    r"(?:desactiva|desactive) (?:su|tu) bloqueador",
    r"disattiva(?:re)? (?:il tuo )?ad.?block",
    r"(?:desative|desativar) (?:o )?(?:seu )?bloqueador",
    r"schakel (?:je|uw) ad.?blocker",
    r"wyłącz (?:ad.?block|blokowanie reklam)",
    r"отключите .{0,20}блокировщик",
    r"must be (?:at least |over )?(?:18|21)\b.{0,20} to (?:access|enter|view|visit) this "
    r"(?:page|(?:web ?)?site)",
)
LOG_IN = _any(
    r"(?:log|sign) in to (?:continue|read|view|access|see)",
    r"(?:you must|please) (?:be logged in|log in|sign in)",
    r"\b(?:log|sign) in\b",
    r"(?:melden sie sich|bitte) (?:an|anmelden|einloggen)",
    r"\banmelden\b",
    r"\beinloggen\b",
    r"(?:connectez-vous|se connecter|identifiez-vous)",
    r"inici(?:a|e|ar) sesión",
    r"acced(?:i|ere) per",
    r"effettua il login",
    r"(?:faça|iniciar) (?:login|sessão)",
    r"\binloggen\b",
    r"log in om",
    r"logga in",
    r"log(?:g)? (?:ind|inn)\b",
    r"zaloguj się",
    r"giriş yap",
    r"войдите",
    r"авторизуйтесь",
    r"ログイン",
    r"请?登录",
)
