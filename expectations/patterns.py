"""What a cleaned text must not hold, as RE2 patterns: an independent net under the cleaning rules.

Each pattern is narrower than the rule it watches. A net that is wider than the rule would refuse
articles for what the rule left in on purpose, and an odd line is a smaller harm than a lost
article. Pages about markup, encodings and code quote all of these; hence the thresholds.
"""

from __future__ import annotations

CONTROL = r"[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{2028}\x{2029}]"
"""Unicode's control characters and its two separators; the newline alone is let through."""

MAY_COMPOSE = (
    r"[\p{M}\x{37E}\x{387}\x{1100}-\x{11FF}\x{1F00}-\x{2001}\x{2126}\x{212A}\x{212B}\x{2329}\x{232A}"
    r"\x{F900}-\x{FAFF}]"
)
"""Characters without which a text is in NFC: marks, Hangul parts, look-alikes of other letters.

Normalising costs more than all other checks together, so only texts that have one are tried.
"""

CONTROL_IN_LINE = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]"

_TEMPLATE_MARK = r"(?:[Ss]ite icon(?: [^a-z\s.,!?:;][^\s.,!?:;]*)+|[Ee]xit mobile version)"
TEMPLATE_LINE = rf"\A{_TEMPLATE_MARK}(?:\n|\z)|\n{_TEMPLATE_MARK}\z"
"""The marks of WordPress's AMP templates where they stand: as the first or the last line.

A site's name is a few words with capitals and no full stop; anything else may be a sentence.
"""

_NETWORK = (
    r"facebook|twitter|whats ?app|linked ?in|pinterest|telegram|reddit|e-?mail|messenger|tumblr|"
    r"threads|bluesky|mastodon|copy link|print|share|tweet"
)
SHARE_BAR = (
    rf"\n(?i:(?:share(?: this)?(?: article| story| post)?(?: on| via)?:? *)?"
    rf"(?:(?:{_NETWORK})[ ,|·•/]+){{2,}}(?:{_NETWORK})"
    rf"|share (?:this )?(?:article |story |post )?(?:on|via) (?:{_NETWORK})"
    r"|click to (?:share|email|print)\b[^.\n]*)\n"
)
"""A whole line of three or more places to share to, or one such call; never part of a line.

To be sought in a text between two newlines: a pattern that begins with a fixed character is
ten times as fast as one that begins with the start of any line.
"""

_BLOCK = r"p|div|li|h[1-6]|blockquote|article|section|td|span|strong|em|font"
MARKUP = (
    rf"(?i)(?:<|&lt;)(?:{_BLOCK})(?:\s[^<>{{}}\n]*)?(?:>|&gt;)[^<>&\n]{{50}}"
    rf"|[^<>&\n]{{50}}(?:<|&lt;)/(?:{_BLOCK})(?:>|&gt;)"
    r"|[^<>&\n]{30}(?:<|&lt;)a\s[^<>{}\n]*href"
)
"""Prose inside tags: a tag of text beside half a line of words, or a link within a sentence.

An article that quotes `<b>`, a generic type or a short snippet of code has none of these; page
source that was taken for text has them in every line. `&lt;` is the same, escaped once more.
"""

_ENTITY = (
    r"(?:amp|quot|apos|nbsp|[nm]dash|hellip|[lr][sd]quo|[lr]aquo|euro|pound|szlig|oslash|shy|"
    r"[aeiouyn](?:acute|grave|circ|uml|tilde)|[ac](?:ring|elig|cedil)|"
    r"#[0-9]{2,7}|#x[0-9a-f]{2,6});"
)
ENTITY = rf"(?i)\pL&{_ENTITY}|&{_ENTITY}\pL"
"""A character reference that touches a word ("don&#8217;t"); one that stands alone is a quote."""

_TRAIL = (
    r"[\x{80}-\x{9F}\x{A1}-\x{AA}\x{AC}-\x{BA}\x{BC}-\x{BF}\x{152}\x{153}\x{160}\x{161}\x{178}"
    r"\x{17D}\x{17E}\x{192}\x{2C6}\x{2DC}\x{2013}\x{2014}\x{2018}-\x{201A}\x{201C}-\x{201E}"
    r"\x{2020}-\x{2022}\x{2026}\x{2030}\x{2039}\x{203A}\x{20AC}\x{2122}]"
)
"""What bytes 80 to BF become in Latin-1 and Windows-1252, but for no-break space and guillemets,
which may well follow a letter."""
_LEAD_OF_TWO = r"[\x{C3}\x{CE}\x{CF}\x{D0}\x{D1}\x{D7}\x{D8}\x{D9}]"
"""Leads accented Latin, Greek, Cyrillic, Hebrew and Arabic letters."""
_LEAD_OF_THREE = r"[\x{E3}-\x{E9}]"
"""Leads kana and Chinese characters."""
MOJIBAKE = (
    rf"\x{{E2}}\x{{20AC}}|\x{{C2}}[\x{{A0}}-\x{{BF}}]"
    rf"|{_LEAD_OF_TWO}{_TRAIL}|{_LEAD_OF_THREE}{_TRAIL}{_TRAIL}"
)
"""UTF-8 read as Latin-1 or Windows-1252: quotes and dashes, blanks and signs, letters."""

REPLACEMENT = "\ufffd"

PAIRED_TAG = (
    r"(?i)<(?:a|b|i|u|em|strong|span|p|div|h[1-6]|font|sup|sub|small|cite)(?:\s[^<>]*)?>[^<>]*"
    r"</(?:a|b|i|u|em|strong|span|p|div|h[1-6]|font|sup|sub|small|cite)>"
)

WALL = (
    r"(?i)\A\W*(?:please )?(?:enable|turn on|activate) (?:javascript|cookies)\b"
    r"|\A\W*(?:you need to|you must) enable (?:javascript|cookies)\b"
    r"|\A\W*(?:verify|verifying|confirm|checking)(?: that)? you are (?:a )?(?:human|not a robot)\b"
    r"|\A\W*checking (?:if the site connection is secure|your browser before accessing)"
    r"|\A\W*(?:error )?404(?: error)?\b\W*(?:page |file )?not found\W*(?:\n|\z)"
    r"|\A\W*(?:page not found|access denied|403 forbidden|service unavailable)\W*(?:\n|\z)"
    r"|\A\W*lorem ipsum dolor sit amet"
)
"""How the pages begin that stand in an article's place: script and robot walls, errors, filler."""
WALL_CHARS = 400
"""Such pages are short; an article that begins with these words goes on."""

SHORTCODE = (
    r"(?i)\[/?(?:caption|gallery|embed|contact-form-7|vc_[a-z_]+|et_pb_[a-z_]+|fusion_[a-z_]+|"
    r"su_[a-z_]+)(?:\s[^\]\n]*)?\]"
)
"""A WordPress shortcode that nothing expanded."""
