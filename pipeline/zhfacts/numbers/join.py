"""Lists and ranges: units and scales handed from the right to what has none. 5、7和9亿元, 3—5万元."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import regex

from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.tokens import Token
from zhfacts.numbers.units import Unit

LIST = regex.compile(r"\s?(?:[、,，]|和|及|与|或|以及)\s?")
RANGE = regex.compile(r"\s?(?:——|[—–―~-]|至|到)\s?")
CHANGED = regex.compile(r"[涨跌升降增减加高低调少落](?:了|约|近)?$")
"""What makes a number the size of a change, for which 至 leads to a level."""
MOST_STEPS = 3
"""How many times its low end the high end of a range of changes may be."""
STEPS = {
    ("year", "month"): 12,
    ("week", "day"): 7,
    ("day", "hour"): 24,
    ("hour", "minute"): 60,
    ("minute", "second"): 60,
}
"""How many of the small unit make the large one."""
MINUTES = {"分": "minute"}
"""分 is a measure of many things; behind hours and before seconds it is a minute."""
SMALL = {small for _, small in STEPS} | set(MINUTES)
TOGETHER = ("", "零", "又")
SCALED = 10000
"""From here on a number is in 万 or 亿 and no item of a list that has none: 起拍价127万，128人围观."""
PREFIXED = frozenset({"sign", "code", "word"})
"""Units that stand before their number are not shared backwards."""


def join(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with shared units filled in, and the two ends of each range made one."""
    for i in range(len(tokens) - 2, -1, -1):
        tokens[i] = _share(text, tokens[i], tokens[i + 1])
    joined: list[Token] = []
    for token in tokens:
        joined.append(token)
        if len(joined) > 1 and token.found and (one := _joined(text, joined[-2], token, token.found.unit)):
            joined[-2:] = [one]
    return joined


def _share(text: str, left: Token, right: Token) -> Token:
    """The left token with the right one's unit where a list or range sign is all between them."""
    if left.found or not right.found or left.numeral.value is None or not is_free(text, left.start):
        return left
    between = text[left.end : right.start]
    is_range = RANGE.fullmatch(between) is not None
    if not is_range and not (LIST.fullmatch(between) and _may_list(text, left, right)):
        return left
    if right.found.unit.rule in PREFIXED:
        return left
    found = replace(right.found, end=left.end, extra=Decimal(0))
    scale = _scale(left, right, is_range)
    return left._replace(found=found, shared=scale, behind=_behind(text, right, scale))


def _behind(text: str, right: Token, scale: Decimal | None) -> str:
    """The words that the left number shares, scale first: 万元 of 5万元; read behind it they give its value."""
    numeral, found = right.numeral, right.found
    if right.behind or found is None:
        return right.behind
    unit = text[numeral.end : found.end] if not found.extra else text[numeral.end : numeral.end + 1]
    return (digits().tail(text[numeral.start : numeral.end]) if scale else "") + unit


def _scale(left: Token, right: Token, is_range: bool) -> Decimal | None:
    """The scale that the left number shares with the right one: 3—5万元 are both in 万, 6000~1万元 are not."""
    scale = right.shared or right.numeral.scale
    if left.numeral.scale != 1 or scale == 1 or left.numeral.value is None:
        return None
    high = right.numeral.value
    if is_range and high is not None and left.numeral.value * scale > high:
        return None
    return scale


def _joined(text: str, left: Token, right: Token, unit: Unit) -> Token | None:
    """Both tokens as one: a range, or a time in two units."""
    if unit.unit in SMALL and (one := _composed(text, left, right)):
        return one
    return _range(text, left, right)


def _range(text: str, left: Token, right: Token) -> Token | None:
    """left—right as one token with both ends, if they are of one unit and rise."""
    if not left.found or not right.found or not RANGE.fullmatch(text[left.end : right.start]):
        return None
    a, b = left.found.unit, right.found.unit
    if (a.kind, a.unit) != (b.kind, b.unit) or left.numeral.high or right.numeral.high:
        return None
    low, high = left.value(), right.value()
    if low is None or high is None or low >= high or _to_level(text, left, high / low if low else low):
        return None
    numeral = Numeral(left.start, right.numeral.end, low, high, Decimal(1), right.numeral.more, right.numeral.chinese)
    unit = replace(b, factor=Decimal(1), plus=Decimal(0), most=None)
    found = replace(right.found, unit=unit, extra=Decimal(0))
    return Token(numeral, left.start, right.end, found, behind=right.behind)


def _to_level(text: str, left: Token, steps: Decimal) -> bool:
    """Whether the left number is a change and what follows 至 the level reached: 上涨120元至4310元."""
    if left.found is None or left.found.end == left.numeral.end or left.found.unit.kind not in ("money", "quantity"):
        return False
    return (
        steps > MOST_STEPS
        and left.shared is None
        and CHANGED.search(text[max(0, left.start - 4) : left.start]) is not None
    )


def _composed(text: str, left: Token, right: Token) -> Token | None:
    """Two stretches of time that are one, in the larger unit where that comes out even: 11年6个月, 7分20秒."""
    if not right.found or right.numeral.value is None or left.numeral.value is None or left.numeral.high:
        return None
    big, end = (left.found.unit.unit, left.end) if left.found else ("", left.end)
    small = right.found.unit.unit
    if small == "second" and text.startswith("分", left.numeral.end) and left.found is None:
        big, end = "分", left.numeral.end + 1
    big, small = MINUTES.get(big, big), MINUTES.get(small, small) if big == "hour" else small
    steps = STEPS.get((big, small))
    if steps is None or text[end : right.start] not in TOGETHER:
        return None
    most, least = left.value() if left.found else left.numeral.value, right.value()
    if most is None or least is None or not 0 < least < steps:
        return None
    even = (least * 10000) % steps == 0
    value, unit = (most + least / steps, big) if even else (most * steps + least, small)
    numeral = Numeral(left.start, right.numeral.end, value, chinese=right.numeral.chinese, more=right.numeral.more)
    found = replace(right.found, unit=Unit("composed", "duration", unit), extra=Decimal(0))
    return Token(numeral, left.start, right.end, found, behind=right.behind)


def is_free(text: str, start: int) -> bool:
    """A bare numeral is free unless it belongs to a name or code before it: not the 100 of H100、5%."""
    before = text[start - 1 : start]
    return not (before and before.isascii() and (before.isalnum() or before in ".-/+×*="))


def _may_list(text: str, left: Token, right: Token) -> bool:
    """5、7和9亿元 is a list; 一、5% at the start of a paragraph is a list marker and a number."""
    if left.numeral.chinese != right.numeral.chinese:
        return False
    scaled = left.numeral.value is not None and left.numeral.value >= SCALED and right.numeral.scale == 1
    if scaled and text[left.end : right.start].strip() in ("，", ","):
        return False
    return bool(left.start) and text[left.start - 1] not in "。；：\n(（第"
