"""zhfacts as a spaCy component: `nlp.add_pipe("zhfacts")` fills `doc._.facts`.

Facts are found by the same stages as everywhere, on the doc's text; this only copies them over. The component
needs no other and changes no token.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc

from zhfacts import flow
from zhfacts.link.words import DEFAULT, known

if TYPE_CHECKING:
    from zhfacts.records import Fact


class Zhfacts:
    """Copies the facts of a doc's text to `doc._.facts`, a tuple of Fact in order of position."""

    def __init__(self, published: date | None = None, segmenter: str = DEFAULT) -> None:
        self.settings = flow.Settings(published, segmenter=known(segmenter))

    def __call__(self, doc: Doc) -> Doc:
        """Fill `doc._.facts`; `start` and `end` of a fact are characters of `doc.text`."""
        facts: tuple[Fact, ...] = flow.extract_text(doc.text, self.settings).facts
        doc._.facts = facts
        return doc


@Language.factory("zhfacts", default_config={"published": None, "segmenter": DEFAULT}, assigns=["doc._.facts"])
def make_zhfacts(nlp: Language, name: str, published: str | None, segmenter: str) -> Zhfacts:
    """The component; `published` is the ISO date of the texts, against which 今年 is resolved.

    `segmenter` is as in `zhfacts.extract`; InputError for one that is unknown or not installed.
    Example: `spacy.blank("zh").add_pipe("zhfacts", config={"published": "2024-03-12"})`.
    """
    del nlp, name  # spaCy hands them to every factory
    return Zhfacts(date.fromisoformat(published) if published else None, segmenter)


if not Doc.has_extension("facts"):
    Doc.set_extension("facts", default=())
