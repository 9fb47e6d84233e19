"""Names and noun phrases of a sentence, each with what stands beside it: in 茶园的面积为3万亩 茶园 opens its clause.

Features are named by place: f.prop and b.start say that a property follows and that the clause begins here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon
from zhfacts.link.lists import runs
from zhfacts.link.mentions import mentions
from zhfacts.link.parse import OF, Parse
from zhfacts.link.phrases import phrases
from zhfacts.link.ranker import Pack, packed
from zhfacts.link.sentence import Sentence
from zhfacts.link.subjects import Topic, subjects
from zhfacts.records import Mention

QUOTED = regex.compile(r"[“‘](?<name>[^“”‘’，。；：！？\d]{2,12})[”’]")
QUOTES = frozenset("“”‘’")
LISTED = "、"
NAMED = frozenset({"organisation", "country", "region", "work", "person"})
GROUPS = frozenset({"sector", "group"})
PASSED = frozenset({"ADV", "CCONJ", "SCONJ", "PUNCT", "SPACE"})
"""Parts of speech that may stand before what opens a clause."""
PHRASE = "np"
"""The group of noun phrases that are no names."""
LONGEST = 9
"""From it on the lengths of names make no difference."""
LEXICAL = ("word.", "next.", "before.")
"""Features that are words: the last of a phrase, the one behind it, the one before it."""
LIST = 40
"""Characters of the longest list of names that is one holder: 湖北、江西、湖南三省."""
BACK, AHEAD = 2, 1
"""Clauses before and behind that of a number in which phrases that are no names may hold it."""
FLAGS = ("pronoun", "quote", "bare", "scope", "isprop", "vague", "list")
"""What may hold of a phrase: a pronoun, within quotation marks, an ending alone, a scope, a property, 该-, a list."""
TOLD = frozenset({"says", "prop", "de.prop"})
"""Words behind a name that depend on what sort of name it is: 证券预测, 银行利润."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word beside a phrase and what kind of word it is."""

    word: str
    cue: str


@dataclass(slots=True)
class Spot:
    """A name or phrase, the number of its clause, and what is true of it whatever the number that is asked for."""

    mention: Mention
    clause: int
    group: str
    """n: a name, g: a group or sector, q: what stands in quotation marks, np: a noun phrase."""
    opens: bool
    """Whether its clause begins with it."""
    beside: Pack
    """Features that weigh otherwise in other places: what stands beside it."""
    packs: tuple[Pack, ...]
    words: Pack
    """Features that are words."""
    first: int
    behind: int
    """Its first word, and the one behind its last."""
    topic: Topic


