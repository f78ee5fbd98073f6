"""Takes out of typed text what nobody can see: control, direction and zero-width characters.

Such characters make two texts that look alike differ, turn a name around, or break a PDF or a spreadsheet.
They are dropped without a word; only NUL is refused, as no honest keyboard sends it.
"""

import re
import unicodedata

NUL = "\x00"
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = {"Cc", "Cf", "Cs"}


def clean(text: str, *, lines: bool = False) -> str:
    """`text` in NFC without unseen characters; on one line unless `lines`, and without blank ends."""
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", "".join(filter(_is_seen, text)))
    return text.strip() if lines else " ".join(text.split())


def count_words(text: str) -> int:
    """Words as the page counts them: what stands between spaces."""
    return len(text.split())


def _is_seen(character: str) -> bool:
    if character in "\n\t":
        return True
    if character.isascii():
        return " " <= character <= "~"
    if ord(character) & 0xFFFE == 0xFFFE:  # U+FFFE, U+FFFF and their like are no characters in XML or XLSX
        return False
    return unicodedata.category(character) not in _UNSEEN
