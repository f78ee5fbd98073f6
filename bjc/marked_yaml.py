"""Reads a YAML data file so that every value knows its line, and nothing surprising gets in.

Stricter than YAML: no repeated keys, no tags, no anchors and aliases (they can make a small file fill
the memory), no deep nesting. What is wrong is told with its line, never as a parser's traceback.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
DEEPEST = 20
_KINDS = {yaml.MappingNode: "tag:yaml.org,2002:map", yaml.SequenceNode: "tag:yaml.org,2002:seq"}
_PLAIN = ("str", "int", "float", "bool", "null", "timestamp")
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in _PLAIN)


class Unreadable(Exception):
    """The text is no YAML that we take at all; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass
class Marked:
    """`data` is plain values; `lines` gives the line of each place; `flaws` are (line, place, message)."""

    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    flaws: list[tuple[int, Place, str]] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest one around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(raw: bytes) -> Marked:
    """The file's content. Raises `Unreadable`."""
    text = _text(raw)
    try:
        return _read(_Loader(text))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        told = f"a character that no text file holds (code {error.character}) stands here: remove it."
        raise Unreadable(line, told) from error
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from error


class _Loader(yaml.SafeLoader):
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            told = "anchors (&) and aliases (*) are not taken here: write the value out."
            raise Unreadable(event.start_mark.line + 1, told)
        if self.depth >= DEEPEST:
            raise Unreadable(event.start_mark.line + 1, f"more than {DEEPEST} levels inside each other.")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _read(loader: _Loader) -> Marked:
    try:
        root = loader.get_single_node()
        if root is None:
            raise Unreadable(1, "the file is empty.")
        marked = Marked(lines={(): _line(root)})
        marked.data = _value(loader, marked, root, ())
        return marked
    finally:
        loader.dispose()


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "this is not text in UTF-8; save the file as UTF-8 text.") from error


def _value(loader: _Loader, marked: Marked, node: yaml.Node, place: Place) -> Any:
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode):
        if node.tag != _KINDS[type(node)]:
            marked.flaws.append((_line(node), place, f"the tag {node.tag} is not taken here: remove it."))
        if isinstance(node, yaml.MappingNode):
            return _mapping(loader, marked, node, place)
        return [_entry(loader, marked, item, (*place, i)) for i, item in enumerate(node.value)]
    return _scalar(loader, marked, node, place)


def _entry(loader: _Loader, marked: Marked, node: yaml.Node, place: Place) -> Any:
    marked.lines[place] = _line(node)
    return _value(loader, marked, node, place)


def _mapping(loader: _Loader, marked: Marked, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, _line(key_node)
        if key_node.tag != "tag:yaml.org,2002:str":
            name = _short(key) if isinstance(key_node, yaml.ScalarNode) else "here"
            told = f"the name {name} is not plain text: put it in quotes."
            marked.flaws.append((line, place, told))
        elif key in values:
            first = marked.lines[(*place, key)]
            marked.flaws.append((line, (*place, key), f"'{key}' is here twice, first on line {first}."))
        else:
            marked.lines[(*place, key)] = line
            values[key] = _value(loader, marked, value_node, (*place, key))
    return values


def _scalar(loader: _Loader, marked: Marked, node: yaml.Node, place: Place) -> Hashable:
    if node.tag not in _TAGS:
        marked.flaws.append((_line(node), place, f"the tag {node.tag} is not taken here: remove it."))
        return ""
    try:
        value: Hashable = loader.construct_object(node)
    except (ValueError, OverflowError):
        told = f"{_short(node.value)} is not a date or a number that exists."
        marked.flaws.append((_line(node), place, told))
        return ""
    return value


def _unreadable(error: yaml.MarkedYAMLError) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context or "it cannot be read")
    if "'\\t'" in problem:
        problem = "a tab stands where only spaces may"
    elif "another document" in str(error.context) + problem or "single document" in str(error.context):
        problem = "a second document begins here; one file holds one"
    told = f"this is not valid YAML: {problem}. Look at colons, quotes and indentation here and just above."
    return Unreadable(mark.line + 1 if mark else 1, told)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _short(value: object) -> str:
    shown = repr(value if isinstance(value, str) else str(value))
    return shown if len(shown) <= 60 else shown[:57] + "..."
