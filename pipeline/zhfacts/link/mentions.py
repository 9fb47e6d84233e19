"""Entities named in a text: 华岭精密工业股份有限公司（以下简称“华岭精密”）.

Places are found by lexicon, organisations and groups by their endings, works by 《》, short names by what
introduces them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add

import regex
from babel import Locale

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon
from zhfacts.link.persons import persons
from zhfacts.records import Mention

LONGEST = 24
"""Characters of the longest name that is looked for before an ending."""

MOST_NAMES = 300
"""Full names of one document whose short forms are looked for."""
LONGEST_SHORT = 6
SHORTEST_SHORT = 2
"""Characters of the short forms of a full name that are looked for in the document."""
WHOLE = frozenset({"government", "sector"})
SHORTEST_OFFICE = 3
"""Characters of the shortest ending of these rows that is a name by itself: 商务部, 制造业, but not 政府."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place name, what it stands for, and its ISO 3166 code ("" where there is none)."""

    word: str
    name: str
    type: str
    iso: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Endings of names, or words that stand for names."""

    name: str
    words: tuple[str, ...]
    type: str = ""
    unless: regex.Pattern[str] | None = None


class Mentions:
    """Finds mentions in a block's text; built once from the rules."""

    def __init__(self) -> None:
        self.places = _places()
        self.pronouns = {w: r for r in knowledge.rows("link/mentions", "pronoun", Ending) for w in r.words}
        self.endings = {w: r for r in knowledge.rows("link/mentions", "suffix", Ending) for w in r.words}
        boundaries = [w for r in knowledge.rows("link/mentions", "boundary", Ending) for w in r.words]
        self.boundaries = Lexicon(dict.fromkeys(boundaries, True))
        self.full_endings = sorted(
            (w for r in knowledge.rows("link/mentions", "full", Ending) for w in r.words), key=len, reverse=True
        )
        alias = "|".join(w for r in knowledge.rows("link/mentions", "alias", Ending) for w in r.words)
        self.alias = regex.compile(rf"[（(](?:{alias})[为：:]?[“\"「]?(?<name>[^“”\"（）()，。]{{2,16}})[”\"」]?[）)]")
        names = [*self.places, *self.pronouns, *self.endings]
        self.pairs = frozenset(name[:2] for name in names if len(name) > 1)
        self.lone = re.compile("[《" + re.escape("".join(sorted(name for name in names if len(name) == 1))) + "]")
        self.any = re.compile(  # literals only: fifteen times as fast here as regex's named lists
            r"《(?P<work>[^《》]{1,40})》|^(?P<rest>[^《》，。；：！？\d]{2,20})》"
            rf"|(?:(?P<place>{_words(self.places)})|(?P<pronoun>{_words(self.pronouns)})|(?P<ending>{_words(self.endings)}))"
        )

    def find(self, texts: Sequence[str]) -> tuple[list[list[Mention]], dict[str, Mention]]:
        """(mentions of each text by position, short names of the document): 华岭精密."""
        found = [self._named(text) for text in texts]
        aliases: dict[str, Mention] = {}
        for text, names in zip(texts, found, strict=True):
            self._introduced(text, names, aliases)
        self._shortened(texts, found, aliases)
        if not aliases:
            return found, aliases
        words = _alternatives(tuple(aliases))
        for i, text in enumerate(texts):
            short = [_named(m, aliases[m.group()]) for m in words.finditer(text)]
            if short:
                found[i] = _apart(sorted([*found[i], *short], key=lambda n: (n.start, -n.end, n.type)))
        return found, aliases

    def _named(self, text: str) -> list[Mention]:
        """Places, organisations, works by their words, and persons by their titles."""
        names, people = list(self._lexical(text)), list(persons().find(text))
        return _apart(sorted([*names, *people], key=lambda n: (n.start, -n.end, n.type))) if people else names

    def _introduced(self, text: str, names: list[Mention], aliases: dict[str, Mention]) -> None:
        """Short names said to be such: （以下简称“华岭精密”）."""
        if "称" not in text:
            return
        ends = {n.end: n for n in names}
        for m in self.alias.finditer(text):
            full = next((ends[m.start() - k] for k in range(3) if m.start() - k in ends), None)
            if full:
                aliases[m["name"]] = full

    def _shortened(self, texts: Sequence[str], found: list[list[Mention]], aliases: dict[str, Mention]) -> None:
        """Short forms that the document uses of its full names: 华岭集团 -> 华岭."""
        full = {n.name: n for names in found for n in names if n.type == "organisation"}
        whole = "\n".join(texts) if full else ""
        introduced = set(aliases.values())
        for name, mention in list(full.items())[:MOST_NAMES]:
            ending = next((e for e in self.full_endings if name.endswith(e)), "")
            if ending and mention not in introduced:
                stem = name.removesuffix(ending)
                place = next((w for w in self.places if stem.startswith(w)), "")
                if short := self._short_form(whole, name, stem.removeprefix(place)):
                    aliases.setdefault(short, mention)

    def _short_form(self, whole: str, name: str, stem: str) -> str | None:
        """The longest beginning of a name's stem that the text uses by itself."""
        for length in range(min(len(stem), LONGEST_SHORT), SHORTEST_SHORT - 1, -1):
            short, longer = stem[:length], stem[: length + 1] if length < len(stem) else name
            if short in self.places or short in self.endings:
                continue
            if whole.count(short) - whole.count(longer) >= (1 if length > SHORTEST_SHORT else 2):
                return short
        return None

    def _matches(self, text: str) -> Iterator[re.Match[str]]:
        """What `any` finds in order; only where two characters begin a name is it tried, which costs a third."""
        pairs, end = self.pairs, 0
        places = [k for k, pair in enumerate(map(add, text, text[1:])) if pair in pairs]
        lone = [m.start() for m in self.lone.finditer(text)]
        for at in sorted({0, *places, *lone} if lone or "》" in text else places):
            if at >= end and (m := self.any.match(text, at)):
                end = m.end()
                yield m

    def _lexical(self, text: str) -> Iterator[Mention]:
        last: Mention | None = None
        for m in self._matches(text):
            mention = self._mention(text, m)
            if mention is None:
                continue
            if last and mention.start < last.end:
                if mention.type == "sector" and last.type in ("country", "region"):
                    mention = Mention(last.end, mention.end, text[last.end : mention.end], mention.type)
                    yield last
                else:
                    start = min(last.start, mention.start)
                    mention = Mention(start, mention.end, text[start : mention.end], mention.type)
            elif last:
                yield last
            last = mention
        if last:
            yield last

    def _mention(self, text: str, m: re.Match[str]) -> Mention | None:
        if work := m["work"] or m["rest"]:
            return Mention(m.start(), m.end(), work, "work")
        if m["place"]:
            place = self.places[m["place"]]
            return Mention(m.start(), m.end(), place.name, place.type, place.iso or None)
        if m["pronoun"]:
            return self._pronoun(text, m)
        row = self.endings[m["ending"]]
        if row.unless and row.unless.match(text, m.end()):
            return None
        start = self._left_edge(text, m.start())
        if start == m.start() and (row.name not in WHOLE or len(m["ending"]) < SHORTEST_OFFICE):
            return None
        return Mention(start, m.end(), text[start : m.end()], row.type)

    def _pronoun(self, text: str, m: re.Match[str]) -> Mention | None:
        """A word that stands for a name, unless it is the end of one: 远岚集团 is no 集团."""
        word = m["pronoun"]
        ending = self.endings.get(word)
        if ending is not None:
            start = self._left_edge(text, m.start())
            if m.start() - start >= 2:
                return Mention(start, m.end(), text[start : m.end()], ending.type)
        if word == "其" and text[m.end() : m.end() + 1] in "中他余实次它":
            return None
        return Mention(m.start(), m.end(), word, "pronoun:" + self.pronouns[word].type)

    def _left_edge(self, text: str, at: int) -> int:
        """Where the name before an ending begins: not past punctuation, a boundary word or LONGEST characters."""
        start = at
        while start > max(at - LONGEST, 0):
            c = text[start - 1]
            if not (c.isalnum() or c in "·（）") or c.isdecimal():
                break
            if self.boundaries.ending(text, start):
                break
            start -= 1
        if start and start < at and text[start - 1].isdecimal():
            start += 1  # 年 of 2023年甲公司, 家 of 62家工厂
        while start < at and text[start] in "（）":
            start += 1
        return start


