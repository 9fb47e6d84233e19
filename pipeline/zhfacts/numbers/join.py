"""Lists and ranges: units and scales handed from the right to what has none. 5、7和9亿元, 3—5万元."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import regex

from zhfacts.numbers.digits import Numeral, digits
from zhfacts.numbers.tokens import Token

LIST = regex.compile(r"\s?(?:[、,，]|和|及|与|或|以及)\s?")
RANGE = regex.compile(r"\s?(?:——|[—–―~-]|至|到)\s?")
PREFIXED = frozenset({"sign", "code", "word"})
"""Units that stand before their number are not shared backwards."""


def join(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with shared units filled in, and the two ends of each range made one."""
    for i in range(len(tokens) - 2, -1, -1):
        tokens[i] = _share(text, tokens[i], tokens[i + 1])
    joined: list[Token] = []
    for token in tokens:
        joined.append(token)
        if len(joined) > 1 and (span := _range(text, joined[-2], token)):
            joined[-2:] = [span]
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


def _range(text: str, left: Token, right: Token) -> Token | None:
    """left—right as one token with both ends, if they are of one unit and rise."""
    if not left.found or not right.found or not RANGE.fullmatch(text[left.end : right.start]):
        return None
    a, b = left.found.unit, right.found.unit
    if (a.kind, a.unit) != (b.kind, b.unit) or left.numeral.high or right.numeral.high:
        return None
    low, high = left.value(), right.value()
    if low is None or high is None or low >= high:
        return None
    numeral = Numeral(left.start, right.numeral.end, low, high, Decimal(1), right.numeral.more, right.numeral.chinese)
    unit = replace(b, factor=Decimal(1), plus=Decimal(0), most=None)
    return Token(numeral, left.start, right.end, replace(right.found, unit=unit), behind=right.behind)


def is_free(text: str, start: int) -> bool:
    """A bare numeral is free unless it belongs to a name or code before it: not the 100 of H100、5%."""
    before = text[start - 1 : start]
    return not (before and before.isascii() and (before.isalnum() or before in ".-/+×*="))


def _may_list(text: str, left: Token, right: Token) -> bool:
    """5、7和9亿元 is a list; 一、5% at the start of a paragraph is a list marker and a number."""
    if left.numeral.chinese != right.numeral.chinese:
        return False
    return bool(left.start) and text[left.start - 1] not in "。；：\n(（第"
