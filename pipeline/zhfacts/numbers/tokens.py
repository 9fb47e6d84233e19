"""Numerals with the units beside them: the pieces that lists and ranges are joined from. 800万 | 1200万越南盾."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, alternation
from zhfacts.numbers import counts, money, ratios
from zhfacts.numbers.counts import Words
from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.units import Found, Unit

Span = tuple[int, int]
COUNTED = frozenset({"quantity", "duration", "multiple"})
"""Kinds in which a small Chinese numeral may be an article (一个) and a bare scale an idiom (千家万户)."""
NAME = regex.compile(r"(?<=[A-Za-z][-_./]?)(?=\d)")
"""A Latin letter before a digit makes it part of a name: GPT-4个, H100个."""

MINUS = frozenset({"负", "-", "−"})


@dataclass(frozen=True, slots=True)
class Token:
    """A numeral with what stands at its sides; `end` takes in the unit."""

    numeral: Numeral
    start: int
    end: int
    found: Found | None
    negative: bool = False
    plus_minus: bool = False
    shared: Decimal | None = None

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
        self.suffix: dict[str, Unit] = {**counts.suffixes(), **ratios.suffixes(), **money.suffixes()}
        self.prefix: dict[str, Unit] = {**ratios.prefixes(), **money.prefixes()}
        self.money = money.Money()
        self.digits = digits()
        self.ones, self.scales, self.eras = (
            regex.compile(
                rf"(?r)(?:{alternation([w for r in knowledge.rows('numbers/counts', t, Words) for w in r.words])})"
            )
            for t in ("one", "scale_after", "era")
        )
        self.before = Lexicon(self.prefix)
        minus = r"(?<![\d%‰\p{Han}A-Za-z)）])[-−]|(?<=[为是达到约至和与及])[-−]"
        self.token = regex.compile(rf"(?<sign>±|负|{minus})?+(?:{self.digits.source})")
        self.first = self._candidates()
        self.unit = regex.compile(rf"\ ?(?<unit>{alternation(list(self.suffix))})")

    def _candidates(self) -> re.Pattern[str]:
        """Where a token can begin: a digit or sign, or a Chinese numeral with something behind it that makes it one.

        The standard library's re finds one of many characters far faster than regex finds a token, and most of a
        text has none of them; 百分之 is no numeral but stands before one.
        """
        units = {w[0] for w in self.suffix}
        articles = {w for w, u in self.suffix.items() if not u.small and len(w) == 1 and u.kind == "quantity"} - {"个"}
        numerals = set(self.digits.characters) | set("数几好若")
        behind = numerals | units | set("多余几来点、，,和与及或至到—–―~-干 ")
        shares = "|".join(w[-3:] for w in self.prefix if w.endswith("分之"))

        def any_of(characters: set[str]) -> str:
            return "[" + re.escape("".join(sorted(characters))) + "]"

        ends = f"(?<!一)(?={any_of(behind)})|(?<=一)(?={any_of(behind - articles)})"
        first = any_of(numerals | set("±负-−0123456789"))
        return re.compile(f"{first}(?:(?<=[0-9±负−-])|(?<=分之.)|{ends})(?<!(?={shares}).)")

    def find(self, text: str, taken: list[Span]) -> Iterator[Token]:
        """Tokens of `text` outside the spans already taken, by position."""
        at, k = 0, 0
        for first in self.first.finditer(text):
            if first.start() < at or not (m := self.token.match(text, first.start())):
                continue
            while k < len(taken) and taken[k][1] <= m.start():
                k += 1
            if k < len(taken) and taken[k][0] < m.end():
                at = max(m.start() + 1, taken[k][m.start() >= taken[k][0]])
                continue
            at = m.end()
            token = self._token(text, m)
            if token:
                at = max(at, token.end)
                yield token

    def _token(self, text: str, m: regex.Match[str]) -> Token | None:
        numeral = self.digits.numeral(m)
        if numeral is None:
            return None
        start, sign = m.start(), m["sign"]
        found = self._found(text, m, numeral, start)
        word = self.before.ending(text, start) or (
            text[start - 1 : start] == " " and self.before.ending(text, start - 1)
        )
        if word:
            found, start = self._prefixed(text, m, word, found)
        end = found.end if found else m.end()
        return Token(numeral, start, end, found, sign in MINUS, sign == "±")

    def _found(self, text: str, m: regex.Match[str], numeral: Numeral, start: int) -> Found | None:
        """The unit behind the numeral, unless what stands around denies it."""
        u = self.unit.match(text, m.end())
        if not u:
            return None
        unit, word, end = self.suffix[u["unit"]], u["unit"], u.end()
        if self._denied(text, unit, word, (start, u.start(), end)):
            return None
        if unit.kind == "money":
            bare = numeral.chinese and numeral.value is not None and numeral.value < 10
            denied = self.money.denied(text, start, word, end, bare)
            return None if denied else self.money.found(text, start, end, unit, word)
        if unit.kind in COUNTED and not self._counts(text, m, numeral, unit, start):
            return None
        return Found(unit, end, more="多" in word or "余" in word)

    def _denied(self, text: str, unit: Unit, word: str, at: tuple[int, int, int]) -> bool:
        """Whether the row's own patterns deny the unit; `at` is start of the number, start and end of the word."""
        start, u, end = at
        if (unit.unless and unit.unless.match(text, end)) or _runs_on(word, text, end):
            return True
        if start and unit.unless_before and unit.unless_before.match(text, start - 1):
            return True
        return unit.only_after is not None and not unit.only_after.match(text, u - 1)

    def _counts(self, text: str, m: regex.Match[str], numeral: Numeral, unit: Unit, start: int) -> bool:
        """Whether a numeral before a measure is a claim: 45个, 三年, 近一公里; not 两个, 一年, 千家, H100个."""
        if self.eras.match(text, max(0, start - 2), start):
            return False
        if not numeral.chinese and NAME.match(text, start):
            return False
        if not numeral.chinese or numeral.value is None:
            return True
        if numeral.value == 1 and unit.kind != "multiple":
            return unit.small and self.ones.match(text, max(0, start - 4), start) is not None
        if m["chinese"] and all(c in self.digits.scale for c in m["chinese"]) and numeral.value >= 100:
            return self.scales.match(text, max(0, start - 3), start) is not None
        return unit.small or numeral.value >= 10

    def _prefixed(self, text: str, m: regex.Match[str], word: str, found: Found | None) -> tuple[Found | None, int]:
        """(unit, start) with a word or sign before the numeral: 百分之五, US$3 billion, 人民币50亿元."""
        pre, start = self.prefix[word], m.start()
        first = text.rfind(word, 0, start)
        if pre.kind == "percent":
            return Found(pre, m.end()), first
        if found and found.unit.kind == "money":
            if found.unit.currency == "CNY" or pre.rule != "word":
                found = replace(found, unit=pre)
            return found, start if pre.rule == "word" else first
        if found:
            return found, start
        scale = self.money.scale.match(text, m.end())
        end = scale.end() if scale else m.end()
        if pre.rule == "word" and not scale and not any(c in m.group() for c in "百千万亿"):
            return None, start
        factor = self.money.scales[scale["scale"].lower()] if scale else Decimal(1)
        return self.money.found(text, first, end, replace(pre, factor=factor), ""), first


def _runs_on(word: str, text: str, end: int) -> bool:
    """A Latin unit must not run on: 5USDT, 3D, 5Gx."""
    return word[-1].isascii() and word[-1].isalpha() and text[end : end + 1].isascii() and text[end : end + 1].isalnum()


@knowledge.built
def tokens() -> Tokens:
    """The one instance; rules are frozen once loaded."""
    return Tokens()
