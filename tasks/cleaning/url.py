"""When two URLs are one page, and which site a page belongs to.

Why not courlan's normal form: it drops every parameter whose name begins with `ga`, `cid` or
`source` and so makes one page of `?gallery=3` and `?gallery=4`, and keeps scheme, fragment and
the AMP and mobile forms, in which the same article arrives from feeds, crawls and phones. Pure
text in, text out: nothing here resolves or fetches.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import idna

_FORM_LABELS = frozenset({"www", "m", "amp"})
"""Labels in front of a host that name a form of the same site, as `articles.site` drops them."""
_KEY_LABELS = _FORM_LABELS | {"mobile"}

_TRACKING_PREFIXES = (
    "utm_",  # campaign parameters of Google Analytics, taken over by everyone
    "mtm_", "matomo_", "pk_", "piwik_",  # Matomo, and its name before
    "at_custom", "at_medium", "at_campaign", "at_link", "at_ptr", "at_format",  # Piano Analytics
    "ns_",  # Comscore: ns_source, ns_campaign, ns_mchannel, ns_linkname
    "itm_", "wt_mc", "wt_zmc",  # campaigns within a site: Tag Manager, Webtrekk
    "hsa_", "__hs", "_hs",  # HubSpot
    "fb_", "ga_", "gad_", "oly_", "vero_", "guce_", "sfmc_", "pf_rd_", "__twitter_",
    "amp_",  # what AMP caches and viewers tell each other
)  # fmt: skip
_TRACKING = frozenset({
    # click identifiers, a new one for each click: Google, Facebook, Microsoft, Yandex, TikTok,
    # X, LinkedIn, Instagram, Snapchat, Pinterest, Reddit, Impact, Outbrain, Taboola
    "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "ysclid",
    "ttclid", "twclid", "li_fat_id", "igshid", "igsh", "sccid", "epik", "rdt_cid", "irclickid",
    "dicbo", "tblci", "ob_click_id", "rb_clickid", "s_kwcid", "ef_id", "_ga", "_gl", "_gac",
    "srsltid", "_openstat", "usqp",
    # mail and newsletter systems: Mailchimp, Marketo, Klaviyo, ConvertKit
    "mc_cid", "mc_eid", "mkt_tok", "_kx", "ck_subscriber_id",
    # where the reader came from, as publishers and their systems name it
    "ref_src", "ref_url", "refsrc", "referrer", "referer", "cmp", "cmpid", "campaign_id", "intcmp",
    "intcid", "sc_cid", "sc_channel", "sc_campaign", "ito", "smid", "smtyp", "ocid", "cvid", "xtor",
    "xtref", "wpisrc", "wpmm", "soc_src", "soc_trk", "sr_share", "trk", "trkcampaign", "spm",
    "guccounter", "share", "share_source",
    # sessions: the same page for another visitor
    "phpsessid", "jsessionid", "aspsessionid", "sessionid",
})  # fmt: skip
"""Parameters that tell how a reader came, never what is read. Not here, though often used so:
`id`, `cid`, `sid`, `source`, `src`, `from`, `p`: somewhere each of them names the article."""

_AMP_VALUES = frozenset({"", "1", "true", "yes"})
_AMP_OUTPUTS = frozenset({"output", "outputtype", "mode", "format", "view"})
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.I)
_AMP_WRAPPER = re.compile(r"^/(?:amp|wp|[acv])/(?:s/)?(?P<inner>[^/]+\.[^/]+(?:/.*)?)$", re.S)
_WRAPPER_HOST = re.compile(r"(?:^|\.)(?:cdn\.ampproject\.org|google\.[a-z.]{2,6})$")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_HOME = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?)?(?:/(?:index|default|home|main)(?:\.[a-z]{3,5})?)?", re.I
)
"""The root, a language's root, and the file names that servers hand out for either."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IGNORED = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(0x21)))
_LONGEST_URL = 16_384


def url_key(url: str) -> str | None:
    """Name the page that a URL leads to, the same for all forms of it: `host[:port]/path[?query]`.

    Dropped: scheme, credentials, default port, `www.`, `m.`, `amp.`, `mobile.`, fragment,
    trailing slash, tracking and session parameters, AMP and mobile forms and the wrappers of AMP
    caches. Normalised: case of the host, IDNA (as ASCII), percent-encoding, dot segments, order
    of parameters. The key of `https://` plus a key is that key. None for anything but an
    absolute http(s) URL.
    """
    parts = _split(url)
    if parts is None:
        return None
    host, port, path, query = parts
    place = _without_labels(host, _KEY_LABELS) + ("" if port is None else f":{port}")
    key = place + _path_key(path)
    parameters = _query_key(query)
    return f"{key}?{parameters}" if parameters else key


