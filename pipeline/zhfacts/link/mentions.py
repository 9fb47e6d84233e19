"""Entities named in a text: 华岭精密工业股份有限公司（以下简称“华岭精密”）.

Places are found by lexicon, organisations and groups by their endings, works by 《》, short names by what
introduces them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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


class _Word(NamedTuple):
    """A word of a text with its place, by which a name may be known."""

    start: int
    end: int
    sort: str
    """work, place, pronoun or ending."""
    word: str


class Mentions:
    """Finds mentions in a block's text; built once from the rules."""

    def __init__(self) -> None:
        self.places = _places()
        self.pronouns = {w: r for r in knowledge.rows("link/mentions", "pronoun", Ending) for w in r.words}
        self.endings = {w: r for r in knowledge.rows("link/mentions", "suffix", Ending) for w in r.words}
        boundaries = [w for r in knowledge.rows("link/mentions", "boundary", Ending) for w in r.words]
        self.boundaries = Lexicon(dict.fromkeys(boundaries, True))
        self.before_place = tuple(w for r in knowledge.rows("link/mentions", "before_place", Ending) for w in r.words)
        self.full_endings = sorted(
            (w for r in knowledge.rows("link/mentions", "full", Ending) for w in r.words), key=len, reverse=True
        )
        alias = "|".join(w for r in knowledge.rows("link/mentions", "alias", Ending) for w in r.words)
        self.alias = regex.compile(rf"[（(](?:{alias})[为：:]?[“\"「]?(?<name>[^“”\"（）()，。]{{2,16}})[”\"」]?[）)]")
        names = [*self.places, *self.pronouns, *self.endings]
        self.persons = persons()
        self.pairs = self.persons.pairs.union(name[:2] for name in names if len(name) > 1)
        """What two characters a name or a person's title begins with."""
        first, second = (re.escape("".join(sorted({pair[n] for pair in self.pairs}))) for n in (0, 1))
        self.maybe = re.compile(f"[{first}](?=[{second}])")
        self.known, self.ranks = Lexicon(self.places), {word: n for n, word in enumerate(self.places)}
        self.opened = _by_opening({"place": self.places, "pronoun": self.pronouns, "ending": self.endings})
        self.lone = re.compile("[《" + re.escape("".join(sorted(name for name in names if len(name) == 1))) + "]")
        self.work = re.compile(r"《(?P<work>[^《》]{1,40})》|^(?P<rest>[^《》，。；：！？\d]{2,20})》")

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
        pairs = self.pairs
        places = [k for k in [m.start() for m in self.maybe.finditer(text)] if text[k : k + 2] in pairs]
        names, known = list(self._lexical(text, places)), self.persons
        titled = known.everywhere or any(text[k : k + 2] in known.pairs for k in places)
        people = list(known.find(text)) if titled else []
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
                place = min(self.known.starting(stem, 0), key=self.ranks.__getitem__, default="")
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

    def _matches(self, text: str, places: list[int]) -> Iterator[_Word]:
        """Works and words of ours in order; only where two characters begin one is it looked for."""
        end = 0
        lone = [m.start() for m in self.lone.finditer(text)]
        for at in sorted({0, *places, *lone} if lone or "》" in text else places):
            if at >= end and (word := self._word(text, at)):
                end = word.end
                yield word

    def _word(self, text: str, at: int) -> _Word | None:
        """The work that begins at `at`, else the longest place, else pronoun, else ending of names."""
        if (at == 0 or text[at] == "《") and (m := self.work.match(text, at)):
            return _Word(at, m.end(), "work", m["work"] or m["rest"])
        opened = self.opened
        for sort, word in opened.get(text[at : at + 2]) or opened.get(text[at]) or ():
            if text.startswith(word, at) and not _runs_on(word, text, at):
                return _Word(at, at + len(word), sort, word)
        return None

    def _lexical(self, text: str, places: list[int]) -> Iterator[Mention]:
        last: Mention | None = None
        for m in self._matches(text, places):
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

    def _mention(self, text: str, found: _Word) -> Mention | None:
        at, end, sort, word = found
        if sort == "work":
            return Mention(at, end, word, "work")
        if sort == "place":
            place = self.places[word]
            return Mention(at, end, place.name, place.type, place.iso or None)
        if sort == "pronoun":
            return self._pronoun(text, found)
        row = self.endings[word]
        if row.unless and row.unless.match(text, end):
            return None
        start = self._left_edge(text, at)
        if start == at and (row.name not in WHOLE or len(word) < SHORTEST_OFFICE):
            return None
        return Mention(start, end, text[start:end], row.type)

    def _pronoun(self, text: str, found: _Word) -> Mention | None:
        """A word that stands for a name, unless it is the end of one: 远岚集团 is no 集团."""
        at, end, _, word = found
        ending = self.endings.get(word)
        if ending is not None:
            start = self._left_edge(text, at)
            if at - start >= 2:
                return Mention(start, end, text[start:end], ending.type)
        if word == "其" and text[end : end + 1] in "中他余实次它":
            return None
        return Mention(at, end, word, "pronoun:" + self.pronouns[word].type)

    def _left_edge(self, text: str, at: int) -> int:
        """Where the name before an ending begins: not past punctuation, a boundary word or LONGEST characters."""
        start, floor, last = at, max(at - LONGEST, 0), self.boundaries.ends
        while start > floor:
            c = text[start - 1]
            if not (c.isalnum() or c in "·（）") or c.isdecimal():
                break
            if c in last and self.boundaries.ending(text, start):
                break
            start -= 1
        if start and start < at and text[start - 1].isdecimal():
            start += 1  # 年 of 2023年甲公司, 家 of 62家工厂
        while start < at and text[start] in "（）":
            start += 1
        led = [k + len(w) for w in self.before_place if (k := text.rfind(w, start, at)) >= 0]
        return max([start, *(k for k in led if self.known.longest(text, k, at))])


def _runs_on(word: str, text: str, at: int) -> bool:
    """Whether a Latin name is but a part of a longer word: AIG in AIGC."""
    if not word.isascii():
        return False
    end = at + len(word)
    return any(text[k : k + 1].isascii() and text[k : k + 1].isalnum() for k in (at - 1, end) if k >= 0)


def _by_opening(sorts: dict[str, Collection[str]]) -> dict[str, list[tuple[str, str]]]:
    """Words with their sorts by their first two characters, and by a first that is a word: as one looks for them."""
    found: dict[str, list[tuple[str, str]]] = {word[:2]: [] for words in sorts.values() for word in words}
    by_first: dict[str, list[str]] = {}
    for opening in found:
        by_first.setdefault(opening[0], []).append(opening)
    for sort, words in sorts.items():
        for word in sorted(words, key=lambda w: (-len(w), w)):
            for opening in [word[:2]] if len(word) > 1 else by_first[word]:
                found[opening].append((sort, word))
    return found


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
