"""A sentence in words with their parts of speech, and the noun phrases in it: [本次秋拍]的[成交额]达到3亿元."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, pairs_in
from zhfacts.link.change import CLAUSE, changes
from zhfacts.link.phrases import Phrases, phrases

if TYPE_CHECKING:
    from zhfacts.link.tags import Tagger

Span = tuple[int, int]
NOMINAL = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "DET", "X", "SYM"})
"""Parts of speech that a noun phrase is made of."""
OF = "的"
LETTERS = {
    "VERB": "V", "NOUN": "N", "PROPN": "N", "ADJ": "J", "ADP": "A", "ADV": "R", "AUX": "X", "PART": "T", "PRON": "O",
    "DET": "O", "PUNCT": ".",
}  # fmt: skip
"""A letter for each part of speech."""
NAME, NUMBER, PROPERTY, COMMA, POSSESSIVE, OTHER = "M", "#", "P", "C", "D", "?"
"""Letters for words that are more than their part of speech."""
KNOWN = 1 << 14
"""Words whose sort is kept."""
WHOLE = 3
"""Characters of the shortest words of the lexicon that the segmenter may not cut: 不良贷款, 名列前茅."""
LONGEST = 14
"""Characters of the longest phrase that is a holder."""


@dataclass(frozen=True, slots=True)
class Parse:
    """Words of a stretch of text; `spans` are absolute, in order, white space left out."""

    text: str
    spans: tuple[Span, ...]
    words: tuple[str, ...]
    """The words themselves and "" behind the last: words[-1] is "", too."""
    tags: tuple[str, ...]
    starts: tuple[int, ...]
    fixed: frozenset[Span]
    """Words that are names, nominal whatever their tag."""
    closed: frozenset[Span]
    """Words that are numbers or times: no phrase holds them."""
    nominal: tuple[bool, ...]
    """For each word whether a noun phrase may hold it."""
    letters: str
    """A letter for each word, what sort it is: 茶园|面积|为|3万亩 -> NPX#."""
    chunks: tuple[Span, ...]
    """The longest runs of such words, as (first, behind the last) word."""
    cuts: dict[Span, int] = field(default_factory=dict, compare=False)
    """Where stretches of words were cut that somebody has asked for."""

    def word(self, k: int) -> str:
        """The k-th word, "" outside."""
        return self.words[k] if 0 <= k < len(self.spans) else ""

    def tag(self, k: int) -> str:
        """Its part of speech, "" outside."""
        return self.tags[k] if 0 <= k < len(self.tags) else ""

    def index(self, at: int) -> int:
        """The first word that begins at `at` or behind it."""
        return bisect_left(self.starts, at)

    def is_nominal(self, k: int) -> bool:
        """Whether a noun phrase may hold word k."""
        return self.nominal[k]

    def run(self, first: int, end: int) -> int:
        """Behind the last of the nominal words from word `first` on that end before `end`."""
        last = first
        while last < len(self.spans) and self.spans[last][1] <= end and self.is_nominal(last):
            last += 1
        return last

    def holders(self) -> Iterator[Span]:
        """Spans of the phrases that may hold a property, their own property cut off: 兴业信用卡|动卡率."""
        found: set[Span] = set()
        chunks = self.chunks
        for n, (first, last) in enumerate(chunks):
            end = self.cut(first, last)
            if end > first:
                found.add((self.spans[first][0], self.spans[end - 1][1]))
            if n and self.word(first - 1) == OF and chunks[n - 1][1] == first - 1 and end > first:
                found.add((self.spans[chunks[n - 1][0]][0], self.spans[end - 1][1]))
        yield from sorted(span for span in found if 2 <= span[1] - span[0] <= LONGEST)

    def within(self, start: int, end: int) -> list[Span]:
        """The chunks in [start, end)."""
        return [(a, b) for a, b in self.chunks if start <= self.starts[a] and self.spans[b - 1][1] <= end]

    def is_owned(self, chunk: Span, owner: Span) -> bool:
        """Whether 的 alone stands between a chunk and the one before it."""
        return owner[1] == chunk[0] - 1 and self.words[chunk[0] - 1] == OF

    def cut(self, first: int, last: int) -> int:
        """Where the phrase of words [first, last) ends without the property behind its holder."""
        if (first, last) not in self.cuts:
            self.cuts[first, last] = self._cut(first, last)
        return self.cuts[first, last]

    def _cut(self, first: int, last: int) -> int:
        known, verbs, words, k = phrases(), changes().verbs, self.words, last
        while k > first and _names_change(known, verbs, words[k - 1], k - 1 > first):
            k -= 1
        if k > first and known.is_property(words[k - 1]):
            k -= 1 + (len(words[k - 1]) == 1)
            while k > first and (words[k - 1] in known.modifiers or known.is_property(words[k - 1])):
                k -= 1
        while k > first and words[k - 1] in known.modifiers:
            k -= 1
        return max(k, first)


