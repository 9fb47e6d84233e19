"""Change, comparison and basis of a number, from the words beside it. 同比增长8.7% -> up, yoy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon
from zhfacts.records import Number


@dataclass(frozen=True, slots=True)
class Word:
    """Words and what they say of the number beside them."""

    name: str
    words: tuple[str, ...]
    change: str = ""
    comparison: str = ""
    basis: str = ""
    kinds: tuple[str, ...] = ()
    """Kinds of number that the words speak of; all where empty."""


class Change(NamedTuple):
    """What the words beside a number make of it."""

    change: Literal["up", "down"] | None = None
    comparison: Literal["above", "below"] | None = None
    basis: str | None = None


LEVEL = regex.compile(r"[降升增减涨跌落高加低滑调收放缩][至到](?:了|约|近|只有)?$")
APART = regex.compile(r"[与同和较](?<than>[^，。；]{1,16}?)(?:相比|比较|比起来)，")
"""What all of a sentence is held against: 与河湾相比，油耗低了1升."""
CLAUSE = frozenset("，。；：！？,;!?\n")
SAYS = {"up": "above", "down": "below"}
BACK = {"above": "up", "below": "down"}
HEDGED = r"(?:了|约|近|逾|超过?|不到|不足|至少|将近|分别|整整|足足)*$"
"""What may stand between a word and the number behind it."""
DIFFERENCE = (
    r"(?:(?:(?<![占同环对])比(?![重例值率])|较)(?<than>[^，。；]{{1,16}}?)(?:相比|分别|均|都|还|要)*"
    r"|(?:与|和|同(?!比))(?<than>[^，。；]{{1,16}}?)(?:相比|还|仅|只|相(?=差)|(?=[差落领]))+)"
    r"(?<word>{words}){hedged}"
)
THAN = r"(?<word>{words})(?<than>[^，。；\d%]{{1,16}}?){hedged}"
OBJECT = r"(?<word>{words})(?!了)(?<object>\p{{Han}}{{1,{most}}}?){hedged}"
NO_OBJECT = regex.compile(r"^[值额率税价]|[较至到为达占超低高由从自有]|比(?![重例值率])|[后前的时里中]$")
"""What makes the words between a verb and a number more than the verb's object."""
N = r"[\d一二三四五六七八九十两半几]{1,4}"
YEAR = r"(?:\d{4}|[一二][〇零一二三四五六七八九]{3})年"
AGO = rf"{N}个?(?:多|半)?(?:年|月|周|季度|天|日|小时|星期)(?:多|半)?(?:之|以)?前|{YEAR}"
SELF = regex.compile(r"[长持续连]{1,2}$")
"""Words before a verb that make a duration the time it went on: 连跌41个月."""
REACH = 60
"""Characters before a number within which a difference or a verb with its object is looked for."""
STEP = regex.compile("基点|百分点|pp|bp")
"""Units in which nearly all that is stated with a verb is the size of a change."""
COMPARABLE = frozenset({"percent", "percentage_point", "money", "quantity", "duration", "multiple", "fraction"})


