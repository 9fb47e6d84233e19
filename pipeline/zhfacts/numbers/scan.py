"""From a block's text to its numbers: numerals meet their units, lists and ranges share theirs. 5、7和9亿元."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import regex

from zhfacts.numbers import money, ratios
from zhfacts.numbers.bounds import bounds
from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.times import times
from zhfacts.numbers.units import Found, Unit, alternation, plain
from zhfacts.records import Number

ANY = regex.compile(r"[\d〇一二两三四五六七八九十百千万亿半几数壹贰叁肆伍陆柒捌玖拾]")
LIST = regex.compile(r"\s?(?:[、,，]|和|及|与|或|以及)\s?")
RANGE = regex.compile(r"\s?(?:——|[—–―~-]|至|到)\s?")
CONVERTED = regex.compile(r"[（(](?:折合|约合|合|约)*(?:人民币)?$")
UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's code for no currency: 15万元（约3万元人民币）is not in yuan, and the text does not say in what."""


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


class Scanner:
    """Finds the numbers of a text; built once from the rules."""

    def __init__(self) -> None:
        self.suffix: dict[str, Unit] = {**ratios.suffixes(), **money.suffixes()}
        self.prefix: dict[str, Unit] = {**ratios.prefixes(), **money.prefixes()}
        self.money = money.Money()
        pre = alternation(list(self.prefix))
        minus = r"(?<![\d%‰\p{Han}A-Za-z)）])[-−]|(?<=[为是达到约至和与及])[-−]"
        self.token = regex.compile(rf"(?:(?<pre>{pre})\ ?)?+(?<sign>±|负|{minus})?+(?:{digits().source})")
        self.unit = regex.compile(rf"\ ?(?<unit>{alternation(list(self.suffix))})")

    def find(self, text: str) -> list[Number]:
        """All numbers of `text`, by position and without overlaps."""
        if not ANY.search(text):
            return []
        dates = list(times().find(text))
        taken = [(n.start, n.end) for n in dates]
        tokens = self._join(text, list(self._tokens(text, taken)))
        amounts = [n for token in tokens if (n := self._number(text, token))]
        found = sorted([*dates, *amounts], key=lambda n: n.start)
        return self._hedged(text, found)

    def _tokens(self, text: str, taken: list[tuple[int, int]]) -> Iterator[Token]:
        at, k = 0, 0
        while m := self.token.search(text, at):
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
        numeral = digits().numeral(m)
        if numeral is None:
            return None
        start = (
            m.start("sign")
            if m["sign"]
            else m.start("arabic")
            if m["arabic"]
            else m.start("vague")
            if m["vague"]
            else m.start("chinese")
        )
        found = self._found(text, m, numeral, start)
        pre = self.prefix.get(m["pre"] or "")
        if pre is not None:
            found, start = self._prefixed(text, m, pre, found, start)
        end = found.end if found else m.end()
        return Token(numeral, start, end, found, m["sign"] in ("负", "-", "−"), m["sign"] == "±")

    def _found(self, text: str, m: regex.Match[str], numeral: Numeral, start: int) -> Found | None:
        """The unit behind the numeral, unless what stands around denies it."""
        u = self.unit.match(text, m.end())
        if not u:
            return None
        unit, word = self.suffix[u["unit"]], u["unit"]
        if unit.unless is not None and unit.unless.match(text, u.end()):
            return None
        if unit.unless_before is not None and start and unit.unless_before.match(text, start - 1):
            return None
        if unit.kind != "money":
            return Found(unit, u.end())
        bare = numeral.chinese and numeral.value is not None and numeral.value < 10
        if self.money.denied(text, start, word, u.end(), bare) or _part_of_word(word, text, u.end()):
            return None
        return self.money.found(text, start, u.end(), unit, word)

    def _prefixed(
        self, text: str, m: regex.Match[str], pre: Unit, found: Found | None, start: int
    ) -> tuple[Found | None, int]:
        """What a word or sign before the numeral makes of it: 百分之五, US$3 billion, 人民币50亿元."""
        if pre.kind == "percent":
            return Found(pre, m.end()), m.start()
        if found and found.unit.kind == "money":
            if found.unit.currency == "CNY" or pre.rule != "word":
                found = replace(found, unit=pre)
            return found, start if pre.rule == "word" else m.start()
        if found:
            return found, start
        scale = self.money.scale.match(text, m.end())
        end = scale.end() if scale else m.end()
        if pre.rule == "word" and not scale and not _scaled(m.group()):
            return None, start
        extra = Decimal(0)
        factor = self.money.scales[scale["scale"].lower()] if scale else Decimal(1)
        return self.money.found(text, m.start(), end, replace(pre, factor=factor), "") if not extra else None, m.start()

    def _join(self, text: str, tokens: list[Token]) -> list[Token]:
        """Units and scales handed from the right to what has none, then ranges made one."""
        for i in range(len(tokens) - 2, -1, -1):
            tokens[i] = self._share(text, tokens, i)
        joined: list[Token] = []
        for token in tokens:
            joined.append(token)
            if len(joined) > 1 and (span := self._range(text, joined[-2], token)):
                joined[-2:] = [span]
        return joined

    def _share(self, text: str, tokens: list[Token], i: int) -> Token:
        """Token i with the unit of its right neighbour where a list or range sign is all between them."""
        left, right = tokens[i], tokens[i + 1]
        if left.found or not right.found or left.numeral.value is None or not _free(text, left):
            return left
        between = text[left.end : right.start]
        is_range = RANGE.fullmatch(between)
        if not is_range and not (LIST.fullmatch(between) and _may_list(text, left, right)):
            return left
        if right.found.unit.rule in ("sign", "code", "word"):
            return left
        return replace(
            left,
            found=replace(right.found, end=left.end, extra=Decimal(0)),
            shared=self._scale(left, right, bool(is_range)),
        )

    def _scale(self, left: Token, right: Token, is_range: bool) -> Decimal | None:
        """The scale that the left number shares with the right one: 3—5万元 are both in 万."""
        scale = right.shared or right.numeral.scale
        if left.numeral.scale != 1 or scale == 1 or left.numeral.value is None:
            return None
        high = right.numeral.value
        if is_range and high is not None and left.numeral.value * scale > high:
            return None
        return scale

    def _range(self, text: str, left: Token, right: Token) -> Token | None:
        """left—right as one token with both ends, if they are of one unit and rise."""
        if not left.found or not right.found or not RANGE.fullmatch(text[left.end : right.start]):
            return None
        a, b = left.found.unit, right.found.unit
        if (a.kind, a.unit) != (b.kind, b.unit) or left.numeral.high or right.numeral.high:
            return None
        low, high = self._value(left), self._value(right)
        if low is None or high is None or low >= high:
            return None
        numeral = Numeral(
            left.start, right.numeral.end, low, high, Decimal(1), right.numeral.more, right.numeral.chinese
        )
        return Token(
            numeral,
            left.start,
            right.end,
            replace(right.found, unit=replace(b, factor=Decimal(1), plus=Decimal(0), most=None)),
        )

    def _value(self, token: Token) -> Decimal | None:
        assert token.found  # noqa: S101  # callers hand over united tokens only
        value = token.numeral.value
        if value is None:
            return None
        value = token.found.unit.read(value * (token.shared or 1))
        if value is None:
            return None
        value += token.found.extra
        return -value if token.negative else value

    def _number(self, text: str, token: Token) -> Number | None:
        """The number of a united token; a numeral without a unit states nothing here."""
        if not token.found:
            return None
        unit, numeral = token.found.unit, token.numeral
        value = self._value(token)
        if value is None and numeral.value is not None:
            return None
        low = high = None
        if numeral.high is not None and value is not None:
            low, high, value = value, unit.read(numeral.high * (token.shared or 1)), None
        elif token.plus_minus and value is not None:
            low, high, value = -value, value, None
        currency = unit.currency
        if currency == "CNY" and text.startswith("元", token.numeral.end) and self._converted(text, token.end):
            currency = UNKNOWN_CURRENCY
        value, low, high = (plain(v) if v is not None else None for v in (value, low, high))
        return Number(
            token.start,
            token.end,
            unit.kind,
            unit.rule,
            currency or unit.unit,
            value,
            low,
            high,
            currency=currency,
            per_unit=token.found.per_unit,
            bound=">" if numeral.more else "=",
        )

    def _converted(self, text: str, end: int) -> bool:
        """True for 15万元（约3万元人民币）: the amount in brackets says that the first is not in yuan."""
        m = self.token.search(text, end, end + 24)
        if not m or not CONVERTED.fullmatch(text, end, m.start()):
            return False
        u = self.unit.match(text, m.end())
        return bool(u and "人民币" in text[end : u.end()] and self.suffix[u["unit"]].currency == "CNY")

    def _hedged(self, text: str, found: list[Number]) -> list[Number]:
        """Bounds filled in; in a list without hedges of its own the first one's holds: 约62%、53%."""
        done: list[Number] = []
        for n in found:
            vague = n.value is None and n.low is None and n.when is None
            bound, _ = bounds().of(text, n.start, n.end, n.bound == ">")
            last = done[-1] if done else None
            if bound == "=" and last and last.kind == n.kind and LIST.fullmatch(text[last.end : n.start]):
                bound = last.bound if last.bound in ("~", ">", "<") and n.when is None else "="
            if vague and bound == "=":
                bound = "~"
            done.append(replace(n, bound=bound))
        return done


def _free(text: str, token: Token) -> bool:
    """A bare numeral may share a unit unless it belongs to a name or code before it (H100、5%)."""
    before = text[token.start - 1 : token.start]
    return not (before.isascii() and before and (before.isalnum() or before in ".-/"))


def _may_list(text: str, left: Token, right: Token) -> bool:
    """5、7和9亿元 is a list; 一、5% at the start of a paragraph is a list marker and a number."""
    if left.numeral.chinese != right.numeral.chinese:
        return False
    return bool(left.start) and text[left.start - 1] not in "。；：\n(（第"


def _scaled(text: str) -> bool:
    return any(c in text for c in "百千万亿")


def _part_of_word(word: str, text: str, end: int) -> bool:
    """A Latin code must not run on: 5USDT."""
    return word.isascii() and word[-1].isalpha() and text[end : end + 1].isascii() and text[end : end + 1].isalpha()


@cache
def scanner() -> Scanner:
    """The one instance; rules are frozen once loaded."""
    return Scanner()


def find(text: str) -> list[Number]:
    """All numbers of a block's text, in order of position: 增长8.7% -> one percent."""
    return scanner().find(text)
