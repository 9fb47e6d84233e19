"""Numerals: Arabic, Chinese, financial and mixed, to exact decimals. 一百二十万 -> 1200000."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import regex

from zhfacts import knowledge

LONGEST = 40
"""Characters of the longest numeral that is read, and digits of the largest; longer ones are codes, not claims."""


@dataclass(frozen=True, slots=True)
class DigitRow:
    """Numeral characters and what they are worth."""

    name: str
    words: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordRow:
    """Words that open a numeral or leave it vague."""

    name: str
    words: tuple[str, ...]


class Numeral(NamedTuple):
    """A numeral in a text: its span, and its value or (for 三四百) its range; none of them for 数十.

    `scale` is the trailing 万/亿 part that a list or range shares; `more` says that 多/余/几 stands inside,
    `scales` that a Chinese numeral is made of scales alone: 百, 千万.
    """

    start: int
    end: int
    value: Decimal | None
    high: Decimal | None = None
    scale: Decimal = Decimal(1)
    more: bool = False
    chinese: bool = False
    scales: bool = False


class Digits:
    """The numeral characters of rules/numbers/digits, and the pattern that finds numerals made of them."""

    def __init__(self) -> None:
        self.digit = _values("digit")
        self.tens = {c: "二三"[v // 10 - 2] + "十" for c, v in _values("scale").items() if c in "廿卅"}
        self.scale = _values("scale")
        self.more = _words("open")
        self.vague = _words("vague")
        d, s = "".join(self.digit), "".join(self.scale)
        self.characters = d + s
        more, vague = "".join(self.more), "|".join(sorted(self.vague, key=len, reverse=True))
        one = f"(?:(?!{'|'.join(sorted(_words('not_scale')))})[{s}])"
        arabic = r"\d{1,3}+(?:,\d{3}+)++(?!\d)(?:\.\d++)?+|\d{1,3}+(?:\ \d{3}+)++(?!\d)(?:\.\d++)?+|\d++(?:\.\d++)?+"
        self.source = (
            rf"(?<arabic>(?<![\d.])(?:{arabic})(?:{one}++(?:\d++(?:\.\d++)?+{one}++)*+)?+)"
            rf"(?:(?<more>[{more}])(?<scale>[{s}]*+))?+"
            rf"|(?<vague>(?:{vague})(?=[{s}]))?+(?<chinese>[{d}{s}]++(?:点[{d}]++[{s}]*+)?+)"
            rf"(?:(?<more>[{more}])(?<scale>[{s}]*+))?+"
        )
        self.pattern = regex.compile(self.source)
        self.plain = re.compile(rf"(?<![\d.])\d{{1,{LONGEST}}}(?![\d.,\ {s}{more}])")
        """The commonest numeral, that needs no more than int() would: 45, not 45.6, 45万 or 45多."""

    def numeral(self, m: regex.Match[str]) -> Numeral | None:
        """The numeral that `pattern` matched; None where its characters make no number (百千, 点)."""
        arabic, chinese, vague, more, after = m.group("arabic", "chinese", "vague", "more", "scale")
        start, end = m.span()
        if vague:
            return Numeral(start, end, None, chinese=True) if self._is_scale(chinese) else None
        text = arabic or chinese
        try:
            value, high = self.read(text) if chinese else (self._mixed(text.replace(",", "").replace(" ", "")), None)
        except ValueError:
            return None
        scale = self._trailing(text) * self._trailing(after or "")
        if after:
            value *= self._trailing(after)
        if (high or value).adjusted() >= LONGEST:
            return None
        scales = bool(chinese) and self._is_scale(chinese)
        return Numeral(start, end, value, high, scale, bool(more), bool(chinese), scales)

    def read(self, text: str) -> tuple[Decimal, Decimal | None]:
        """(value, None) of a Chinese numeral, or (low, high) of a doubled one: 三四百 -> 300, 400."""
        for i in range(len(text) - 1):
            a, b = self.digit.get(text[i]), self.digit.get(text[i + 1])
            if a is None or b is None or not self._doubled(text, i):
                continue
            if b == a + 1 and a > 0:
                low, high = text[:i] + text[i] + text[i + 2 :], text[:i] + text[i + 1 :]
                return self._mixed(low), self._mixed(high)
        return self._mixed(text), None

    def year(self, text: str) -> int:
        """A year in digits of either writing: 二〇二三 -> 2023."""
        return int("".join(str(self.digit.get(c, c)) for c in text))

    def small(self, text: str) -> int:
        """A small whole number in either writing: 十二 -> 12, 08 -> 8."""
        return int(text) if text.isdecimal() else int(self._mixed(text))

    def _doubled(self, text: str, i: int) -> bool:
        """Two digits side by side beside a scale are a range (三四百, 十七八), in a row of digits they are not."""
        around = text[:i] + text[i + 2 :]
        return not any(c in self.digit for c in around[max(0, i - 1) : i + 1])

    def _is_scale(self, text: str) -> bool:
        return all(c in self.scale for c in text)

    def _trailing(self, text: str) -> Decimal:
        """The scale of 万 and above at the end of a numeral: 1.2万亿 -> 10**12, 三百 -> 1."""
        scale = Decimal(1)
        for c in reversed(text):
            step = self.scale.get(c)
            if step is None or (step < 10000 and scale == 1 and c not in "百千"):
                break
            if step < 10000 and not text[: text.rindex(c)][-1:].isdecimal():
                break
            scale *= step
        return scale

    def tail(self, text: str) -> str:
        """The characters of the scale at the end of a numeral, which a list or a range shares: 1.2万亿 -> 万亿."""
        scales = text[len(text.rstrip("".join(self.scale))) :]
        scale = self._trailing(text)
        return next((scales[i:] for i in range(len(scales)) if self._trailing(f"1{scales[i:]}") == scale), "")

    def _mixed(self, text: str) -> Decimal:
        """Value of digits and scales in either writing; ValueError where they make no number."""
        if len(text) > LONGEST:
            raise ValueError(text[:LONGEST])
        if text.isascii():
            return Decimal(text)
        text = "".join(self.tens.get(c, c) for c in text)
        if "点" in text:
            return self._point(text)
        if all(c in self.digit for c in text):
            return Decimal(self.year(text)) if len(text) > 1 else Decimal(self.digit[text])
        return self._scaled(text)

    def _point(self, text: str) -> Decimal:
        whole, _, rest = text.partition("点")
        tail = rest.lstrip("".join(self.digit))
        digits = "".join(str(self.digit[c]) for c in rest[: len(rest) - len(tail)])
        value = Decimal(f"{self._mixed(whole)}.{digits}")
        for c in tail:
            value *= self.scale[c]
        return value

    def _scaled(self, text: str) -> Decimal:
        """Pieces of coefficient and scale, split at the largest scale: 一亿零三百万, 2万5千, 三千五."""
        if not text or text.isascii() or all(c in self.digit for c in text):
            return self._coefficient(text)
        scale = max(self.scale[c] for c in text if c in self.scale)
        at = max(i for i, c in enumerate(text) if self.scale.get(c) == scale)
        left, right = text[:at], text[at + 1 :]
        value = (self._scaled(left) if left else Decimal(1)) * scale
        if scale > 10 and len(right) == 1 and right in self.digit:
            return value + Decimal(self.digit[right]) * scale / 10
        rest = self._scaled(right.lstrip("零〇")) if right else Decimal(0)
        if rest >= scale:
            raise ValueError(text)
        return value + rest

    def _coefficient(self, text: str) -> Decimal:
        if text.isascii():
            return Decimal(text or 0)
        if len(text) > 1 and text[0] not in "零〇":
            raise ValueError(text)
        return Decimal(self.year(text))


@knowledge.built
def digits() -> Digits:
    """The one instance; rules are frozen once loaded."""
    return Digits()


def _values(table: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in knowledge.rows("numbers/digits", table, DigitRow):
        found.update(zip(row.words, map(int, row.values), strict=True))
    return found


def _words(table: str) -> frozenset[str]:
    return frozenset(w for row in knowledge.rows("numbers/digits", table, WordRow) for w in row.words)
