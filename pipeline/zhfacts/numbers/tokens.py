"""Numerals with the units beside them: the pieces that lists and ranges are joined from. 800万 | 1200万越南盾."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, alternation
from zhfacts.numbers import counts, money, ratios
from zhfacts.numbers.counts import Words
from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.tails import tail
from zhfacts.numbers.units import Found, Unit

Span = tuple[int, int]
COUNTED = frozenset({"quantity", "duration", "multiple"})
"""Kinds in which a small Chinese numeral may be an article (一个) and a bare scale an idiom (千家万户)."""
NAME = regex.compile(r"(?<=[A-Za-z][-_./]?)(?=\d)")
"""A Latin letter before a digit makes it part of a name: GPT-4个, H100个."""
CODE = regex.compile(r"0\d")
"""What begins with a needless zero is a code or a short year: 007号, 07年."""
ORDINAL = regex.compile(r"(?r)第[\d一二三四五六七八九十百]{1,5}(?:——|[—–―~-]|至|到)")
"""What stands before the end of a span of ordinals: the 15页 of 第12—15页 is no count."""
NAMES_UNIT = regex.compile(r"(?r)(?:单位[:：](?:[^\d。]{0,8}[、，,/])?|(?<open>[（(]))")
"""What stands before a unit that is only named: 单位：亿元, 营业收入（亿元）."""
LONGEST_ERA = 4
LONGEST_LABEL = 2
TAILED = frozenset({"成", "米", "块"})
"""Units behind which digits of the same number may stand."""
COIN = Unit("coin", "money", "CNY", "CNY")
BELOW_ZERO, DEGREES = "零下", frozenset({"℃", "度", "华氏度"})
MINUS = frozenset({"负", "-", "−"})


class Token(NamedTuple):
    """A numeral with what stands at its sides; `end` takes in the unit."""

    numeral: Numeral
    start: int
    end: int
    found: Found | None
    negative: bool = False
    plus_minus: bool = False
    shared: Decimal | None = None
    behind: str = ""
    """What it shares with the number behind it, as it stands there: the 万元 of 3 in 3、5万元."""

    def value(self) -> Decimal | None:
        """The value in the token's unit: 3.5 for 三成半 is 35; None where the numeral or the unit gives none."""
        value = self.numeral.value
        if value is None or self.found is None:
            return None
        value = self.found.unit.read(value * (self.shared or 1))
        if value is None:
            return None
        value += self.found.extra
        return -value if self.negative else value


