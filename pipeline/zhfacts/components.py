"""zhfacts as a spaCy component: `nlp.add_pipe("zhfacts")` fills `doc._.facts` and `doc.spans["zhfacts"]`.

Facts are found by the same stages as everywhere, on the doc's text; this only copies them over. The component
needs no other and changes no token. Facts are kept in `doc.user_data` as plain values, so that they come through
`doc.to_bytes()`, `DocBin(store_user_data=True)` and the processes of `nlp.pipe(n_process=2)`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span

from zhfacts import flow
from zhfacts.link.words import DEFAULT, known
from zhfacts.plain import plain
from zhfacts.records import KINDS, Fact

KEY: Final = "zhfacts"
"""Of `doc.user_data`, and by default of `doc.spans`."""
_BACK: Final = {
    name: Decimal if "Decimal" in str(kind) else date.fromisoformat
    for name, kind in Fact.__annotations__.items()
    if "Decimal" in str(kind) or "date |" in str(kind)
}
"""What makes a column's value of its plain form."""


class Zhfacts:
    """Copies the facts of a doc's text to `doc._.facts`, and their places to a group of `doc.spans`."""

    def __init__(self, published: date | None = None, segmenter: str = DEFAULT, spans_key: str = KEY) -> None:
        self.settings = flow.Settings(published, segmenter=known(segmenter))
        self.spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """Fill both; `start` and `end` of a fact are characters of `doc.text`, a span has the tokens these touch."""
        facts = flow.extract_text(doc.text, self.settings).facts
        doc._.facts = facts
        doc.spans[self.spans_key] = [_span(doc, fact) for fact in facts]
        return doc

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that spans can have, for `nlp.pipe_labels`."""
        return KINDS


@Language.factory(
    "zhfacts",
    default_config={"published": None, "segmenter": DEFAULT, "spans_key": KEY},
    assigns=["doc._.facts", "doc.spans"],
)
def make_zhfacts(nlp: Language, name: str, published: str | None, segmenter: str, spans_key: str) -> Zhfacts:
    """The component; `published` is the ISO date of the texts, against which 今年 is resolved.

    `segmenter` is as in `zhfacts.extract`; InputError for one that is unknown or not installed. `spans_key` names
    the group of spans, whose labels are the kinds and whose ids are the facts' ids.
    Example: `spacy.blank("zh").add_pipe("zhfacts", config={"published": "2024-03-12"})`.
    """
    del nlp, name  # spaCy hands them to every factory
    return Zhfacts(date.fromisoformat(published) if published else None, segmenter, spans_key)


def _span(doc: Doc, fact: Fact) -> Span:
    """The tokens that a fact's characters touch: 5784亿元 may be part of a token, or several."""
    span = doc.char_span(fact.start, fact.end, label=fact.kind, span_id=fact.fact_id, alignment_mode="expand")
    assert span is not None, "a fact has characters, and every character a token"  # noqa: S101  # for mypy; the span was just made of these characters
    return span


def _put(doc: Doc, facts: tuple[Fact, ...]) -> None:
    """Keep facts with a doc, as values that spaCy can write."""
    doc.user_data[KEY] = [{name: plain(value) for name, value in fact._asdict().items()} for fact in facts]


def _get(doc: Doc) -> tuple[Fact, ...]:
    """The facts of a doc in order of position; none where the component has not seen it."""
    return tuple(
        Fact(**{name: _back(name, value) for name, value in row.items()}) for row in doc.user_data.get(KEY, ())
    )


def _back(name: str, value: Any) -> Any:
    return value if value is None or name not in _BACK else _BACK[name](value)


if not Doc.has_extension("facts"):
    Doc.set_extension("facts", getter=_get, setter=_put)
