"""What a feed or sitemap in XML lists: one streaming pass, or entry by entry where it is broken."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from lxml import etree

from tasks.model import Reason
from tasks.readers.web.address import parse_address
from tasks.readers.web.listed import Listing, Problem, fingerprint, read_date
from tasks.readers.web.rules import Failure, Role

_UNITS = {
    Role.FEED: frozenset({"item", "entry"}),
    Role.SITEMAP: frozenset({"url", "sitemap"}),
}
"""What an entry is called. Not in each other's place: the picture of an RSS channel has a `url`."""
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ALTERNATE = frozenset({"alternate", "http://www.iana.org/assignments/relation/alternate"})
_UNIT_TAGS = {
    kind: re.compile(rf"</?(?:[\w.-]+:)?(?:{'|'.join(sorted(units))})(?=[\s>/])[^<>]*>?")
    for kind, units in _UNITS.items()
}
_STATED_BASE = re.compile(r"<[^<>]*\sxml:base\s*=\s*[\"']([^\"'<>]*)[\"']")
_DECLARATION = re.compile(r"^[\ufeff\s]*<\?xml[^>]*\?>")
_TAIL_CHARS = 4_096
_SAYS = ("title", "description", "summary", "content", "encoded", "pubDate", "date", "updated",
         "published", "modified", "issued", "lastmod", "publication_date")  # fmt: skip
"""Whose text makes the fingerprint of an entry. Not here: counts of comments, trackers' marks."""
_DATES = ("updated", "modified", "lastmod", "pubDate", "date", "published", "issued",
          "publication_date")  # fmt: skip


def read_xml(text: str, url: str, kind: Role, root: str) -> Listing:
    """Read well-formed XML in one pass, broken XML entry by entry: no damage spreads.

    `root` is the name of its root element. Raises `Failure` where nothing in it can be read.
    """
    data = _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    found = Listing(kind=kind)
    try:
        for number, unit in enumerate(_units(data, _UNITS[kind]), start=1):
            if found.is_full:
                return found
            _read_unit(found, unit, _base_of(unit, url), number)
    except etree.XMLSyntaxError as error:
        found = Listing(kind=kind)
        number = 0
        for number, (fragment, base) in enumerate(_fragments(text, _UNIT_TAGS[kind], url), start=1):
            if found.is_full:
                return found
            _read_unit(found, fragment, _base_of(fragment, base), number)
        if number == 0:
            raise Failure(Reason.MALFORMED_FEED, f"broken XML: {str(error)[:160]}") from None
        if not re.search(rf"</(?:[\w.-]+:)?{root}\s*>", text[-_TAIL_CHARS:]):
            detail = f"cut off behind entry {number}"
            found.problems.append(Problem(reason=Reason.MALFORMED_FEED, detail=detail, name="end"))
    return found


def _units(data: bytes, names: Collection[str]) -> Iterator[Any]:
    """Yield each entry's element, and drop it afterwards: memory stays flat."""
    parser = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    for _, element in parser:
        parent = element.getparent()
        if _name(element) not in names or (parent is not None and _name(parent) in names):
            continue
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _fragments(text: str, tags: re.Pattern[str], url: str) -> Iterator[tuple[Any, str]]:
    """Cut the entries out of broken XML, each mended by itself, with the base of its feed."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        encoding="utf-8",
    )
    begun: int | None = None
    first = tags.search(text)
    bases = _STATED_BASE.findall(text, 0, first.start()) if first else []
    base = _joined(url, bases)
    for tag in tags.finditer(text + "</item></url>"):
        if begun is not None:
            end = tag.end() if tag[0].startswith("</") else tag.start()
            element = etree.fromstring(text[begun:end].encode("utf-8", "replace"), parser)
            if element is not None:
                yield element, base
        begun = None if tag[0].startswith("</") else tag.start()


def _base_of(unit: Any, url: str) -> str:  # noqa: ANN401
    """Return what the links of an entry are relative to: each `xml:base` around it has a say."""
    stated = [e.get(_BASE) for e in (unit, *unit.iterancestors())]
    return _joined(url, [base for base in reversed(stated) if base])


def _joined(url: str, bases: Iterable[str]) -> str:
    for base in bases:
        try:
            url = parse_address(base, base=url).url
        except Failure:
            continue  # a broken base says nothing
    return url


def _name(element: Any) -> str:  # noqa: ANN401 - lxml has no type for what may be a comment
    tag = element.tag
    return re.split("[}:]", tag)[-1] if isinstance(tag, str) else ""


def _read_unit(found: Listing, unit: Any, url: str, number: int) -> None:  # noqa: ANN401
    kind = _name(unit)
    is_sitemap = kind in {"url", "sitemap"}
    link = _child_text(unit, "loc") if is_sitemap else _entry_link(unit)
    says = [e for e in unit.iter() if _name(e) in _SAYS]
    spoken = [f"{_name(e)}={''.join(e.itertext()).strip()}" for e in says]
    changed_at = max(
        (at for e in says if _name(e) in _DATES and (at := read_date(e.text)) is not None),
        default=None,
    )
    if not link:
        found.lacks_address(number, etree.tostring(unit, with_tail=False))
        return
    role = Role.SITEMAP if kind == "sitemap" else Role.PAGE
    hint = fingerprint(spoken)
    found.add(link, url, name=str(number), role=role, hint=hint, changed_at=changed_at)


def _named(unit: Any, name: str) -> list[Any]:  # noqa: ANN401
    """Return the children of that name; where broken markup swallowed them, those further in."""
    return [e for e in unit if _name(e) == name] or [e for e in unit.iter() if _name(e) == name]


def _child_text(unit: Any, name: str) -> str | None:  # noqa: ANN401
    texts = ((child.text or "").strip() for child in _named(unit, name))
    return next((text for text in texts if text), None)


def _entry_link(unit: Any) -> str | None:  # noqa: ANN401
    """Choose the address of a feed's entry: its alternate link, its text link, its permanent id."""
    for link in _named(unit, "link"):
        if link.get("href") and link.get("rel", "alternate").lower() in _ALTERNATE:
            return str(link.get("href"))
    text = _child_text(unit, "link")
    if text:
        return text
    for ident in _named(unit, "guid") + _named(unit, "id"):
        value = (ident.text or "").strip()
        if value.startswith(("http://", "https://")) and ident.get("isPermaLink") != "false":
            return value
    return next((value for name, value in unit.attrib.items() if name.endswith("}about")), None)