def _apart(found: list[Mention]) -> list[Mention]:
    """Mentions sorted by place with overlaps undone: the longer one stays, of two alike the first."""
    kept: list[Mention] = []
    for mention in found:
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
        else:
            kept.append(mention)
    return kept


@lru_cache(maxsize=64)
def _alternatives(words: tuple[str, ...]) -> regex.Pattern[str]:
    return regex.compile(r"\L<words>", words=list(words))


def _words(words: Iterable[str]) -> str:
    """The alternation of words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _named(m: regex.Match[str], full: Mention) -> Mention:
    return Mention(m.start(), m.end(), full.name, full.type, full.iso)


def _places() -> dict[str, Place]:
    """Places by word: CLDR's territories, then the table of our own, which wins."""
    found = {}
    for code, name in Locale.parse("zh").territories.items():
        if len(name) > 1 and not set(name) & set("（）伪未"):
            kind = "country" if len(code) == 2 and code not in ("EU", "EZ", "UN") else "region"
            found[name] = Place(name, name, kind, code if kind == "country" else "")
    for table in ("places", "organisations"):
        found.update({p.word: p for p in knowledge.table(f"link/mentions/{table}.csv", Place)})
    return found


@knowledge.built
def mentions() -> Mentions:
    """The one instance; rules are frozen once loaded."""
    return Mentions()
