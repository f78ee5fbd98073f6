"""Makes text that people typed safe to stand in a mail: nothing unseen, nothing that a mail program links.

A title such as "evil.example" becomes a link in many mail programs although nobody wrote one; a
zero-width space behind the dot prevents it, as GOV.UK Notify does (trust.md section 2).
"""

import re
import unicodedata

LONGEST_NAME = 120
LONGEST_PROSE = 1_500
BREAK = "\u200b"
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by class, yet nothing is drawn
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_LINKS_ITSELF = re.compile(r"(?<=\S)[.．。｡](?=[^\W\d_])|(?<=\S)[@＠](?=\S)|:(?=//)")
_MARK = r"[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]"
_PILED_MARKS = re.compile(rf"({_MARK}{{4}}){_MARK}+")


def name(text: str, limit: int = LONGEST_NAME) -> str:
    """A title or a name on one line, at most `limit` characters that can be seen."""
    return _unlinked(_clipped(" ".join(_seen(_LINE_ENDS.sub(" ", text)).split()), limit))


def prose(text: str, limit: int = LONGEST_PROSE) -> str:
    """A longer text that keeps its lines (no two blank ones together), at most `limit` characters."""
    lines = (" ".join(_seen(line).split()) for line in _LINE_ENDS.split(text))
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return _unlinked(_clipped(joined, limit))


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\t", " "))
    return _PILED_MARKS.sub(r"\1", "".join(filter(_is_seen, text)))


def _is_seen(character: str) -> bool:
    if unicodedata.category(character) in _UNSEEN or character in _BLANK:
        return False
    return ord(character) & 0xFFFE != 0xFFFE  # U+FFFE, U+FFFF and their like are no characters at all


def _clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _unlinked(text: str) -> str:
    """Also breaks `=?`, with which a mail header would begin an encoded word."""
    return _LINKS_ITSELF.sub(lambda found: found[0] + BREAK, text).replace("=?", "= ?")
