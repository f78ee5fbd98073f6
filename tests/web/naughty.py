"""Text that breaks careless pages: markup, templates, SQL, directions, unseen and very long words."""

from bjc.web.text import clean

NAUGHTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE bjc_case; --",
    "{{ '7' * 7 }} {% raw %} ${7*7} #{7*7}",
    "&lt;b&gt; &amp; &#x3C;",
    "</textarea></title><svg/onload=alert(1)>",
    "first line\r\nSet-Cookie: x=1\r\n\r\n<p>second",
    "\u202egnirts sdrawkcab\u202c \u200b\ufeff",
    "Ω≈ç√∫ 田中さん العربية e\u0301",
    "👩‍👩‍👧‍👦 🚒",
    "=HYPERLINK(\"x\")|cmd '/c calc'!A1",
    "%s %n %00 ..\\..\\etc\\passwd \\u0000 NULL undefined",
    "a" * 2_000,
    "\t \n",
)


def as_kept(text: str, lines: bool = False) -> str:
    """What a page keeps of a text: without what nobody can see (bjc/web/text.py)."""
    return clean(text, lines=lines)
