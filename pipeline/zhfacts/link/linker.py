"""Numbers of a document to links: subject, property, change, basis and time, block by block in order of reading."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhfacts.documents import Block
from zhfacts.link.attributes import attributes
from zhfacts.link.change import changes
from zhfacts.link.context import context
from zhfacts.link.dates import Clock, Period
from zhfacts.link.lists import EACH, groups, items, run_of_mentions
from zhfacts.link.mentions import mentions
from zhfacts.link.phrases import phrases
from zhfacts.link.sentence import Sentence, actor, bracket_owner, clause_of, converts, is_base, opening_phrase
from zhfacts.link.statements import statements
from zhfacts.link.subjects import Topic, subjects
from zhfacts.records import TIME_KINDS, Link, Mention, Number

Span = tuple[int, int]
RATES = frozenset({"percent", "percentage_point"})
COUNTS = frozenset({"measure", "kinds", "counted-noun", "amount"})
"""Rules of counts: what is counted stands behind the number (35个工业园)."""
CORE_BEHIND = frozenset({"percent", "money", "percentage_point"})
"""Kinds whose property may stand behind the number: 3%的手续费."""
LONG_ITEM = 1.3
"""A last item longer than the others by this holds the property of all: 甲、乙和丙实际使用外资."""
SHORT_ARTICLE = 4
"""Paragraphs of a news item, through which the time said at its beginning holds."""


@dataclass(slots=True)
class Memory:
    """What is carried from sentence to sentence of an article."""

    clock: Clock
    article: int = -1
    topic: Topic | None = None
    property: tuple[int, int, int] | None = None
    """(block, start, end) of the property last measured, for numbers whose sentence names none."""
    organisation: Mention | None = None
    country: Mention | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """Links and mentions of a document, one list for each block, and the short names it introduces."""

    links: list[list[Link]]
    mentions: list[list[Mention]]
    aliases: dict[str, Mention]


def link(blocks: list[Block], found: list[list[Number]], spans: list[list[Span]], clock: Clock) -> Linked:
    """Links for all numbers of a document; `found` and `spans` are the numbers and sentences of each block."""
    memory = Memory(clock)
    seen, sizes = -1, Counter(block.article for block in blocks if block.role == "body")
    lexical, aliases = mentions().find([block.text for block in blocks])
    links: list[list[Link]] = []
    named: list[list[Mention]] = []
    for b, block in enumerate(blocks):
        if block.article != memory.article:
            memory = Memory(clock, block.article)
        names = [_resolved(m, memory) for m in lexical[b]]
        named.append(names)
        clock.turn_page()
        if block.article != seen or sizes[block.article] > SHORT_ARTICLE:
            carried: list[tuple[int, Period]] = []
        seen = block.article
        block_links: list[Link] = []
        for sentence in _sentences(b, block.text, names, found[b], spans[b]):
            told = _sentence(sentence, memory, carried)
            block_links += statements().told(block.text, b, sentence.start, sentence.numbers, told)
        links.append(block_links)
    return Linked(links, named, aliases)


def _sentences(b: int, text: str, names: list[Mention], found: list[Number], spans: list[Span]) -> Iterator[Sentence]:
    name_starts, number_starts = [m.start for m in names], [n.start for n in found]
    for start, end in spans:
        inside = names[bisect_left(name_starts, start) : bisect_left(name_starts, end)]
        numbers = found[bisect_left(number_starts, start) : bisect_left(number_starts, end)]
        resolved = [m for m in inside if not m.type.startswith("pronoun:")]
        yield Sentence(b, text, start, end, resolved, numbers, [])


def _resolved(mention: Mention, memory: Memory) -> Mention:
    """A mention with its pronoun resolved to the nearest entity of the article that fits."""
    if mention.type in ("organisation",):
        memory.organisation = mention
    elif mention.type in ("country", "region"):
        memory.country = mention
    if not mention.type.startswith("pronoun:"):
        return mention
    wanted = mention.type.removeprefix("pronoun:")
    other = memory.organisation if wanted == "organisation" else memory.country if wanted == "country" else None
    if other is None:
        return replace(mention, type="pronoun:")
    return Mention(mention.start, mention.end, other.name, other.type, other.iso, pronoun=True)


def _sentence(s: Sentence, memory: Memory, carried: list[tuple[int, Period]]) -> list[Link]:
    clock = memory.clock
    spoken = context().spoken(s.text, s.start, s.end, clock)
    s.times = [*carried[-1:], *spoken]
    links: list[Link] = []
    for group in groups(s.text, s.numbers):
        listed = _list(s, group)
        for number in group:
            while spoken and spoken[0][0] < number.start:
                clock.hear(spoken.pop(0)[1].start)
            if number.kind in TIME_KINDS:
                links.append(_time(s, number, clock))
            elif links and converts(s, number):
                links.append(links[-1])
            else:
                links.append(_claim(s, number, group, listed, memory))
    clock.end_sentence()
    s.times.sort(key=lambda t: t[0])
    if s.times:
        carried.append((-1, replace(s.times[-1][1], source="context")))
    lead = subjects().best(s.text, s.block, subjects().topical(s.text, s.start, s.mentions), s.start, s.end)
    if lead and lead.mention.type in subjects().named_types:
        memory.topic = lead
    return links


def _list(s: Sentence, group: list[Number]) -> list[Span] | None:
    """The items that a list of numbers is paired with: those of 分别, else a run of as many mentions before it."""
    if len(group) < 2:
        return None
    clause = clause_of(s, group[0].start)
    if found := items(s.text, clause, group):
        return found
    floor = s.start if EACH in s.text[clause : group[0].start] else clause
    run = run_of_mentions(s.text, s.mentions, len(group), floor, group[0].start)
    return [(m.start, m.end) for m in run] if run else None


def _time(s: Sentence, number: Number, clock: Clock) -> Link:
    """A year or date: resolved, remembered for what follows, with the event behind it."""
    assert number.when is not None  # noqa: S101  # numbers of these kinds always have one
    resolved = clock.resolve(number.when, context().is_ahead(s.text, clause_of(s, number.start), number.start))
    if not context().is_base(s.text, number.start) and not context().opens(s.text, number.start) and resolved.start:
        s.times.append(
            (
                number.start,
                Period(resolved.start, resolved.end, "stated" if resolved.source == "stated" else resolved.source),
            )
        )
    topic = subjects().best(s.text, s.block, s.mentions, clause_of(s, number.start), s.end) or actor(s, number)
    event = attributes().event(
        s.text, number.end, s.end, topic.place[1:] if topic and topic.place[0] == s.block else None
    )
    return Link(
        entity=topic.mention if topic else None,
        subject_at=topic.place if topic else None,
        attribute_at=(s.block, *event) if event else None,
        when=resolved.when, date_start=resolved.start, date_end=resolved.end, date_from=resolved.source,
        link_rule=topic.rule if topic else None,
    )  # fmt: skip


def _claim(s: Sentence, number: Number, group: list[Number], listed: list[Span] | None, memory: Memory) -> Link:
    """A number that states something: whose, of what, which way, against what, when."""
    first = group[0]
    clause = clause_of(s, first.start)
    change = changes().of(s.text, first, clause, s.start)
    if number is not first and number.value is not None and number.value < 0 and change.change == "up":
        change = replace(change, change="down")
    candidates = [m for m in s.mentions if not (number.kind == "multiple" and is_base(s, m, number))]
    topic = subjects().best(s.text, s.block, candidates, clause, first.start)
    if topic is None:
        topic = opening_phrase(s, clause, first, topic) or topic
    rule = topic.rule if topic else None
    subject_at: tuple[int, int, int] | None = topic.place if topic else None
    if topic is None and memory.topic is not None:
        topic, subject_at, rule = memory.topic, memory.topic.place, "carried"
    if owner := bracket_owner(s, number, clause):
        topic = Topic(owner, (s.block, owner.start, owner.end), 0.0, "bracket")
        subject_at, rule = topic.place, topic.rule
    before = memory.property
    prop = _property(s, first, clause, topic, memory)
    if prop and change.change is None and change.comparison is None:
        change = replace(
            change, change=changes().of_property(s.text[slice(*prop)], s.text[clause : number.start], number)
        )
    entity = topic.mention if topic else None
    if listed is not None:
        entity, prop = _listed(s, listed[group.index(number)]), _shared(s, listed, prop)
        if prop is None and before and before[0] == s.block:
            prop = before[1:]
        subject_at, rule = (s.block, entity.start, entity.end), "each"
    latest = context().latest(s.text, number, memory.clock)
    if latest:
        s.times.append((number.start, latest))
    period = latest or _period(s, number.start)
    return Link(
        entity=entity, subject_at=subject_at,
        attribute_at=(s.block, *prop) if prop else None, change=change.change, comparison=change.comparison,
        basis=change.basis, period_start=period.start, period_end=period.end, period_from=period.source, link_rule=rule,
    )  # fmt: skip


def _property(s: Sentence, number: Number, clause: int, topic: Topic | None, memory: Memory) -> Span | None:
    """The property in the clause's words, else a rate named before (增长率最高，为…), else that of a number before."""
    earlier = [n.end for n in s.numbers if n.end <= number.start]
    floor = max([clause, *(end for end in earlier if end > clause)])
    if topic and topic.place[0] == s.block and floor <= topic.place[1] and topic.place[2] <= number.start:
        floor = topic.place[2]
    if number.rule in COUNTS and (counted := attributes().behind(s.text, number.end, _next(s, number))):
        s.properties[number.kind] = counted
        return counted
    own = _beside(s, number, floor)
    if own is None and number.kind in RATES:
        own = changes().rate_named(s.text, max([s.start, *earlier]), clause)
    if own is None:
        last = s.properties.get("any")
        own = last if number.kind in RATES else s.properties.get(number.kind) or s.properties.get("level")
        if own is None and last and not changes().is_rate(s.text[slice(*last)]):
            own = last
    if own is None and memory.property and memory.property[0] == s.block and number.kind in CORE_BEHIND:
        return memory.property[1:]
    if own is None and number.kind in CORE_BEHIND:
        own = attributes().behind(s.text, number.end, _next(s, number)) or attributes().done(
            s.text, floor, number.start
        )
    if own is not None:
        s.properties[number.kind] = own
        if number.kind != "ordinal":
            s.properties["any"] = own
        if number.kind not in RATES:
            s.properties["level"] = own
        if number.kind in CORE_BEHIND:
            memory.property = (s.block, *own)
    return own


