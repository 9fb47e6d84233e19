"""The records that stages pass on: frozen, typed, and nothing but data.

A document is read into lines, lines are laid out as blocks, a block's text gives numbers, numbers and
their block give facts, and facts become rows. Stages meet only here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from zhfacts.documents import Document

Kind = Literal[
    "percent",
    "percentage_point",
    "money",
    "year",
    "date",
    "duration",
    "multiple",
    "fraction",
    "quantity",
    "ordinal",
]
KINDS: tuple[Kind, ...] = (
    "percent",
    "percentage_point",
    "money",
    "year",
    "date",
    "duration",
    "multiple",
    "fraction",
    "quantity",
    "ordinal",
)
Bound = Literal["=", "~", ">", ">=", "<", "<="]
BOUNDS: tuple[Bound, ...] = ("=", "~", ">", ">=", "<", "<=")
Modality = Literal["reported", "forecast", "target", "possible", "negated"]
MODALITIES: tuple[Modality, ...] = ("reported", "forecast", "target", "possible", "negated")
Statistic = Literal["annual_average", "per_capita", "average", "cumulative", "maximum", "minimum", "median"]
STATISTICS: tuple[Statistic, ...] = (
    "annual_average",
    "per_capita",
    "average",
    "cumulative",
    "maximum",
    "minimum",
    "median",
)
TIME_KINDS: frozenset[str] = frozenset({"year", "date"})


TOO_SLOW = "too_slow"
OUT_OF_MEMORY = "out_of_memory"
WORKER_DIED = "worker_died"
TOO_LONG = "too_many_characters"
TOO_MANY = "too_many_numbers"
CHANCE: frozenset[str] = frozenset({TOO_SLOW, OUT_OF_MEMORY, WORKER_DIED})
"""Reasons that the machine decides and not the document: a run that has one is not reproducible."""


class Reject(NamedTuple):
    """Something that was not accepted: what, where, and why."""

    source: str
    doc_id: str | None
    stage: str
    line_start: int | None
    surface: str | None
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class When:
    """A time as written: years and finer parts, before it is resolved against a reference date.

    `first` and `last` are (year, month, day) with None where not said; `year` may be relative.
    """

    first: tuple[int | None, int | None, int | None]
    last: tuple[int | None, int | None, int | None]
    relative: int | None = None
    """Years from the reference year: 0 for 今年, -1 for 去年; None where a year is stated or missing."""
    relative_end: int | None = None
    """The same for the end of a span: 去年9月至今年5月."""
    month_relative: int | None = None
    """Months from the reference month: 0 for 本月, -1 for 上月."""
    decade: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric expression in a block: span, kind and value as written.

    `start`, `end` index the block's text; exactly one of `value`, (`low`, `high`) and `when` is filled,
    or none for a vague number.
    """

    start: int
    end: int
    kind: Kind
    rule: str
    unit: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    per_unit: str | None = None
    bound: Bound = "="
    when: When | None = None
    ratio: Decimal | None = None
    ucum: str | None = None
    shared: str | None = None
    """Scale and unit that stand elsewhere, in a list, a range or a table's header: 万元 for the 3 in 3、5万元."""


class Mention(NamedTuple):
    """An entity named in a block: span in the block's text, the name it stands for, and its type."""

    start: int
    end: int
    name: str
    type: str
    iso: str | None = None
    pronoun: bool = False
    """True for 该公司 and 其: `name` is then the entity's name, not the words that stand there."""


class Link(NamedTuple):
    """What linking found for one number; places are (block number, start, end) in that block's text."""

    entity: Mention | None = None
    """The subject's entity; its span counts nothing here, `subject_at` has the place of the words."""
    subject_at: tuple[int, int, int] | None = None
    attribute_at: tuple[int, int, int] | None = None
    change: Literal["up", "down"] | None = None
    comparison: Literal["above", "below"] | None = None
    basis: str | None = None
    basis_at: tuple[int, int, int] | None = None
    """Where its words stand, which the document may write otherwise: 佔全國; None of a code and in tables."""
    when: str | None = None
    date_start: date | None = None
    date_end: date | None = None
    date_from: Literal["stated", "context", "published"] | None = None
    period_start: date | None = None
    period_end: date | None = None
    period_from: Literal["stated", "context", "published"] | None = None
    link_rule: str | None = None
    link_score: float | None = None
    """Probability that subject and property are right, in hundredths; None for cells of tables."""
    modality: Modality = "reported"
    statistic: Statistic | None = None
    reference: date | None = None
    """First day of the year or month from which a time without a year of its own counts."""
    source_at: tuple[int, int, int] | None = None
    """The words that say who says so."""


class Fact(NamedTuple):
    """One numeric claim: the columns of facts.parquet, and `start`, `end` in characters of the text.

    Source of the names: MeasEval (quantity, measured property, measured entity), ISO 4217 for `currency`,
    ISO 8601-2 (EDTF) for `when`, UCUM for `unit_ucum`.
    """

    fact_id: str
    doc_id: str
    source: str
    line_start: int
    line_end: int
    col_start: int
    col_end: int
    byte_start: int
    byte_end: int
    surface: str
    quote: str
    kind: Kind
    value: float | None
    low: float | None
    high: float | None
    exact: Decimal | None
    ratio: float | None
    unit: str
    unit_ucum: str | None
    currency: str | None
    per_unit: str | None
    bound: Bound
    change: Literal["up", "down"] | None
    delta: float | None
    comparison: Literal["above", "below"] | None
    basis: str | None
    when: str | None
    date_start: date | None
    date_end: date | None
    date_from: Literal["stated", "context", "published"] | None
    subject: str | None
    subject_id: str | None
    attribute: str | None
    subject_line: int | None
    attribute_line: int | None
    subject_byte_start: int | None
    subject_byte_end: int | None
    attribute_byte_start: int | None
    attribute_byte_end: int | None
    period_start: date | None
    period_end: date | None
    period_from: Literal["stated", "context", "published"] | None
    rule: str
    link_rule: str | None
    start: int
    end: int
    page: int | None = None
    article: int = 1
    heading: str | None = None
    modality: Modality = "reported"
    statistic: Statistic | None = None
    attributed_to: str | None = None
    attributed_line: int | None = None
    link_score: float | None = None
    origin_start: int | None = None
    origin_end: int | None = None
    shared: str | None = None
    reference: date | None = None

    def _repr_html_(self) -> str:
        """What a notebook shows: the fact in one line, its sentence, and how it was read."""
        from zhfacts.cards import fact_card

        return fact_card(self._asdict())


class EntityMention(NamedTuple):
    """An entity mention with its place in the document: a row of mentions.parquet."""

    entity_id: str
    doc_id: str
    source: str
    line_start: int
    line_end: int
    col_start: int
    col_end: int
    byte_start: int
    byte_end: int
    surface: str


class Entity(NamedTuple):
    """An entity of one or more documents: a row of entities.parquet, its counts left to the tables."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...]
    iso: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """All that one document gives: what an engine passes on to the tables.

    `document` is None where the whole file was rejected; `rejects` then says why.
    """

    source: str
    document: Document | None
    facts: tuple[Fact, ...] = ()
    entities: tuple[Entity, ...] = ()
    mentions: tuple[EntityMention, ...] = ()
    rejects: tuple[Reject, ...] = ()
