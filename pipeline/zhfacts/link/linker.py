"""Numbers of a document to links: subject, property, change, basis and time, block by block in order of reading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from zhfacts.documents import Block
from zhfacts.link.against import Against, Base, is_relative
from zhfacts.link.attributes import attributes
from zhfacts.link.bases import bases
from zhfacts.link.candidates import holders
from zhfacts.link.change import Change, changes
from zhfacts.link.dates import Clock, Period, Resolved
from zhfacts.link.lists import Pairs, groups, paired, shared, subject_of
from zhfacts.link.memory import Memory, Place, standings
from zhfacts.link.mentions import mentions
from zhfacts.link.parse import OF
from zhfacts.link.periods import Claim, Told, periods, times
from zhfacts.link.properties import Asked, properties
from zhfacts.link.ranker import WHOLE, basis_ranker, calibration, period_ranker, property_ranker, subject_ranker
from zhfacts.link.sentence import Sentence, bracket_owner, clause_of, converts
from zhfacts.link.statements import Statement, statements
from zhfacts.link.subjects import Topic
from zhfacts.records import TIME_KINDS, Link, Mention, Number

Span = tuple[int, int]
RATES = frozenset({"percent", "percentage_point"})
CARRYING = frozenset({"percent", "money", "percentage_point"})
"""Kinds whose property is remembered for sentences that name none."""

PLAIN = 9 * WHOLE // 10
"""How sure lists and brackets are, which are paired by their form."""
SHORTEST = 2
"""Characters of the shortest property."""
SHORT_ARTICLE = 4
"""Paragraphs of a news item."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Links and mentions of a document, one list for each block, and the short names it introduces."""

    links: list[list[Link]]
    mentions: list[list[Mention]]
    aliases: dict[str, Mention]


class Member(NamedTuple):
    """A number, the list it stands in, what the list is paired with, and what kind of statement it stands in."""

    number: Number
    group: list[Number]
    parallel: Pairs | None
    statement: Statement


class Common(NamedTuple):
    """What the numbers of a list have in common: their clause, whose they are and of what, the change, the basis."""

    clause: int
    topic: Topic | None
    sure: int
    last: Topic | None
    """Whom the number before the list was about."""
    said: Place | None
    surely: int
    before: Place | None
    """The property of the number before the list."""
    change: Change
    basis_at: Place | None


def link(blocks: list[Block], found: list[list[Number]], spans: list[list[Span]], clock: Clock) -> Linked:
    """Links for all numbers of a document; `found` and `spans` are the numbers and sentences of each block."""
    lexical, aliases = mentions().find([block.text for block in blocks])
    standing, memory = standings(blocks, lexical), Memory(clock)
    links: list[list[Link]] = []
    named: list[list[Mention]] = []
    for b, block in enumerate(blocks):
        if block.article != memory.article:
            memory = Memory(clock, standing[block.article], block.article)
        names = [memory.resolved(m) for m in lexical[b]]
        named.append(names)
        clock.turn_page()
        block_links: list[Link] = []
        for sentence in _sentences(b, block.text, names, found[b], spans[b]):
            block_links += _sentence(sentence, memory)
            memory.close(sentence, block.role)
        links.append(block_links)
    return Linked(links, named, aliases)


def _sentences(b: int, text: str, names: list[Mention], found: list[Number], spans: list[Span]) -> Iterator[Sentence]:
    known = [m for m in names if not m.type.startswith("pronoun:")]
    name_starts, number_starts = [m.start for m in known], [n.start for n in found]
    name = number = 0
    for start, end in spans:
        names_end, numbers_end = bisect_left(name_starts, end, name), bisect_left(number_starts, end, number)
        yield Sentence(b, text, start, end, known[name:names_end], found[number:numbers_end])
        name, number = names_end, numbers_end


def _sentence(s: Sentence, memory: Memory) -> list[Link]:
    """The links of a sentence's numbers, in order."""
    memory.open(s)
    memory.times, resolved = times(s, memory.clock)
    links: list[Link] = []
    if not s.numbers:
        return links
    last: Pairs | None = None
    said = iter(statements().of(s.text, s.block, s.start, s.numbers))
    for group in groups(s.text, s.numbers):
        parallel = paired(s, group, last)
        last, common = parallel or last, None
        for number, statement in zip(group, said, strict=False):
            if number.kind in TIME_KINDS:
                links.append(_time(s, number, resolved[number.start], memory, statement))
            elif links and converts(s, number):
                links.append(links[-1]._replace(**statement._asdict()))
            else:
                common = common or _common(s, group[0], memory)
                links.append(_claim(s, Member(number, group, parallel, statement), common, memory))
    return links


def _time(s: Sentence, number: Number, resolved: Resolved, memory: Memory, statement: Statement) -> Link:
    """A year or date with whom and what happened then."""
    topic, sure = _holder(s, number, memory)
    near = topic.place[1:] if topic and topic.place[0] == s.block else None
    event = attributes().event(s.text, number.end, s.end, near)
    return Link(
        entity=topic.mention if topic else None,
        subject_at=topic.place if topic else None,
        attribute_at=(s.block, *event) if event else None,
        when=resolved.when, date_start=resolved.start, date_end=resolved.end, date_from=resolved.source,
        reference=resolved.reference,
        link_rule=topic.rule if topic else None, link_score=calibration().score(sure),
        modality=statement.modality, statistic=statement.statistic, source_at=statement.source_at,
    )  # fmt: skip


