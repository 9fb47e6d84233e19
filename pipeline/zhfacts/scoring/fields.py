"""Whether a fact says what its annotation says, field by field.

Example: 出口 for 出口额 is a right attribute (half their characters are shared), 远岚 for 远岚集团 a right subject.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from zhfacts.scoring.annotations import Annotation
from zhfacts.scoring.times import interval, yearless

Row = Mapping[str, Any]
"""A fact: the columns of facts.parquet by name, None for null."""

IGNORED: Final = frozenset("“”\"'‘’《》（）()、，的")
"""Characters that make no difference to a subject or an attribute; nor does white space."""
UNIT_COUNTS: Final = frozenset({"duration", "quantity", "ordinal"})
"""Kinds whose unit is compared; that of money is the currency, the others have only one."""
WHOLE: Final = ("value", "bound", "change", "subject", "no subject", "attribute", "time", "no time")
"""What must be right together for a whole fact."""
BASE_YEAR: Final = re.compile(r"(\d{4})年")


def checks(gold: Annotation, fact: Row, subjects: Iterable[str]) -> dict[str, bool]:
    """Each field that the annotation lets us judge, and whether it is right.

    `subjects` are all subjects that the document's annotation names: one of these for another is always wrong.
    """
    found = {"value": value_right(gold, fact) and unit_right(gold, fact), "kind": fact["kind"] == gold.kind}
    if gold.timed:
        return found | ({"event subject": subject_right(gold, fact, subjects)} if gold.subject else {})
    found |= {"bound": fact["bound"] == gold.bound, "change": fact["change"] == gold.change}
    if gold.subject:
        found["subject"] = subject_right(gold, fact, subjects)
    else:
        found["no subject"] = not fact["subject"]
    if gold.attribute:
        found["attribute"] = alike(fact["attribute"], (gold.attribute, *gold.attribute_alt))
    if not gold.time:
        found["no time"] = fact["period_start"] is None
    elif interval(gold.time):
        found["time"] = time_right(gold, fact)
    if gold.basis:
        found["basis"] = basis_right(gold, fact)
    return found | {"whole fact": all(found[name] for name in WHOLE if name in found)}


def value_right(gold: Annotation, fact: Row) -> bool:
    """Whether value, range or days are the annotated ones; the sign of a change counts nothing."""
    if gold.value is None:
        form = yearless(gold.text) if gold.kind == "date" else None
        return form is None or fact["when"] == form
    if gold.timed:
        days = interval(gold.value)
        return days is None or (fact["date_start"], fact["date_end"]) == days
    first, _, last = gold.value.partition("/")
    if gold.kind == "fraction":
        return _near(float(first) / float(last or 1), fact["value"], 1e-3)
    if last:
        return _near(float(first), fact["low"]) and _near(float(last), fact["high"])
    if gold.change and fact["value"] is not None:
        return _near(abs(float(first)), abs(fact["value"]))
    return _near(float(first), fact["value"])


def _near(wanted: float, got: float | None, share: float = 1e-9) -> bool:
    return got is not None and abs(wanted - got) <= share * max(1.0, abs(wanted), abs(got))


def unit_right(gold: Annotation, fact: Row) -> bool:
    """Whether the currency is the same, or one measure word holds the other; one that is not annotated is free."""
    if gold.kind == "money":
        return bool(fact["currency"] == gold.unit)
    if gold.kind not in UNIT_COUNTS or gold.unit in {"", fact["unit"]}:
        return True
    unit = fact["unit"] or ""
    return bool(unit) and (unit in gold.unit or gold.unit in unit)


def bare(text: str) -> str:
    """Text without what makes no difference: 《松山日报》的 -> 松山日报."""
    return "".join(c for c in text if c not in IGNORED and not c.isspace())


def subject_right(gold: Annotation, fact: Row, subjects: Iterable[str]) -> bool:
    """Whether the subject is an accepted one, or one of both holds the other and it is no other of the document's."""
    if not fact["subject"]:
        return False
    got, accepted = bare(fact["subject"]), {bare(word) for word in (gold.subject or "", *gold.subject_alt)}
    if got in accepted:
        return True
    if got in {bare(word) for word in subjects}:
        return False
    return any(_holds(got, word) or _holds(word, got) for word in accepted)


def _holds(longer: str, shorter: str) -> bool:
    """Whether a text holds another that is at least half as long."""
    return shorter in longer and 2 * len(shorter) >= len(longer)


def alike(got: str | None, accepted: Iterable[str]) -> bool:
    """Whether the characters shared with an accepted wording are at least half of both together (F1)."""
    if not got:
        return False
    ours = Counter(bare(got))
    for word in accepted:
        theirs = Counter(bare(word))
        shared = (ours & theirs).total()
        if shared and 4 * shared >= ours.total() + theirs.total():
            return True
    return False


def time_right(gold: Annotation, fact: Row) -> bool:
    """Whether the period is the annotated one, or for a change since 2018年 the span from that year on."""
    wanted = [interval(gold.time or "")]
    base = BASE_YEAR.match(gold.basis or "")
    if base and re.fullmatch(r"\d{4}", gold.time or ""):
        wanted.append(interval(f"{base[1]}/{gold.time}"))
    return (fact["period_start"], fact["period_end"]) in wanted


def basis_right(gold: Annotation, fact: Row) -> bool:
    """Whether the basis is the same code (yoy, pop), or else alike in words."""
    if gold.basis in {"yoy", "pop"}:
        return bool(fact["basis"] == gold.basis)
    return alike(fact["basis"], (gold.basis or "",))