def _next(s: Sentence, number: Number) -> int:
    """Where the next number of the sentence begins, or its end."""
    return min((n.start for n in s.numbers if n.start >= number.end), default=s.end)


def _beside(s: Sentence, number: Number, floor: int) -> Span | None:
    """The property between `floor` and the number, or what 的 or a deal hangs on it; a multiple's base is none."""
    own = attributes().between(s.text, floor, number.start)
    if own and number.kind == "multiple" and any(is_base(s, m, number) and m.start < own[1] for m in s.mentions):
        return None
    if number.kind not in CORE_BEHIND or (own and phrases().is_property(s.text[slice(*own)])):
        return own
    return attributes().owned(s.text, number.end) or attributes().deal(s.text, number.start, number.end) or own


def _listed(s: Sentence, item: Span) -> Mention:
    """The subject of one number of a list: the mention that the item begins with, else the item's words."""
    start, end = item
    within = [m for m in s.mentions if start <= m.start and m.end <= end]
    if within and within[0].start == start:
        return within[0]
    trimmed = attributes().trim(s.text, start, end)
    start, end = trimmed if trimmed[1] > trimmed[0] else (start, end)
    of = s.text.find("的", start + 1, end)
    if of > 0 and phrases().is_property(s.text[of + 1 : end]):
        end = of
    return Mention(start, end, s.text[start:end], "other")


def _shared(s: Sentence, listed: list[Span], prop: Span | None) -> Span | None:
    """The property of all numbers of a list: what its last item holds behind its name, else what stands outside it."""
    start, end = listed[-1]
    last = next((m for m in s.mentions if m.start == start and m.end <= end), None)
    if last:
        rest = attributes().trim(s.text, last.end, end)
        if rest[1] - rest[0] >= 2:
            return rest
    others = [b - a for a, b in listed[:-1]]
    inside = prop is not None and listed[0][0] <= prop[0] < end
    return None if inside and end - start <= LONG_ITEM * sum(others) / len(others) else prop


def _period(s: Sentence, at: int) -> Period:
    """The time said last before the number in its sentence, else the first behind it, else the one carried over."""
    before = [p for start, p in s.times if start < at]
    if before:
        return before[-1]
    return Period()
