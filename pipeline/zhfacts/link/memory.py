"""What is carried from sentence to sentence of an article: topic, heading, property, times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhfacts.documents import Block
from zhfacts.link.against import Base
from zhfacts.link.candidates import MOST_TIMES, STANDING, Carried
from zhfacts.link.dates import Clock
from zhfacts.link.parse import NOTHING, Parse, parse
from zhfacts.link.periods import Time, Told
from zhfacts.link.ranker import Pack
from zhfacts.link.sentence import Sentence
from zhfacts.link.spots import Spot, spots
from zhfacts.link.subjects import Topic, subjects
from zhfacts.records import Mention

Place = tuple[int, int, int]
"""(block, start, end) of words in a document's blocks."""


@dataclass(slots=True)
class Standing:
    """How often an article names each entity, the one it names most, and how many paragraphs it has."""

    named: Counter[str] = field(default_factory=Counter)
    main: Topic | None = None
    paragraphs: int = 0
    packs: dict[str, Pack] = field(default_factory=dict)
    """What has been told of whom."""

    def of(self, name: str) -> Pack:
        """Features of how much the article speaks of somebody."""
        if name not in self.packs:
            main = self.main is not None and self.main.mention.name == name
            self.packs[name] = STANDING[main][min(self.named[name], MOST_TIMES)]
        return self.packs[name]


@dataclass(slots=True)
class Memory:
    """What an article has spoken of so far."""

    clock: Clock
    standing: Standing = field(default_factory=Standing)
    article: int = -1
    topic: Topic | None = None
    property: Place | None = None
    """Place of the property last measured, for numbers whose sentence names none."""
    basis: Base | None = None
    """What the number before was taken against."""
    organisation: Mention | None = None
    country: Mention | None = None
    heading: Topic | None = None
    last: Topic | None = None
    """Whom the number before was about."""
    age: int = 0
    """Sentences since the topic was named."""
    sentence: int = 0
    """Sentences read of the article."""
    told: list[Told] = field(default_factory=list)
    """Times said in earlier sentences."""
    lead: Told | None = None
    """The time that the article states first."""
    period: Told | None = None
    """The time of the claim before."""
    parsed: Parse = NOTHING
    spots: list[Spot] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    """The sentence at hand: its words, its names and phrases, its times."""
    properties: dict[str, Place] = field(default_factory=dict)
    """The property last found in it for each kind of number; numbers without words of their own share it."""

    def carried(self) -> Carried:
        """What was spoken of before the sentence at hand."""
        standing = self.standing
        solo = standing.paragraphs <= 1
        return Carried(self.topic, self.heading, self.last, standing.main, standing.of, self.age, solo)

    def open(self, s: Sentence) -> None:
        """Take a sentence to hand."""
        self.properties = {}
        self.spots = []
        if s.numbers:
            names = [(m.start, m.end) for m in s.mentions]
            self.parsed = parse(s.text, s.start, s.end, names, [(n.start, n.end) for n in s.numbers])
            self.spots = spots().of(s, self.parsed)

    def close(self, s: Sentence, role: str) -> None:
        """Remember what the next sentences may need: a new topic, the time said last, a heading."""
        self.clock.end_sentence()
        self.sentence += 1
        if self.times:
            self.told.append(Told(self.times[-1].period, self.sentence, s.block))
            self.lead = self.lead or Told(self.times[0].period, self.sentence, s.block)
        self.age += 1
        if s.mentions:
            known = subjects()
            lead = known.best(s.text, s.block, known.topical(s.text, s.start, s.mentions), s.start, s.end)
            if lead and lead.mention.type in known.named_types:
                self.topic, self.age = lead, 0
        if role == "heading" and s.mentions:
            first = s.mentions[0]
            self.heading = Topic(first, (s.block, first.start, first.end), 0.0, "heading")

    def resolved(self, mention: Mention) -> Mention:
        """A mention with its pronoun resolved to the nearest entity of the article that fits: 该公司, 该国."""
        if mention.type == "organisation":
            self.organisation = mention
        elif mention.type in ("country", "region"):
            self.country = mention
        if not mention.type.startswith("pronoun:"):
            return mention
        wanted = mention.type.removeprefix("pronoun:")
        other = self.organisation if wanted == "organisation" else self.country if wanted == "country" else None
        if other is None:
            return mention._replace(type="pronoun:")
        return Mention(mention.start, mention.end, other.name, other.type, other.iso, pronoun=True)


def standings(blocks: Sequence[Block], lexical: Sequence[Sequence[Mention]]) -> dict[int, Standing]:
    """How each article's entities stand, by the article's number; of two named alike the first is its main one."""
    first: dict[tuple[int, str], Topic] = {}
    known = subjects()
    found = {article: Standing() for article in dict.fromkeys([block.article for block in blocks])}
    for b, (block, names) in enumerate(zip(blocks, lexical, strict=True)):
        for m in names:
            if m.type in known.named_types and m.name not in known.word:
                found[block.article].named[m.name] += 1
                first.setdefault((block.article, m.name), Topic(m, (b, m.start, m.end), 0.0, "main"))
    for block in blocks:
        found[block.article].paragraphs += block.role == "body"
    for article, standing in found.items():
        name, most = max(standing.named.items(), key=lambda item: item[1], default=("", 0))
        standing.main = first[article, name] if most > 1 else None
    return found