def _common(s: Sentence, first: Number, memory: Memory) -> Common:
    """What is said of all numbers of a list, as its first has it."""
    clause = clause_of(s, first.start)
    change = changes().of(s.text, first, clause, s.start)
    last, (topic, sure) = memory.last, _holder(s, first, memory)
    if owner := bracket_owner(s, first, clause):
        topic, sure = Topic(owner, (s.block, owner.start, owner.end), 0.0, "bracket"), PLAIN
    before = memory.property
    said, surely = _property(s, Asked(first, clause, topic, change, tuple(_before(s, first, memory))), memory)
    change = _changed(s, first, change, said, clause)
    amount = before if before and before[0] == s.block else None
    whose = topic.place if topic else None
    against = Against(s, memory.parsed, first, clause, change, said, whose, amount, memory.basis, memory.sentence)
    basis = _basis(s, against, memory)
    change = change._replace(basis=basis.said if basis else None)
    return Common(clause, topic, sure, last, said, surely, before, change, basis.place if basis else None)


def _changed(s: Sentence, number: Number, change: Change, said: Place | None, clause: int) -> Change:
    """The change of a number that may be named by its property alone: 新增贷款402亿元, 增长率5%."""
    if number.value is not None and number.value < 0 and change.change == "up":
        return change._replace(change="down")
    if not said or said[0] != s.block or change.change is not None or change.comparison is not None:
        return change
    words = s.text[changes().opened(s.text, said[1]) : said[2]]
    return change._replace(change=changes().of_property(words, s.text[clause : number.start], number))


def _claim(s: Sentence, member: Member, common: Common, memory: Memory) -> Link:
    """A number that states something: whose, of what, which way, against what, when."""
    number, group, parallel, statement = member
    topic, sure, said, surely, change = common.topic, common.sure, common.said, common.surely, common.change
    if number is not group[0]:
        change = _changed(s, number, change, said, common.clause)
    if parallel is not None:
        mention = subject_of(s, parallel.items[group.index(number)])
        topic, sure = Topic(mention, (s.block, mention.start, mention.end), 0.0, "each"), PLAIN
        if not parallel.again:
            said = shared(s, parallel.items, said)
        before = common.before
        said = said or (before if before and before[0] == s.block else None)
    last = common.last
    goes_on = topic is None or (last is not None and last.mention.name == topic.mention.name)
    short, place = memory.standing.paragraphs <= SHORT_ARTICLE, (group.index(number), len(group))
    claim = Claim(number, change, memory.sentence + 1, memory.period, goes_on, short, place, memory.lead)
    period = _period(s, claim, memory)
    return Link(
        entity=topic.mention if topic else None, subject_at=topic.place if topic else None,
        attribute_at=_without_holder(s, said, topic),
        change=change.change, comparison=change.comparison, basis=change.basis, basis_at=common.basis_at,
        period_start=period.start, period_end=period.end, period_from=period.source,
        link_rule=topic.rule if topic else None, link_score=calibration().score(sure, surely),
        modality=statement.modality, statistic=statement.statistic, source_at=statement.source_at,
    )  # fmt: skip


def _without_holder(s: Sentence, said: Place | None, topic: Topic | None) -> Place | None:
    """The words of a property without its subject, where they begin with it: 远岚集团|营业收入."""
    if not said or not topic or said[0] != s.block or said[:2] != topic.place[:2]:
        return said
    end = topic.place[2]
    end += s.text.startswith(OF, end)
    return (s.block, end, said[2]) if said[2] - end >= SHORTEST else said


def _holder(s: Sentence, number: Number, memory: Memory) -> tuple[Topic | None, int]:
    """Whom the number is about by the ranker, and how sure it is."""
    found = holders(s, memory.parsed, memory.spots, number, memory.carried())
    choice = subject_ranker().choose(found, number, s.block)
    memory.last = choice.best.topic or memory.last
    return choice.best.topic, choice.share


def _property(s: Sentence, asked: Asked, memory: Memory) -> tuple[Place | None, int]:
    """What the number measures by the ranker, and how sure it is; remembered for the numbers behind it."""
    choice, kind = (
        property_ranker().choose(properties(s, memory.parsed, asked), asked.number, s.block),
        asked.number.kind,
    )
    best = choice.best
    if best.span is None:
        return None, choice.share
    place = (best.block, *best.span)
    memory.properties[kind] = place
    if kind != "ordinal":
        memory.properties["any"] = place
    if kind not in RATES:
        memory.properties["level"] = place
    if kind in CARRYING:
        memory.property = place
    return place, choice.share


def _basis(s: Sentence, asked: Against, memory: Memory) -> Base | None:
    """What the number is taken against by the ranker; remembered for the numbers behind it."""
    if not is_relative(asked.number, asked.change):
        return None
    best = basis_ranker().choose(bases(asked), asked.number, s.block).best
    if not best.said:
        return None
    memory.basis = Base(best.said, memory.sentence, best.place)
    return memory.basis


def _before(s: Sentence, number: Number, memory: Memory) -> Iterator[tuple[str, Place]]:
    """Properties named before in the sentence, and the last of the article."""
    for how, key in (("kind", number.kind), ("level", "level"), ("any", "any")):
        if key in memory.properties:
            yield f"last.{how}", memory.properties[key]
    if memory.property:
        yield "last.memory" if memory.property[0] == s.block else "last.block", memory.property


def _period(s: Sentence, claim: Claim, memory: Memory) -> Period:
    """The time for which the claim holds, by the ranker."""
    found = periods(s, memory.parsed, memory.times, memory.told, claim)
    period = period_ranker().choose(found, claim.number, s.block).best.period
    memory.period = Told(period, claim.sentence, s.block)
    return period
