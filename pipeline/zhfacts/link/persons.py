"""Persons named in a text: a surname and a given name beside a title. 董事长林岸 -> 林岸, 高女士 -> 高女士."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.records import Mention

GIVEN = 2
"""Characters of the longest given name."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one sort."""

    name: str
    words: tuple[str, ...]


class Persons:
    """Finds persons by the titles of rules/link/persons."""

    def __init__(self) -> None:
        surnames, titles, behind, rank, ends = (
            [w for r in knowledge.rows("link/persons", t, Words) for w in r.words]
            for t in ("surname", "title", "behind", "rank", "ends")
        )
        beside = (*titles, *behind, *rank)
        self.pairs = frozenset(word[:2] for word in beside if len(word) > 1)
        """What two characters the words begin with beside which a person stands."""
        self.everywhere = any(len(word) == 1 for word in beside)
        """Whether some are a single character, as a user's own may be: then pairs do not tell where to look."""
        name = rf"(?:{alternation(surnames)})\p{{Han}}{{1,{GIVEN}}}?"
        end = rf"(?=[，。、：；！？“”（）()《》\s\d]|(?:{alternation(ends)})|$)"
        self.titled = regex.compile(rf"(?:{alternation(titles)})(?<name>{name}){end}")
        family = alternation(surnames)
        self.called = regex.compile(
            rf"(?<name>(?:{family})\p{{Han}}{{0,{GIVEN}}}?(?:{alternation(behind)})"
            rf"|(?<=^|[，。、：；“”（）\s])(?:{family})\p{{Han}}{{1,{GIVEN}}}?(?:{alternation(rank)}))"
        )

    def find(self, text: str) -> Iterator[Mention]:
        """Every person named beside a title, in no order."""
        for m in self.titled.finditer(text):
            yield Mention(m.start("name"), m.end("name"), m["name"], "person")
        for m in self.called.finditer(text):
            yield Mention(m.start("name"), m.end("name"), m["name"], "person")


@knowledge.built
def persons() -> Persons:
    """The one instance; rules are frozen once loaded."""
    return Persons()
