"""Words beside a place in a text: the longest of many that ends or begins there, at the cost of one look."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import compress, count
from operator import add
from typing import Generic, TypeVar

import regex

Entry = TypeVar("Entry")


class Lexicon(Generic[Entry]):
    """Words and what each stands for, e.g. 超过 -> its hedge row."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = dict(entries)
        self.ends = _by_character(self.entries, -1)
        self.starts = _by_character(self.entries, 0)
        self.pairs = frozenset(word[:2] for word in self.entries if len(word) > 1)
        """The first two characters of longer words."""

    def ending(self, text: str, at: int, floor: int = 0) -> str:
        """The longest word that ends at `at` and does not begin before `floor`, or ""."""
        if at > floor:
            for length in self.ends.get(text[at - 1], ()):
                if length <= at - floor and text[at - length : at] in self.entries:
                    return text[at - length : at]
        return ""

    def longest(self, text: str, at: int, end: int | None = None) -> str:
        """The longest word that begins at `at` and does not go on behind `end`, or ""."""
        for n in self.starts.get(text[at : at + 1], ()):
            if (end is None or at + n <= end) and text[at : at + n] in self.entries:
                return text[at : at + n]
        return ""

    def starting(self, text: str, at: int) -> list[str]:
        """The words that begin at `at`, longest first."""
        lengths = self.starts.get(text[at : at + 1], ())
        return [text[at : at + n] for n in lengths if text[at : at + n] in self.entries]

    def __getitem__(self, word: str) -> Entry:
        return self.entries[word]


def pairs_in(text: str, pairs: Container[str]) -> list[int]:
    """Where two characters stand that are one of the pairs, in order."""
    return list(compress(count(), map(pairs.__contains__, map(add, text, text[1:]))))


def _by_character(words: Mapping[str, object], index: int) -> dict[str, tuple[int, ...]]:
    """Lengths of the words by their first or last character, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[index], set()).add(len(word))
    return {c: tuple(sorted(found, reverse=True)) for c, found in lengths.items()}


def alternation(words: Iterable[str]) -> str:
    """A pattern of all words, longest first; one that matches nothing where there are none."""
    return "|".join(regex.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) or "(?!)"