class Changes:
    """Reads change and basis from the text before and behind a number."""

    def __init__(self) -> None:
        self.verbs = Lexicon(self._words("verb", "change"))
        self.nouns = Lexicon(self._words("noun", "change"))
        self.fillers = Lexicon(self._words("between", "name"))
        self.levels = Lexicon(self._words("level", "name"))
        self._compile()
        behind = "|".join(self._words("behind", "change"))
        self.behind = regex.compile(
            rf"(?:以上|左右|以内|以下|多)?(?:的(?:\p{{Han}}{{0,3}})(?:{behind})|的速度在?(?:{behind})|\p{{Han}}幅)"
        )
        self.amounts = frozenset(w for r in knowledge.rows("link/change", "amount", Word) for w in r.words)
        self.rate = regex.compile("|".join(sorted(self.nouns.entries, key=len, reverse=True)))
        self.openings = self._words("opening", "change")
        self.opens = Lexicon(self.openings)
        self.opening = regex.compile(rf"(?<word>{'|'.join(self.openings)})(?![值到至了为])\p{{Han}}{{1,8}}$")
        self.behind_words = self._words("behind", "change")
        self.codes = self._words("basis", "basis")
        """What stands for the year or the month before: 上年同期."""
        self.cues = frozenset(self._words("against", "name"))
        """Words before what a number is taken against: 比, 较."""
        self.alone = self._words("spoken", "basis")
        compared = _either(self._words("compared", "name"))
        self.code = regex.compile(
            rf"(?r)(?<alone>{_either(self.alone)})|(?:{compared})(?<word>{_either(self.codes)})"
            rf"(?![末底初中第\d一二三四五六七八九十日])"
        )

    def _compile(self) -> None:
        """Patterns of differences, and of changes whose words stand off their number."""
        self.differences = self._words("difference", "comparison")
        self.than = self._words("than", "comparison")
        self.bare = self._words("bare", "change")
        spoken = {w.removesuffix("了"): SAYS[change] for w, change in self.bare.items()}
        self.differences = {**spoken, **self.differences}
        self.difference = regex.compile(DIFFERENCE.format(words=_either(self.differences), hedged=HEDGED))
        self.other = regex.compile(THAN.format(words=_either(self.than), hedged=HEDGED))
        self.ending = regex.compile(
            rf"(?<![至最不很许大更太差]|在[^，。；]{{1,12}}上)(?<word>{_either(self.bare)}){HEDGED}"
        )
        self.against_self = regex.compile(rf"[同环]比[^，。；：\d]{{0,8}}?(?<word>{_either(self.differences)}){HEDGED}")
        past = _either(self._words("past", "name"))
        self.past = regex.compile(
            rf"(?:{AGO}|{past})(?:[^的]{{0,4}}|[^的]{{0,3}}的?\d.*|.*(?:{AGO}|{past}|水平|时)[初末底]?)|.*(?:{past})"
        )
        rates = _either({w: "" for w in self.nouns.entries if w[-1] in "速幅率度"})
        self.rate_to = regex.compile(rf"(?<word>{rates})\p{{Han}}{{0,8}}[至到]{HEDGED}")
        self.object = regex.compile(
            OBJECT.format(words=_either(self._words("transitive", "change")), most=8, hedged=HEDGED)
        )
        long = [w for w in self.verbs.entries if len(w) > 1 and self.verbs[w]]
        self.step = regex.compile(OBJECT.format(words=_either(dict.fromkeys(long, "")), most=14, hedged=HEDGED))
        self.transitive = {w: r for r in knowledge.rows("link/change", "transitive", Word) for w in r.words}
        self.lasting = frozenset(w for r in knowledge.rows("link/change", "lasting", Word) for w in r.words)

    def of(self, text: str, number: Number, clause_start: int, start: int) -> Change:
        """Change and basis of the number, reading its clause from `clause_start`, its sentence from `start`."""
        before = text[clause_start : number.start]
        change = "up" if number.ratio is not None else self._before(before, number) or self._after(text, number)
        comparison, than = (None, None) if change else self._difference(before, number)
        if comparison is not None and (than is None or self.past.fullmatch(than)):
            change, comparison = BACK[comparison], None
        if change is None and comparison is None and (bare := self._bare(before, number)):
            other = APART.search(text, start, clause_start)
            if other and self.ending.search(before[-REACH:]) and not self.past.fullmatch(other["than"]):
                comparison, than = SAYS[bare], other["than"]
            else:
                change = bare
        if change == "up" and number.value is not None and number.value < 0:
            change = "down"
        return Change(change, comparison)  # type: ignore[arg-type]  # values are checked by test_rules

    def spoken(self, words: str) -> str | None:
        """The code that the words say last, yoy or pop: 同比, 较上年同期."""
        m = self.code.search(words)
        return (self.alone[m["alone"]] if m["alone"] else self.codes[m["word"]]) if m else None

    def _words(self, table: str, field: str) -> dict[str, str]:
        return {w: getattr(r, field) for r in knowledge.rows("link/change", table, Word) for w in r.words}

    def _bare(self, before: str, number: Number) -> str | None:
        """The change that a bare word (少了, 便宜), a rate that moves (增速回落至) or a plus sign says."""
        if number.kind not in COMPARABLE:
            return None
        before = before[-REACH:]
        if m := self.ending.search(before):
            return self.bare[m["word"]]
        if number.kind == "percent" and (m := self.rate_to.search(before)):
            return self.nouns[m["word"]]
        if before.endswith("+") and number.kind in ("percent", "percentage_point"):
            return "up"
        return self._done_to(before, number)

    def _done_to(self, before: str, number: Number) -> str | None:
        """The change that a verb with its object says: 新开影城73家, 下调准备金率0.5个百分点."""
        if (m := self.object.search(before)) and not NO_OBJECT.search(m["object"]):
            row = self.transitive[m["word"]]
            return row.change if not row.kinds or number.kind in row.kinds else None
        if STEP.search(number.unit) and (m := self.step.search(before)) and not NO_OBJECT.search(m["object"]):
            return self.verbs[m["word"]]
        return None

    def _before(self, before: str, number: Number) -> str | None:
        """The change named by the last word before the number, fillers between them skipped."""
        at = len(before)
        level = False
        for _ in range(4):
            verb = self.verbs.ending(before, at)
            noun = self.nouns.ending(before, at)
            if noun and len(noun) >= len(verb):
                return self.nouns[noun]
            if verb and not level:
                lasts = number.kind == "duration" and (verb in self.lasting or SELF.search(before[: at - len(verb)]))
                return None if lasts else self.verbs[verb] or None
            filler = self.fillers.ending(before, at)
            if not filler:
                word = self.levels.ending(before, at)
                if not word:
                    return None
                filler, level = word, True
            level = level or filler in self.levels.entries
            at -= len(filler)
        return None

    def _after(self, text: str, number: Number) -> str | None:
        m = self.behind.match(text, number.end)
        if not m:
            return None
        return next((c for w, c in self.behind_words.items() if m.group().endswith(w)), None)

    def rate_named(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The last rate of change named in [start, end): 论增速，湖南最快 -> 增速."""
        last = None
        for m in self.rate.finditer(text, start, end):
            last = m.span()
        return last

    def is_rate(self, words: str) -> bool:
        """True for a property that is itself a rate of change: 增长率."""
        return self.nouns.ending(words, len(words)) != ""

    def opened(self, text: str, start: int) -> int:
        """Where a property begins with the word of change before it: 净减|存款18亿元."""
        return start - len(self.opens.ending(text, start))

    def of_property(self, words: str, before: str, number: Number) -> Literal["up", "down"] | None:
        """The change that the property names: 增长率 of 5%, 新增贷款 of 4亿元; None for a level (增速降至5%)."""
        if LEVEL.search(before):
            return None
        noun = self.nouns.ending(words, len(words))
        if noun and (number.kind in ("percent", "percentage_point") or noun in self.amounts):
            down = self.nouns[noun] == "down" or (number.value is not None and number.value < 0)
            return "down" if down else "up"
        if number.kind in ("money", "quantity"):
            m = self.opening.search(words)
            return self.openings[m["word"]] if m else None  # type: ignore[return-value]  # checked by test_rules
        return None

    def _difference(self, before: str, number: Number) -> tuple[str | None, str | None]:
        """(comparison, the other thing) of 比乙高4个百分点 and 高于乙4个百分点; no other thing after 同比."""
        if number.kind not in COMPARABLE:
            return None, None
        before = before[-REACH:]
        if m := self.against_self.search(before):
            return self.differences[m["word"]], None
        if m := self.difference.search(before):
            return self.differences[m["word"]], m["than"]
        if m := self.other.search(before):
            return self.than[m["word"]], m["than"]
        return None, None


def _either(words: dict[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


@knowledge.built
def changes() -> Changes:
    """The one instance; rules are frozen once loaded."""
    return Changes()
