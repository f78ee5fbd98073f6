"""Reads from a Pydantic model what a form needs to ask: the model is the only place that says it.

    class Costs(BaseModel):
        total: Annotated[Decimal, Field(ge=0)] = Field(
            title="Total cost", description="Whole life, in pounds", json_schema_extra={"widget": "money"})

Beside `title` (label) and `description` (hint), `json_schema_extra` may say: `widget` (input, textarea,
words, radios, checkboxes, select, money, date), `options` {value: label or (label, hint)}, `max_words`,
`section`, `rows`, `width` (characters), `type`, `inputmode`, `autocomplete`, `error` (what to do when missing
or wrong).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Widget = Literal["input", "textarea", "words", "radios", "checkboxes", "select", "money", "date"]
Options = Mapping[str, str | tuple[str, str]]
WIDGETS: tuple[str, ...] = get_args(Widget)
CHOICES = ("radios", "checkboxes", "select")
PARTS = ("day", "month", "year")
_NO_ARTICLE = (
    "a",
    "an",
    "any",
    "at",
    "how",
    "other",
    "the",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "your",
)
LONGEST = 50_000  # characters, where the model sets no limit of its own


@dataclass(frozen=True)
class Question:
    """One field of a form."""

    name: str
    label: str
    widget: Widget
    required: bool
    hint: str = ""
    section: str = ""
    options: Options = field(default_factory=dict)
    max_words: int = 0
    error: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """What its inputs are called: three for a date, else one."""
        return tuple(f"{self.name}-{part}" for part in PARTS) if self.widget == "date" else (self.name,)

    @property
    def title(self) -> str:
        """The label as it opens a sentence: "Total cost", but for a question "Your answer to “Why?”"."""
        return f"Your answer to “{self.label}”" if self.label.endswith("?") else self.label.rstrip(".:")

    @property
    def subject(self) -> str:
        """The label as it reads inside a sentence: "the total cost", "your reason", "the ICT lead"."""
        if self.label.endswith("?"):
            return f"an answer to “{self.label}”"
        label = self.title
        label = label if label[1:2].isupper() else label[:1].lower() + label[1:]
        return label if label.partition(" ")[0] in _NO_ARTICLE else f"the {label}"


def ask(
    model: type[BaseModel], section: str | None = None, options: Mapping[str, Options] | None = None
) -> list[Question]:
    """A model's questions in its order; of one `section` if named. `options` sets choices known only now."""
    asked = [_question(name, info, (options or {}).get(name)) for name, info in model.model_fields.items()]
    return [question for question in asked if section is None or question.section == section]


def _question(name: str, info: FieldInfo, options: Options | None) -> Question:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    said = dict(cast("Mapping[str, Any]", extra))
    widget = said.get("widget", "words" if said.get("max_words") else "input")
    if widget not in WIDGETS:
        raise ValueError(f"{name}: there is no widget {widget!r}.")
    return Question(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        widget=cast(Widget, widget),
        required=info.is_required(),
        hint=info.description or "",
        section=said.get("section", ""),
        options=options if options is not None else said.get("options", {}),
        max_words=said.get("max_words", 0),
        error=said.get("error", ""),
        extra=said,
    )
