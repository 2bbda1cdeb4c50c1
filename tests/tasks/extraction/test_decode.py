"""Bytes read here as they read in a browser; files whose label no longer fits read all the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.extraction.decode import Decoded, decode, utf16_without_bom

LABELS = st.one_of(
    st.none(),
    st.sampled_from(
        ["utf-8", "iso-8859-1", "windows-1251", "gbk", "gb2312", "shift_jis", "euc-jp", "euc-kr"]
    ),
    st.sampled_from(
        ["iso-2022-jp", "big5", "utf-16", "utf-16be", "koi8-r", "x-user-defined", "macintosh"]
    ),
    st.sampled_from(["hz-gb-2312", "iso-8859-8-i", "utf-7", "nonsense"]),
    st.text(max_size=20),
)


@given(st.binary(max_size=400), LABELS, st.booleans())
@example(b"\xff\xfe\x00\xd8", None, True)
@example(b"\xed\xa0\x80", "utf-8", False)
@example(b"<meta charset=", None, True)
@example(b'<meta charset="', None, True)
@example(b"+2AA-", "utf-7", False)
def test_decoding_never_raises_and_gives_text_that_can_be_written(
    payload: bytes, charset: str | None, html: bool
) -> None:
    decoded = decode(payload, charset=charset, html=html)
    assert decoded.text.encode("utf-8") is not None
    assert 0 <= decoded.replaced <= decoded.text.count("\ufffd")


@given(st.text(), LABELS, st.booleans())
def test_valid_utf8_is_utf8_under_any_label(text: str, charset: str | None, html: bool) -> None:
    """But for UTF-16, whose label a page of plain ASCII could not carry in its own bytes."""
    payload = text.encode("utf-8", "ignore")
    if payload.isascii() or (charset or "").strip().lower().startswith(("utf-16", "ucs", "uni")):
        return
    if payload.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")) or (charset or "").strip():
        payload = b"plain " + payload
    assert decode(payload, charset=charset, html=html).text == payload.decode("utf-8")


CYRILLIC = "Мост открыт"


@pytest.mark.parametrize(
    ("payload", "charset", "html", "expected", "encoding"),
    [
        # a byte order mark beats everything
        (b"\xef\xbb\xbfcaf\xc3\xa9", "windows-1251", True, "café", "utf-8"),
        (b"\xff\xfec\x00", "utf-8", True, "c", "utf-16le"),
        (b"\xfe\xff\x00c", "utf-8", False, "c", "utf-16be"),
        # the transport beats the page
        (
            b"<meta charset=koi8-r>" + CYRILLIC.encode("cp1251"),
            "windows-1251",
            True,
            "<meta charset=koi8-r>" + CYRILLIC,
            "windows-1251",
        ),
        # a label that means nothing does not count
        (b"<meta charset=koi8-r>" + "Мост".encode("koi8-r"), "none", True, None, "koi8-r"),
        # the page's own declaration, however it is written
        (b"<meta charset='windows-1251'>" + CYRILLIC.encode("cp1251"), None, True, None, None),
        (b"<META CharSet = windows-1251 >" + CYRILLIC.encode("cp1251"), None, True, None, None),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
            + CYRILLIC.encode("cp1251"),
            None,
            True,
            None,
            None,
        ),
        (
            b"<!-- <meta charset=koi8-r> --><p title='<meta charset=koi8-u>'>"
            b"<meta content='a; CHARSET = windows-1251; b' http-equiv=content-type>"
            + CYRILLIC.encode("cp1251"),
            None,
            True,
            None,
            None,
        ),
        (
            b'<?xml version="1.0" encoding="windows-1251"?><html>' + CYRILLIC.encode("cp1251"),
            None,
            True,
            None,
            None,
        ),
        (b"<title>" + b"x" * 3000 + b"<meta charset=windows-1251>\xcc", None, True, None, None),
        # what a page can say in ASCII bytes cannot be UTF-16
        (b"<meta charset=utf-16>caf\xc3\xa9", None, True, "<meta charset=utf-16>café", "utf-8"),
        # labels mean what browsers make of them
        (b"\x93quoted\x94", "iso-8859-1", True, "“quoted”", "windows-1252"),
        ("①㈱".encode("cp932"), "shift_jis", True, "①㈱", "shift_jis"),
        ("뷁".encode("cp949"), "euc-kr", True, "뷁", "euc-kr"),
        ("镕€".encode("gb18030"), "gb2312", True, "镕€", "gb18030"),
        # nothing declared
        ("Ein Satz in UTF-16".encode("utf-16-le"), None, False, "Ein Satz in UTF-16", "utf-16le"),
        (b"plain", None, False, "plain", "utf-8"),
    ],
)
def test_the_order_of_the_standard_is_kept(
    payload: bytes, charset: str | None, html: bool, expected: str | None, encoding: str | None
) -> None:
    decoded = decode(payload, charset=charset, html=html)
    assert decoded.encoding == (encoding or "windows-1251")
    assert decoded.replaced == 0
    assert decoded.text == (payload.decode(encoding or "cp1251") if expected is None else expected)


def test_text_is_not_searched_for_a_declaration() -> None:
    payload = b"<meta charset=koi8-r> is how one writes caf\xe9."
    assert decode(payload, charset=None, html=False).text.endswith("café.")


def test_windows_1252_behind_a_utf8_label_is_recovered() -> None:
    payload = "Le maire a dit : « C’est fini », à l’été.".encode("cp1252")
    for html in (True, False):
        decoded = decode(payload, charset="utf-8", html=html)
        assert decoded.encoding == "windows-1252"
        assert decoded.text == payload.decode("cp1252")


def test_utf8_behind_a_latin_label_is_recovered() -> None:
    payload = "<meta charset=iso-8859-1>Müller’s café".encode()
    assert decode(payload, charset=None, html=True).text == payload.decode()


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    payload = "Grüße aus Köln, schöne Grüße".encode() + b" \xff " + "und bis später".encode()
    for charset in ("utf-8", None):
        decoded = decode(payload, charset=charset, html=True)
        assert (decoded.encoding, decoded.replaced) == ("utf-8", 1)


def test_a_replacement_character_of_the_source_is_not_counted() -> None:
    assert decode("lost \ufffd before".encode(), charset=None, html=False).replaced == 0
    assert (
        decode(b"lost \xef\xbf\xbd \xff \xc3\xa9\xc3\xa9", charset=None, html=False).replaced == 1
    )


SENTENCES = {
    "windows-1251": "Министерство сообщило, что новые правила вступят в силу с начала года.",
    "koi8-r": "Жители города обсуждают, как изменится их жизнь с новыми правилами.",
    "windows-1250": "Ministerstwo ogłosiło, że nowe przepisy wejdą w życie na początku roku.",
    "windows-1253": "Το υπουργείο ανακοίνωσε ότι οι νέοι κανόνες θα τεθούν σε ισχύ σύντομα.",
    "windows-1254": "Bakanlık, yeni kuralların yılın başında yürürlüğe gireceğini açıkladı.",
    "windows-1256": "أعلنت الوزارة أن القواعد الجديدة ستدخل حيز التنفيذ في بداية العام المقبل.",
    "gb18030": "该部宣布新规定将于明年初生效。市民们已经在讨论他们的生活会怎样变化。",
    "big5": "該部宣布新規定將於明年初生效。市民們已經在討論他們的生活會怎樣變化。",
    "shift_jis": "同省は、新しい規則が来年初めに施行されると発表した。市民は話し合っている。",
    "euc-jp": "同省は、新しい規則が来年初めに施行されると発表した。市民は話し合っている。",
    "euc-kr": "교육부는 새 규정이 내년 초부터 시행된다고 발표했다. 시민은 논의 중이다.",
    "windows-874": "กระทรวงประกาศว่ากฎใหม่จะมีผลบังคับใช้ในต้นปีหน้า ชาวเมืองกำลังถกเถียงกันแล้ว",
    "windows-1252": "Le ministère a annoncé que les règles entreront en vigueur à l’été prochain.",
}
CODECS = {"big5": "big5hkscs", "shift_jis": "cp932", "windows-874": "cp874", "euc-kr": "cp949"}


@pytest.mark.parametrize("encoding", SENTENCES)
@pytest.mark.parametrize("pattern", ["%s", "<html><nav>Home</nav><p>%s</p></html>"])
def test_an_encoding_that_nobody_declares_is_found(encoding: str, pattern: str) -> None:
    text = pattern % (SENTENCES[encoding] * 3)
    payload = text.encode(CODECS.get(encoding, encoding))
    assert decode(payload, charset=None, html=True).text == text


def test_utf16_is_told_by_its_zeros_alone() -> None:
    assert utf16_without_bom("Ein Satz".encode("utf-16-le")) == "utf-16le"
    assert utf16_without_bom("Ein Satz".encode("utf-16-be")) == "utf-16be"
    assert utf16_without_bom(b"Ein Satz mit \0") is None
    assert utf16_without_bom(bytes(100)) is None


def test_decoding_hostile_heads_takes_no_more_than_a_moment() -> None:
    for head in (
        b"<meta ",
        b"<meta a='",
        b"<!--",
        b'<meta charset="x',
        b"<a b=",
        b"\xe9<",
        b"\xe9 ",
    ):
        assert isinstance(decode(head * 300_000, charset=None, html=True), Decoded)