class Tokens:
    """Finds the tokens of a text; built once from the rules."""

    def __init__(self) -> None:
        self.units: Lexicon[Unit] = Lexicon({**counts.suffixes(), **ratios.suffixes(), **money.suffixes()})
        self.prefix: dict[str, Unit] = {**ratios.prefixes(), **money.prefixes()}
        self.money = money.Money()
        self.rates = counts.Rates()
        self.digits = digits()
        self.ones, self.scales, self.eras, self.labels = (
            regex.compile(
                rf"(?r)(?:{alternation([w for r in knowledge.rows('numbers/counts', t, Words) for w in r.words])})"
            )
            for t in ("one", "scale_after", "era", "label")
        )
        self.pointers = frozenset(w for r in knowledge.rows("numbers/counts", "pointer", Words) for w in r.words)
        self.before = Lexicon(self.prefix)
        minus = r"(?<![\d%‰\p{Han}A-Za-z)）])[-−]|(?<=[为是达到约至和与及])[-−]"
        minus += r"|(?<=\p{Han})[-−](?=\d++(?:\.\d++)?+[%℃])"
        self.token = regex.compile(rf"(?<sign>±|负|{minus})?+(?:{self.digits.source})")
        self.first = self._candidates()

    def _candidates(self) -> re.Pattern[str]:
        """Where a token can begin: a digit or sign, or a Chinese numeral with something behind it that makes it one.

        The standard library's re finds one of many characters far faster than regex finds a token, and most of a
        text has none of them; 百分之 is no numeral but stands before one.
        """
        units = {w[0] for w in self.units.entries}
        articles = {
            w for w, u in self.units.entries.items() if not u.small and len(w) == 1 and u.kind == "quantity"
        } - {"个"}
        numerals, vague = set(self.digits.characters), self.digits.vague
        behind = numerals | units | set("多余几来点、，,和与及或至到—–―~-干 ")
        shares = "|".join(w[-3:] for w in self.prefix if w.endswith("分之"))

        def any_of(characters: set[str]) -> str:
            return "[" + re.escape("".join(sorted(characters))) + "]"

        opens = any_of({w[0] for w in vague} - numerals)
        ends = f"(?<!{opens[:-1]}一])(?={any_of(behind)})|(?<=一)(?={any_of(behind - articles)})"
        ends += f"|(?<={opens})(?={any_of(numerals | set(''.join(vague)))})"
        ends += f"|(?<=一)(?=[块毛角]{any_of(numerals)})"
        first = any_of(numerals | {w[0] for w in vague} | set("±负-−0123456789"))
        return re.compile(f"{first}(?:(?<=[0-9±负−-])|(?<=分之.)|{ends})(?<!(?={shares}).)")

    def find(self, text: str, taken: list[Span]) -> Iterator[Token]:
        """Tokens of `text` outside the spans already taken, by position."""
        at, k = 0, 0
        plain, token = self.digits.plain, self.token
        for first in self.first.finditer(text):
            start = first.start()
            if start < at:
                continue
            m = plain.match(text, start)
            found = m or token.match(text, start)
            if not found:
                continue
            end = found.end()
            while k < len(taken) and taken[k][1] <= start:
                k += 1
            if k < len(taken) and taken[k][0] < end:
                at = max(start + 1, taken[k][start >= taken[k][0]])
                continue
            at = end
            numeral = Numeral(start, end, Decimal(m.group())) if m else self.digits.numeral(found)
            if numeral:
                yield (read := self._token(text, numeral))
                at = max(at, read.end)

    def _token(self, text: str, numeral: Numeral) -> Token:
        start, sign = numeral.start, text[numeral.start]
        found = self._found(text, numeral)
        word = self.before.ending(text, start) or (
            text[start - 1 : start] == " " and self.before.ending(text, start - 1)
        )
        if word:
            found, start = self._prefixed(text, numeral, word, found)
        end = found.end if found else numeral.end
        negative = sign in MINUS
        if found and found.unit.unit in DEGREES and start > 1 and text.startswith(BELOW_ZERO, start - 2):
            start, negative = start - 2, True
        return Token(numeral, start, end, found, negative, sign == "±")

    def _found(self, text: str, numeral: Numeral) -> Found | None:
        """The unit behind the numeral, unless what stands around denies it."""
        start, at = numeral.start, numeral.end
        word = self.unit_at(text, at)
        if not word:
            return None
        unit, end = self.units[word], text.index(word, at) + len(word)
        if self._denied(text, unit, word, (start, at, end)) or (numeral.scales and _only_named(text, start, end)):
            return None
        if word in TAILED and (found := self._tailed(text, unit, word, (start, end))):
            return found
        if unit.kind == "money":
            bare = numeral.chinese and numeral.value is not None and numeral.value < 10
            denied = self.money.denied(text, start, word, end, bare)
            return None if denied else self.money.found(text, start, end, unit, word)
        if unit.kind in COUNTED and not self._counts(text, numeral, unit):
            return None
        per = None
        if unit.kind == "quantity":
            unit, end, per = self.rates.of(text, end, unit) if unit.rule == "physical" else (unit, end, None)
            per = per or self.money.each(text, start)
        return Found(unit, end, per_unit=per, more="多" in word or "余" in word)

    def _tailed(self, text: str, unit: Unit, word: str, at: tuple[int, int]) -> Found | None:
        """The unit with digits behind it that belong to the number, no unit of their own behind them: 1米85, 三块五."""
        start, end = at
        extra, last = tail(text, end, unit, word)
        if last == end and word == "块" and self.money.pays(text, start, end):
            return Found(COIN, end)
        if last == end or self.units.longest(text, last):
            return None
        if word == "块":
            return Found(COIN, last, extra, self.money.each(text, start))
        return Found(unit, last, extra)

    def unit_at(self, text: str, at: int) -> str:
        """The longest unit word that begins at `at`, a space before it allowed; "" where there is none."""
        return self.units.longest(text, at) or (self.units.longest(text, at + 1) if text[at : at + 1] == " " else "")

    def _denied(self, text: str, unit: Unit, word: str, at: tuple[int, int, int]) -> bool:
        """Whether the row's own patterns deny the unit; `at` is start of the number, start and end of the word."""
        start, u, end = at
        if (unit.unless and unit.unless.match(text, end)) or _runs_on(word, text, end):
            return True
        if start and unit.unless_before and unit.unless_before.match(text, start - 1):
            return True
        return unit.only_after is not None and not unit.only_after.match(text, u - 1)

    def _counts(self, text: str, numeral: Numeral, unit: Unit) -> bool:
        """Whether a numeral before a measure is a claim: 45个, 三年, 近一公里; not 两个, 一年, 千家, H100个."""
        start = numeral.start
        if self.eras.match(text, max(0, start - LONGEST_ERA), start) or ORDINAL.match(text, 0, start):
            return False
        if not numeral.chinese and (NAME.match(text, start) or CODE.match(text, start) or self._labels(text, numeral)):
            return False
        if not numeral.chinese or numeral.value is None:
            return True
        if numeral.value == 1 and unit.kind != "multiple":
            return unit.small and self.ones.match(text, max(0, start - 4), start) is not None
        if numeral.scales and not numeral.more and numeral.value >= 100:
            return self.scales.match(text, max(0, start - 3), start) is not None
        return unit.small or numeral.value >= 10

    def _labels(self, text: str, numeral: Numeral) -> bool:
        """Whether a numeral is that of a figure or table, whose title follows: 图1 人工智能专利; not 发表3篇."""
        m = self.labels.match(text, max(0, numeral.start - LONGEST_LABEL), numeral.start)
        if m is None:
            return False
        before = text[m.start() - 1 : m.start()]
        return not before.isalpha() or before in self.pointers

    def _prefixed(self, text: str, numeral: Numeral, word: str, found: Found | None) -> tuple[Found | None, int]:
        """(unit, start) with a word or sign before the numeral: 百分之五, US$3 billion, 人民币50亿元."""
        pre, start = self.prefix[word], numeral.start
        first = text.rfind(word, 0, start)
        if pre.kind == "percent":
            return Found(pre, numeral.end), first
        if found and found.unit.kind == "money":
            if found.unit.currency == "CNY" or pre.rule != "word":
                found = replace(found, unit=pre)
            return found, start if pre.rule == "word" else first
        if found:
            return found, start
        scale = self.money.scale.match(text, numeral.end)
        end = scale.end() if scale else numeral.end
        if pre.rule == "word" and not scale and not any(c in text[start : numeral.end] for c in "百千万亿"):
            return None, start
        factor = self.money.scales[scale["scale"].lower()] if scale else Decimal(1)
        return self.money.found(text, first, end, replace(pre, factor=factor), ""), first


def _only_named(text: str, start: int, end: int) -> bool:
    """Whether a scale and its unit stand there as a name for other numbers, as in a table's header."""
    m = NAMES_UNIT.match(text, 0, start)
    return m is not None and (not m["open"] or text[end : end + 1] in "）)")


def _runs_on(word: str, text: str, end: int) -> bool:
    """A Latin unit must not run on: 5USDT, 3D, 5Gx."""
    return word[-1].isascii() and word[-1].isalpha() and text[end : end + 1].isascii() and text[end : end + 1].isalnum()


@knowledge.built
def tokens() -> Tokens:
    """The one instance; rules are frozen once loaded."""
    return Tokens()
