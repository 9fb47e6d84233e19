"""What kind of statement a number stands in, and who makes it.

Example: 瑞岚证券预计，明年产量达3万吨 is a forecast, attributed to 瑞岚证券.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, alternation
from zhfacts.link.change import CLAUSE
from zhfacts.records import TIME_KINDS, Modality, Number, Statistic

Span = tuple[int, int]
SHORTEST, LONGEST = 2, 20
"""Characters of the words that say who makes a statement."""
FIGURE = regex.compile(r"\d[%％‰]?")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words and what they make of a statement."""

    name: str
    words: tuple[str, ...]
    says: str = ""


class Statement(NamedTuple):
    """What kind of statement a number stands in, and the words that say who makes it."""

    modality: Modality = "reported"
    statistic: Statistic | None = None
    source_at: tuple[int, int, int] | None = None


class Statements:
    """Reads modality, statistic and source of a claim by the words of rules/link/statements."""

    def __init__(self) -> None:
        self.modal = _cues("modality")
        self.opening = _words("opening")
        self.statistics = _cues("statistic")
        words = {t: _words(t) for t in ("reports", "by", "lead")}
        self.nobody = frozenset(_words("nobody"))
        verbs, self.sources = alternation(words["reports"]), tuple(words["by"])
        self.verbs = re.compile(verbs)
        who = f"(?<who>[^，。；：！？“”（）()\\d]{{{SHORTEST},{LONGEST}}}?)(?:{verbs})(?![局厅部])"
        self.said = regex.compile(rf"(?:{alternation(words['lead'])})*+{who}(?=[，：:“]|$)")
        self.according = regex.compile(rf"(?:{alternation(words['by'])}){who}")

    def of(self, text: str, block: int, start: int, numbers: Sequence[Number]) -> list[Statement]:
        """In what kind of statement each number of a sentence stands that begins at `start`, and whose it is."""
        said = self._said(text, start, numbers[-1].start) if numbers else []
        found = []
        for number in numbers:
            clause = _clause(text, start, number.start)
            source = next((span for span in reversed(said) if span[1] <= number.start), None)
            statistic = None if number.kind in TIME_KINDS else self._statistic(text, clause, number)
            modality = self._modality(text, start, clause, number.start)
            found.append(Statement(modality, statistic, (block, *source) if source else None))
        return found

    def _modality(self, text: str, start: int, clause: int, at: int) -> Modality:
        """By the last cue of the number's clause, else by a clause before it that opens a forecast or a plan."""
        if found := _last(self.modal, text, clause, at):
            return cast(Modality, found)
        opened = [(text.rfind(w, start, clause), w) for w in self.opening if text.rfind(w, start, clause) >= 0]
        if not opened or "；" in text[max(opened)[0] : clause]:
            return "reported"
        return cast(Modality, self.modal[max(opened)[1]])

    def _statistic(self, text: str, clause: int, number: Number) -> Statistic | None:
        """By the words between the number before it and the number, in its clause."""
        floor = max([clause, *(m.end() for m in FIGURE.finditer(text, clause, number.start))])
        return cast("Statistic | None", _last(self.statistics, text, floor, number.start))

    def _said(self, text: str, start: int, end: int) -> list[Span]:
        """Who is said to have said it, in order: the words at a clause's beginning before 表示, those behind 据."""
        found = [m.span("who") for m in self.according.finditer(text, start, end)]
        at = start if self.verbs.search(text, start, end) else end
        while at < end:
            if (m := self.said.match(text, at, end)) and not text.startswith(self.sources, m.start("who")):
                found.append(m.span("who"))
            at = next((k + 1 for k in range(at, end) if text[k] in CLAUSE), end)
        return sorted({(a, b) for a, b in found if text[a:b] not in self.nobody})


def _clause(text: str, start: int, at: int) -> int:
    while at > start and text[at - 1] not in CLAUSE:
        at -= 1
    return at


def _last(cues: Lexicon[str], text: str, start: int, end: int) -> str | None:
    """What the cue that stands last in [start, end) says, of two that end together the longer."""
    last = cues.ends
    for at in range(end, start, -1):
        if text[at - 1] in last and (cue := cues.ending(text, at, start)):
            return cues[cue]
    return None


def _words(table: str) -> list[str]:
    return [w for r in knowledge.rows("link/statements", table, Cue) for w in r.words]


def _cues(table: str) -> Lexicon[str]:
    return Lexicon({w: r.says for r in knowledge.rows("link/statements", table, Cue) for w in r.words})


@knowledge.built
def statements() -> Statements:
    """The one instance; rules are frozen once loaded."""
    return Statements()
