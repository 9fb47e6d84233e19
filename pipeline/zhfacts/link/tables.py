"""Cells of tables to links: whose number each is, of what, for which time. 广东 under 出口额（亿元）."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhfacts.documents import Table
from zhfacts.link.bases import of_header
from zhfacts.link.change import Change, changes
from zhfacts.link.dates import Clock, Period
from zhfacts.link.headers import NAMED, PARTS, RATE_KINDS, YEAR, Head, Numbers, entity, headers
from zhfacts.link.mentions import mentions
from zhfacts.records import TIME_KINDS, Link, Mention, Number

Place = tuple[int, int, int]
Claim = tuple[int, Number, Link]
"""A cell's block, its number and the number's link; all places count the table's blocks."""
Subject = tuple[Mention, Place]
RULE = "table"


@dataclass(frozen=True, slots=True)
class Axis:
    """A row's or column's header: what it says, and the entity that it names."""

    block: int
    head: Head
    entity: Mention | None

    @property
    def place(self) -> Place | None:
        """Where its words stand."""
        return (self.block, *self.head.span) if self.head.span else None


class Sheet:
    """One table with its headers read."""

    def __init__(self, table: Table, numbers: Numbers, clock: Clock, aliases: dict[str, Mention]) -> None:
        self.table, self.numbers, self.clock, self.aliases = table, numbers, clock, aliases
        self.texts = [block.text for block in table.blocks]
        self.key = 1 if headers().means("number", self._text(0, 0)) else 0
        self.caption = Axis(0, headers().caption(self.texts[0], numbers, clock), None)
        self.columns = [_column(self._axis(0, c)) for c in range(table.columns)]
        self.unit_column = next((c for c in self._values() if headers().means("unit", self._text(0, c))), None)
        self.units = self._units()
        self.measure = self._measure()
        times = {self._resolved(self.columns[c], None) for c in self._values()}
        self.times = sorted((p for p in times if p.start), key=lambda p: (p.end or p.start, p.start))
        self.rows = [self._axis(r, self.key) for r in range(1, table.rows + 1)]
        self.whole = self._caption_subject()
        self.timed = any(self.columns[c].head.span is None for c in self._values())
        self.properties = self._names_properties()

    def claims(self) -> Iterator[Claim]:
        """The claims of all cells in order; none where the headers are not plain."""
        if not self._is_plain():
            return
        for r, row in enumerate(self.rows, 1):
            for c in self._values():
                if c != self.unit_column and (claim := self._claim(r, c, row)):
                    yield claim

    def named(self) -> list[tuple[int, Mention]]:
        """Entities that rows and columns are named after, with their blocks."""
        return [(axis.block, axis.entity) for axis in [*self.columns, *self.rows] if axis.entity]

    def _text(self, row: int, column: int) -> str:
        return self.texts[self.table.cell(row, column)]

    def _values(self) -> range:
        """The columns that hold values."""
        return range(self.key + 1, self.table.columns)

    def _is_plain(self) -> bool:
        """Whether every column has a name of its own, and every row one that is no number."""
        names = [self._text(0, c) for c in range(self.key, self.table.columns)]
        keys = [self._text(r, self.key) for r in range(1, self.table.rows + 1)]
        numbered = any(key.isdecimal() and not YEAR.fullmatch(key) for key in keys)
        return len(set(names)) == len(names) and not numbered

    def _axis(self, row: int, column: int) -> Axis:
        block = self.table.cell(row, column)
        head = headers().head(self.texts[block], self.numbers, self.clock)
        named = entity(self.texts[block][slice(*head.span)], self.aliases) if head.span else None
        if named and head.span:
            named = named._replace(start=head.span[0], end=head.span[1])
        return Axis(block, head, named)

    def _units(self) -> list[str]:
        """Units for all cells without their own; [] where one of them cannot be read: 亿元、% has two."""
        corner = self.columns[self.key].head
        text = self.texts[1] or self.caption.head.unit or (corner.unit if not corner.span else None) or ""
        found = [text] if self.numbers.kind_of(text) else PARTS.split(text)
        return found if all(map(self.numbers.kind_of, found)) else []

    def _measure(self) -> Axis | None:
        """What columns that name only times or entities are of: the corner with a unit, else the caption."""
        corner = self.columns[self.key]
        if corner.head.span and corner.head.unit:
            return corner
        return self.caption if self.caption.head.span else None

    def _caption_subject(self) -> Subject | None:
        """The one entity that the caption names: 表1 远岚集团经营情况."""
        at = headers().figure(self.texts[0])
        found = [m for m in mentions().find([self.texts[0][at:]])[0][0] if m.type in NAMED]
        return (found[0], (0, at + found[0].start, at + found[0].end)) if len({m.name for m in found}) == 1 else None

    def _claim(self, r: int, c: int, row: Axis) -> Claim | None:
        column, block = self.columns[c], self.table.cell(r, c)
        subject, measure = self._told(row, column)
        said = measure.head.said if measure else ""
        if measure is not column and headers().is_rate(column.head.said):
            said = column.head.said
        number = self.numbers.read(self.texts[block], self._unit(r, row, column, said))
        if number is None or not (measure or subject):
            return None
        attribute = measure.place if measure else None
        if number.kind in TIME_KINDS:
            return block, number, self._time(number, subject, attribute)
        change, period = _change(said, self.texts[block], number), self._period(row, column)
        return block, number, Link(
            entity=subject[0] if subject else None, subject_at=subject[1] if subject else None, attribute_at=attribute,
            change=change.change, comparison=change.comparison, basis=change.basis, period_start=period.start,
            period_end=period.end, period_from=period.source, link_rule=RULE,
        )  # fmt: skip

    def _names_properties(self) -> bool:
        """Whether rows are named after properties: the corner says so, or nothing else tells what times are of."""
        corner = self._text(0, self.key)
        if headers().means("property", corner):
            return True
        nameless = self.columns[self.key].head.span is None
        return nameless and self.timed and (self.measure is None or self.whole is not None)

    def _told(self, row: Axis, column: Axis) -> tuple[Subject | None, Axis | None]:
        """Whose and what a cell is: rows are named after things, columns after properties, or the other way round."""
        measure = self._measured(column)
        named = row.head.span is not None and not headers().means("total", self.texts[row.block])
        if self._is_property(row, column):
            return self._subject(column) if column.entity else self.whole, row
        if column.entity:
            return (None, None) if named else (self._subject(column), measure)
        return self._subject(row) if named else self.whole, measure

    def _measured(self, column: Axis) -> Axis | None:
        """What a column is of: its own header, but for times, things, and the growth between columns of times."""
        growth = self.timed and self.measure is not None and headers().is_change(column.head.said)
        return self.measure if column.head.span is None or column.entity or growth else column

    def _is_property(self, row: Axis, column: Axis) -> bool:
        """Whether a row is named after what is measured: 营业收入 under 项目, 出口额 beside 广东."""
        if row.head.span is None or (row.entity and row.entity.type in NAMED):
            return False
        return column.entity is not None or self.properties

    def _subject(self, axis: Axis) -> Subject | None:
        """The entity of a header, in the header's words where it is none that is known."""
        if axis.place is None:
            return None
        block, start, end = axis.place
        return axis.entity or Mention(start, end, self.texts[block][start:end], "other"), axis.place

    def _unit(self, r: int, row: Axis, column: Axis, said: str) -> str | None:
        """The unit of a cell without its own: the nearest that fits; "" for a count, None where none is plain."""
        if column.head.unit or headers().ends_in("code", said):
            return column.head.unit
        own = self._text(r, self.unit_column) if self.unit_column is not None else row.head.unit or ""
        corner = self.columns[self.key].head.unit if self.measure is self.columns[self.key] else None
        near = [own] if self.numbers.kind_of(own) else [corner] if corner else self.units
        rates = [unit for unit in near if self.numbers.kind_of(unit) in RATE_KINDS]
        levels = [unit for unit in near if unit not in rates]
        if headers().is_rate(said):
            return rates[0] if len(rates) == 1 else None
        if headers().ends_in("counted", said) and all(self.numbers.kind_of(unit) == "money" for unit in levels):
            return ""
        fitting = levels or rates
        return fitting[0] if len(fitting) == 1 else None

    def _period(self, row: Axis, column: Axis) -> Period:
        """The time of a cell: that of its row within that of its column, else the table's: 1月 under 2023年."""
        outer, caption = self._resolved(column, None), self._resolved(self.caption, None)
        inner = self._resolved(row, outer if outer.start else caption._replace(source="context"))
        if inner.start or outer.start:
            return inner if inner.start else outer
        return self._shared_period(headers().is_change(column.head.said))

    def _shared_period(self, change: bool) -> Period:
        """The time of cells whose headers name none: the columns' only one, a change's last one, the caption's."""
        found = self._resolved(self.caption, None)
        if self.times and (change or len(self.times) == 1):
            found = self.times[-1]
        return found._replace(source="context") if found.source == "stated" else found

    def _resolved(self, axis: Axis, outer: Period | None) -> Period:
        if axis.head.when is None:
            return axis.head.period or Period()
        year = outer.start.year if outer and outer.start else None
        found = replace(self.clock, year=year, month=None).resolve(axis.head.when)
        return Period(found.start, found.end, outer.source if outer and year else found.source)

    def _time(self, number: Number, subject: Subject | None, attribute: Place | None) -> Link:
        """A cell that is itself a time: 2007年 under 成立时间."""
        assert number.when is not None  # noqa: S101  # numbers of these kinds always have one
        found = replace(self.clock, year=None, month=None).resolve(number.when)
        return Link(
            entity=subject[0] if subject else None, subject_at=subject[1] if subject else None, attribute_at=attribute,
            when=found.when, date_start=found.start, date_end=found.end, date_from=found.source,
            reference=found.reference, link_rule=RULE,
        )  # fmt: skip


def _column(axis: Axis) -> Axis:
    """A column's header is the name of a thing only where it is surely one: 广东, not 汽车产业."""
    return axis if axis.entity and axis.entity.type in NAMED else replace(axis, entity=None)


def _change(said: str, cell: str, number: Number) -> Change:
    """What a header makes of its cells: 同比增速 of -3.2% is a change down against the year before."""
    at, text = len(said), said + cell
    shifted = replace(number, start=at + number.start, end=at + number.end)
    found = changes().of(text, shifted, 0, 0)
    if headers().ends_in("signed", said):
        found = found._replace(change="down" if (number.value or 0) < 0 else "up")
    elif found.change is None and found.comparison is None:
        found = found._replace(change=changes().of_property(said, "", number))
    return found._replace(basis=of_header(text, shifted, found))