NOTHING = Parse("", (), ("",), (), (), frozenset(), frozenset(), (), "", ())
"""A text without words."""


@dataclass(frozen=True, slots=True)
class SureWord:
    """A word whose part of speech is the same wherever it stands."""

    word: str
    tag: str


@knowledge.built
def sure_words() -> Lexicon[str]:
    """The words of rules/link/words with their parts of speech, which neither segmenter nor tagger need guess."""
    return Lexicon({row.word: row.tag for row in knowledge.table("link/words/words.csv", SureWord)})


def _whole(text: str, known: Lexicon[str], kept: Sequence[Span]) -> list[Span]:
    """Longer words of the lexicon, which are never cut; those that touch a kept span are left to the segmenter."""
    taken = {place for a, b in kept for place in range(a, b)}
    found: list[Span] = []
    end = 0
    for at in pairs_in(text, known.pairs):
        word = known.longest(text, at) if at >= end else ""
        if len(word) >= WHOLE and taken.isdisjoint(range(at, at + len(word))):
            end = at + len(word)
            found.append((at, end))
    return found


def parse(text: str, start: int, end: int, names: Iterable[Span], closed: Iterable[Span]) -> Parse:
    """The words of [start, end); names, numbers and times are never cut."""
    from zhfacts.link.tags import tagger
    from zhfacts.link.words import segmenter

    fixed, shut, known = frozenset(names), frozenset(closed), sure_words()
    kept = [(a - start, b - start) for a, b in sorted(fixed | shut) if start <= a and b <= end]
    kept += _whole(text[start:end], known, kept)
    spans = [(a + start, b + start) for a, b in segmenter().spans(text[start:end], kept)]
    words = [text[a:b] for a, b in spans]
    if any(map(str.isspace, words)):
        spans = [span for span, word in zip(spans, words, strict=True) if not word.isspace()]
        words = [text[a:b] for a, b in spans]
    guess = tagger()
    entries = known.entries
    tags = [
        entries.get(word) or (told if told != "VERB" else _verb(word, guess))
        for word, told in zip(words, guess.tag(words), strict=True)
    ]
    sort = phrases()
    sorts = [
        (True, NAME) if span in fixed else (False, NUMBER) if span in shut else _sort(sort, word, told)
        for span, word, told in zip(spans, words, tags, strict=True)
    ]
    nominal, letters = tuple(is_nominal for is_nominal, _ in sorts), "".join([letter for _, letter in sorts])
    starts = tuple(a for a, _ in spans)
    chunks = tuple(_runs(nominal))
    return Parse(text, tuple(spans), (*words, ""), tuple(tags), starts, fixed, shut, nominal, letters, chunks)


@lru_cache(KNOWN)
def _names_change(known: Phrases, verbs: Lexicon[Any], word: str, inside: bool) -> bool:
    """Whether a word is a verb of change behind others (价格|上涨), or holds its property (价格上涨)."""
    rest = word.removesuffix(verbs.ending(word, len(word)))
    return rest != word and (known.is_property(rest) if rest else inside)


@lru_cache(KNOWN)
def _sort(known: Phrases, word: str, tag: str) -> tuple[bool, str]:
    """Whether a noun phrase may hold a word, and its letter."""
    if word == OF or word in CLAUSE:
        return False, POSSESSIVE if word == OF else COMMA
    letter = PROPERTY if known.is_property(word) else LETTERS.get(tag, OTHER)
    if word in known.leads or word in known.ends:
        return False, letter
    return tag in NOMINAL or (tag == "PART" and len(word) == 1), letter


def _verb(word: str, guess: Tagger) -> str:
    """The tag of what looks like a verb; one that was never met is more likely a name: 远岚|电子."""
    return "VERB" if len(word) < 2 or guess.knows(word) or changes().verbs.ending(word, len(word)) else "PROPN"


def _runs(flags: Sequence[bool]) -> Iterator[Span]:
    """Runs [first, last) of what is true."""
    first = None
    for k, flag in enumerate([*flags, False]):
        if flag:
            first = k if first is None else first
        elif first is not None:
            yield first, k
            first = None
