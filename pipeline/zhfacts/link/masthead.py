"""Who published a document and what it is called, as its first lines say: 松山日报 above 2024年3月12日 星期二."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.documents import Line
from zhfacts.link.context import context

LONGEST_NAME = 14
"""Characters of the longest name before its ending."""
FIRST_HEADS = 40
"""Headings and lines of furniture among which a masthead is looked for."""
SHORTEST_TITLE = 4
"""Characters that a heading must have more of to be a document's title."""
Head = tuple[Line, str]
"""A line that may name the document, and its text as read."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Endings of the names of papers and magazines; `unless` is searched in the name."""

    name: str
    words: tuple[str, ...]
    unless: regex.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Untitled:
    """A pattern of headings that are no titles."""

    name: str
    pattern: regex.Pattern[str]


class Masthead:
    """Reads publisher and title off a document's lines; built once from the rules."""

    def __init__(self) -> None:
        self.names = [(_name(row.words), row.unless) for row in knowledge.rows("link/context", "publisher", Publisher)]
        self.untitled = [row.pattern for row in knowledge.rows("link/context", "untitled", Untitled)]

    def publisher(self, heads: Sequence[Head]) -> str | None:
        """The name above or beside the document's date, in normal form; None where it is not plain."""
        read = [text for line, text in heads[:FIRST_HEADS] if line.role != "body"]
        for n, text in enumerate(read):
            name = self._named(text)
            if name and any(context().published([self.without_name(below)]) for below in read[n:]):
                return name
        return None

    def title(self, heads: Sequence[Head]) -> str | None:
        """The first heading that is neither the publisher's name nor a label of section or page."""
        for line, read in heads:
            text = line.text.strip()
            if line.role == "furniture" or len(text) <= SHORTEST_TITLE or self._named(read):
                continue
            if not any(pattern.search(read) for pattern in self.untitled):
                return text
        return None

    def without_name(self, text: str) -> str:
        """What a line says behind the name it begins with: 松山日报2024年3月12日 -> 2024年3月12日."""
        m = self._match(text)
        return text[m.end() :] if m else text

    def _named(self, text: str) -> str | None:
        m = self._match(text)
        return str(m["name"]) if m else None

    def _match(self, text: str) -> regex.Match[str] | None:
        """The name of a paper or magazine that a line begins with, a date or number of issue behind it at most."""
        for pattern, unless in self.names:
            m = pattern.match(text)
            if m and not (unless and unless.search(m["name"])):
                return m
        return None


def _name(words: tuple[str, ...]) -> regex.Pattern[str]:
    return regex.compile(
        rf"\W*(?<name>\p{{Han}}{{1,{LONGEST_NAME}}}?\L<words>)(?=\W*$|\W*(?:第|总第)?\d)", words=list(words)
    )


@knowledge.built
def masthead() -> Masthead:
    """The one instance; rules are frozen once loaded."""
    return Masthead()