def site_of(url: str) -> str | None:
    """Return the site of a URL: its host in lower case, as ASCII, without `www.`, `m.`, `amp.`.

    A page in an AMP cache belongs to the site that the cache took it from. None for anything but
    an absolute http(s) URL.
    """
    parts = _split(url)
    return _without_labels(parts[0], _FORM_LABELS) if parts else None


def plausible_canonical(canonical: str, own_url: str | None) -> bool:
    """Say whether a page's claim about its address can be meant.

    It must be an absolute http(s) URL of the page's own site, where that is known, and not lead
    to the home page: templates and broken plugins claim that of every article.
    """
    parts = _split(canonical)
    if parts is None:
        return False
    host, port, path, query = parts
    if _HOME.fullmatch(_path_key(path)) and not _query_key(query):
        return False
    if own_url is None:
        return True
    own = _split(own_url)
    if own is None:
        return True
    same_host = _without_labels(host, _KEY_LABELS) == _without_labels(own[0], _KEY_LABELS)
    return same_host and port == own[1]


def same_but_form(a: str, b: str) -> bool:
    """Say whether two URLs differ in form alone: tracking, AMP, mobile, scheme and the like."""
    key = url_key(a)
    return key is not None and key == url_key(b)


def _split(url: str) -> tuple[str, int | None, str, str] | None:
    """Split an http(s) URL into host, port where not the default, path and query.

    What browsers ignore (blanks around, line ends within) is ignored; wrappers of AMP caches are
    taken off.
    """
    if len(url) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(_IGNORED.sub("", url.strip(_EDGES)).replace("\\", "/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None
        host, port = _host(parts.hostname), parts.port
        while _is_amp_wrapper(host) and (inner := _AMP_WRAPPER.match(parts.path)):
            parts = urlsplit(f"https://{inner['inner']}?{parts.query}")
            host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if host is None:
        return None
    return host, None if port in {None, 80, 443} else port, parts.path, parts.query


def _is_amp_wrapper(host: str | None) -> bool:
    return host is not None and _WRAPPER_HOST.search(host) is not None


def _host(name: str) -> str | None:
    """Return a host in lower case and as DNS knows it; None for what cannot be one."""
    name = name.rstrip(".").lower()
    if ":" in name:
        return f"[{name}]"  # IPv6, whose form urlsplit has checked
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except UnicodeError:
            return None
    return name if _HOST.fullmatch(name) else None


def _without_labels(host: str, labels: frozenset[str]) -> str:
    """Drop leading labels as long as two are left: `m.com` is a site of its own."""
    while host.count(".") >= 2 and host.partition(".")[0] in labels:
        host = host.partition(".")[2]
    return host


def _path_key(path: str) -> str:
    segments: list[str] = []
    for segment in _SESSION_IN_PATH.sub("", _escaped(path, "/:@!$&'()*+,;=")).split("/"):
        if segment == "..":
            del segments[max(1, len(segments) - 1) :]
        elif segment != ".":
            segments.append(segment)
    return _without_amp("/".join(segments))


def _without_amp(path: str) -> str:
    """Drop trailing slashes and the forms of AMP, until none is left."""
    before = None
    while path != before:
        before = path
        path = path.rstrip("/")
        if path[-4:].lower() in {"/amp", ".amp"}:
            path = path[:-4]
        if path[:5].lower() == "/amp/":
            path = path[4:]
        stem, dot, extension = path.rpartition(".")
        if extension.lower() in {"html", "htm"} and stem[-4:].lower() == ".amp":
            path = f"{stem[:-4]}{dot}{extension}"
    return path


def _query_key(query: str) -> str:
    pairs = []
    for part in query.replace("&amp;", "&").split("&"):
        name, _, value = part.partition("=")
        if part and not _is_form(name.lower(), value):
            pairs.append(_escaped(part.replace("+", "%20"), "/:@!$'()*,;=?"))
    if pairs in (["m=1"], ["m=0"]):  # how a large blog host marks its mobile form; else a month
        return ""
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))


def _is_form(name: str, value: str) -> bool:
    """Say whether a parameter tells the form of a page or the way to it, not the page."""
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name == "ref":  # a number may be an article's reference
        return not value.isdigit()
    if name in {"amp", "_amp", "isamp"}:
        return value.lower() in _AMP_VALUES
    return name in _AMP_OUTPUTS and value.lower() == "amp"


def _escaped(text: str, safe: str) -> str:
    """Write percent-encoding in its one normal form."""
    text = _BARE_PERCENT.sub("%25", text)
    text = _ESCAPE.sub(_unescape_if_plain, text)
    return quote(text, safe=safe + "%", errors="replace")


def _unescape_if_plain(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else f"%{match[1].upper()}"