class Spots:
    """Finds them by the cues of rules/link/ranker."""

    def __init__(self) -> None:
        self.cues = {row.word: row.cue for row in knowledge.table("link/ranker/cues.csv", Cue)}
        self.long = Lexicon({word: cue for word, cue in self.cues.items() if len(word) > 1})
        self.phrases, self.scopes = phrases(), frozenset(subjects().word)
        self.endings = Lexicon(dict.fromkeys((*mentions().endings, *phrases().heads), ""))

    def of(self, s: Sentence, parsed: Parse) -> list[Spot]:
        """All names and phrases of a sentence, in order."""
        edges = s.breaks
        found = {(m.start, m.end): m for m in s.mentions}
        for m in QUOTED.finditer(s.text, s.start, s.end):
            found.setdefault(m.span("name"), Mention(m.start("name"), m.end("name"), m["name"], "other"))
        for run in runs(s.text, [m for m in s.mentions if m.type in NAMED]):
            start, end = run[0].start, run[-1].end
            if len(run) > 1 and end - start <= LIST:
                found.setdefault((start, end), Mention(start, end, s.text[start:end], "other"))
        near = {clause for at in s.begins for clause in reach(bisect_right(edges, at))}
        for start, end in parsed.holders():
            if bisect_right(edges, start) in near:
                found.setdefault((start, end), Mention(start, end, s.text[start:end], "other"))
        clauses = [(begins, self._first(parsed, begins)) for begins in (s.start, *edges)]
        return [self._spot(s, parsed, bisect_right(edges, span[0]), clauses, found[span]) for span in sorted(found)]

    def _spot(self, s: Sentence, parsed: Parse, clause: int, clauses: Sequence[tuple[int, int]], m: Mention) -> Spot:
        begins, opening = clauses[clause]
        follows, precedes = self.follows(s, parsed, m.end), self.precedes(s, parsed, m.start, begins)
        group = group_of(m)
        if group == PHRASE and s.text[m.start - 1 : m.start] in QUOTES and s.text[m.end : m.end + 1] in QUOTES:
            group = "q"
        words, first, behind = s.text[m.start : m.end], parsed.index(m.start), parsed.index(m.end)
        last = behind - 1
        opens = first <= opening
        beside, around = _around(follows, precedes, opens)
        ending, known = self.endings.ending(words, len(words)), self.phrases
        opened = s.text.count("“", s.start, m.start)
        quoted = opened > 0 and opened > s.text.count("”", s.start, m.start)
        flags = (
            m.pronoun, quoted, ending != "" and ending == words, words in self.scopes, known.is_property(words),
            words.startswith(known.anaphors), m.type == "other" and LISTED in words,
        )  # fmt: skip
        packs = (around, _sort(m.type, min(LONGEST, len(words)), parsed.tag(last)), _flagged(*flags))
        said = (*lexical(parsed, first, last), *_ended(ending, follows))
        topic = Topic(m, (s.block, m.start, m.end), 0.0, "phrase" if group == PHRASE else "sentence")
        return Spot(m, clause, group, opens, beside, packs, said, first, behind, topic)

    def opening(self, parsed: Parse, begins: int, at: int) -> str:
        """With what a clause begins that has its number at `at`: a name, a holder, a property, a verb, the number."""
        for k in range(parsed.index(begins), parsed.index(at)):
            word, tag = parsed.word(k), parsed.tag(k)
            if tag in PASSED or parsed.spans[k] in parsed.closed or word in self.phrases.leads:
                continue
            if parsed.spans[k] in parsed.fixed:
                return "name"
            if parsed.is_nominal(k):
                last = parsed.run(k, at)
                held = parsed.cut(k, last)
                return "property" if held == k else "holder" if held < last else "noun"
            return "cue" if word in self.cues else "verb" if tag == "VERB" else "other"
        return "number"

    def _first(self, parsed: Parse, begins: int) -> int:
        """The first word of the clause that begins there which is neither an adverb, a number nor the like."""
        k, leads = parsed.index(begins), self.phrases.leads
        while k < len(parsed.spans) and (
            parsed.tags[k] in PASSED or parsed.spans[k] in parsed.closed or parsed.word(k) in leads
        ):
            k += 1
        return k

    def follows(self, s: Sentence, parsed: Parse, at: int) -> str:
        """What kind of word stands behind a phrase that ends at `at`."""
        if at >= s.end:
            return "end"
        k, words = parsed.index(at), parsed.words
        if s.text[at] == OF:
            return "de.prop" if self.phrases.is_property(parsed.word(k + 1)) else "de"
        if at in s.begins:
            return "num"
        if cue := self.cues.get(words[k]) or self.long.entries.get(self.long.longest(s.text, at)):
            return cue
        return "prop" if self.phrases.is_property(words[k]) else parsed.tag(k).lower()

    def precedes(self, s: Sentence, parsed: Parse, at: int, begins: int) -> str:
        """What kind of word stands before a phrase that begins at `at`, in a clause that begins at `begins`."""
        if at <= begins:
            return "start"
        if at in s.ends:
            return "num"
        k = parsed.index(at) - 1
        word = parsed.word(k)
        if word == OF:
            return "de"
        if cue := self.cues.get(word) or self.long.entries.get(self.long.ending(s.text, at)):
            return cue
        return "lead" if word in self.phrases.leads else parsed.tag(k).lower()


@packed
def _around(follows: str, precedes: str, opens: bool) -> tuple[Pack, Pack]:
    """What stands on either side: what weighs otherwise in other places, and all."""
    beside = (f"f.{follows}", f"b.{precedes}", *(["opens"] if opens else []))
    return beside, (*beside, f"fb.{follows}.{precedes}")


@packed
def _sort(mention: str, size: int, tag: str) -> Pack:
    """The sort of a mention, how long it is, and the part of speech of its last word."""
    return (f"type.{mention}", f"len.{size}", f"tag.{tag}")


@packed
def _flagged(*holds: bool) -> Pack:
    """The FLAGS that hold."""
    return tuple(flag for flag, held in zip(FLAGS, holds, strict=True) if held)


def _ended(ending: str, follows: str) -> Pack:
    """The ending of a name, which tells 证券预测 from 银行利润."""
    told = (f"{follows}.{ending}",) if follows in TOLD else ()
    return (f"end.{ending}", *told) if ending else ()


def reach(clause: int) -> range:
    """Where phrases that are no names may hold a number of that clause; further off hardly any does."""
    return range(clause - BACK, clause + AHEAD + 1)


def group_of(m: Mention) -> str:
    """The sort of a mention: n for a name, g for a group or sector, np for a noun phrase."""
    return "n" if m.type in NAMED else "g" if m.type in GROUPS else PHRASE


def lexical(parsed: Parse, first: int, last: int) -> Pack:
    """The last word of a phrase itself, and those on either side."""
    words = parsed.words
    return _said(words[last], words[last + 1], words[first - 1])


@packed
def _said(*words: str) -> Pack:
    return tuple(f"{place}{word}" for place, word in zip(LEXICAL, words, strict=True) if word.isalpha())


@knowledge.built
def spots() -> Spots:
    """The one instance; rules are frozen once loaded."""
    return Spots()
