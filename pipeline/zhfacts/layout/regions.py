"""Roles by region: what short lines between two pieces of running text are, by the telling lines among them.

Example: 安全 可靠 above 扫码预约 and 电话：010-55550123 is an advert's slogan and no heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import regex

from zhfacts.documents import Role
from zhfacts.layout.lines import Assigned, Lines
from zhfacts.layout.repeats import RUNNING_HEAD

NEAR = 10
"""Lines (blank ones not counted) around a run of short ones within which telling lines count."""
WEIGHTS = {"advert": 2, "contact": 1, "masthead": 1, "contents": 1}
"""What a telling line weighs: one advert word tells as much as two contact lines."""
TELLING = frozenset({*WEIGHTS, "book"})
ENOUGH = 3
"""Weight that makes a region of short lines more than headings."""
MASTHEAD = 3
"""Telling lines that make a masthead."""
BOOK = 3
"""Lines with an author, a price, a publisher that make the notice of a book."""
WIDE = 3
"""Blank lines that part an advert from what follows."""
NAMES = 2
"""Lines above an address that may name whose it is."""
LONE, LONGEST_LONE, CLOSE = 2, 150, 4
"""Sentences that may stand in an advert, their characters, and the lines below within which its word follows."""
DIGIT = regex.compile(r"\d")
STATEMENT = regex.compile(r"[:：]\s*\D{0,4}\d")
HAN = regex.compile(r"\p{Han}")


@dataclass(slots=True)
class _Page:
    """The lines of a document that are not blank, with what each tells of its region."""

    texts: list[str]
    at: list[int]
    kinds: list[str]
    found: list[Assigned]
    organisation: regex.Pattern[str]

    def blanks(self, k: int) -> int:
        """Blank lines below the k-th line."""
        return self.at[k + 1] - self.at[k] - 1 if k + 1 < len(self.at) else 0

    def weight(self, first: int, last: int) -> int:
        """What the telling lines near the run [first, last) weigh."""
        return sum(WEIGHTS.get(kind, 0) for kind in self.around(first, last))

    def around(self, first: int, last: int) -> list[str]:
        return self.kinds[max(0, first - NEAR) : last + NEAR]

    def states(self, first: int, last: int) -> bool:
        """Whether a short line of a run holds a figure: 预算：500万元 above an address is no slogan."""
        return any(self.kinds[k] == "soft" and DIGIT.search(self.texts[k]) for k in range(first, last))

    def give(self, k: int, role: Role) -> None:
        """Give the k-th line a role; page numbers and running heads give way to an advert only, 员工：80人 never."""
        states = role == "advert" and STATEMENT.search(self.texts[k])
        free = (self.kinds[k] == "soft" and not states) or (
            self.kinds[k] == "any" and role == "advert" and self._touches(k)
        )
        if free:
            self.found[self.at[k]] = Assigned(role, f"{role}-region")

    def _touches(self, k: int) -> bool:
        """Whether a short line stands directly above or below, or the line is words and no number."""
        above = k > 0 and self.kinds[k - 1] == "soft" and not self.blanks(k - 1)
        below = k + 1 < len(self.at) and self.kinds[k + 1] == "soft" and not self.blanks(k)
        return above or below or HAN.search(self.texts[k]) is not None


def mark_regions(
    lines: Lines,
    found: list[Assigned],
    contents: Set[int],
    zones: Mapping[str, str],
    organisation: regex.Pattern[str],
) -> None:
    """Give the short lines of adverts, mastheads and contents pages the role of their region.

    `contents` are the lines of contents pages, `zones` says what the rows of the rules tell.
    """
    if not contents and not any(zones.get(a.rule) in TELLING for a in found):
        return
    at = [i for i, text in enumerate(lines.texts) if text]
    kinds = ["contents" if i in contents else _kind(found[i], lines.says(i), zones) for i in at]
    page = _Page([lines.texts[i] for i in at], at, kinds, found, organisation)
    _end_of_article(page)
    _books(page)
    _lone_paragraphs(page)
    for first, last in _soft_runs(page):
        _fill(page, first, last)


def _kind(assigned: Assigned, running: bool, zones: Mapping[str, str]) -> str:
    if assigned.role == "body":
        return "text" if running else "soft"
    if assigned.role == "byline":
        return "byline"
    return "any" if assigned.rule == RUNNING_HEAD else zones.get(assigned.rule, "end")


def _end_of_article(page: _Page) -> None:
    """The address directly below an editor's name tells nothing of what follows."""
    for k, (above, kind) in enumerate(pairwise(page.kinds)):
        if above == "end" and kind == "contact" and not page.blanks(k):
            page.kinds[k + 1] = "end"


def _books(page: _Page) -> None:
    """Author, price and publisher in a row are the notice of a book; beside an editor or printer a masthead."""
    for first, last in _stretches(page.kinds, "book"):
        beside = {*page.kinds[max(0, first - 1) : first], *page.kinds[last : last + 1]}
        kind = "masthead" if "masthead" in beside else "advert" if last - first >= BOOK else "end"
        for k in range(first, last):
            page.kinds[k] = kind
            if kind == "advert":
                page.found[page.at[k]] = Assigned("advert", "advert-region")


def _lone_paragraphs(page: _Page) -> None:
    """One or two sentences without figures, an advert word close below them, are what the advert says."""
    for first, last in _stretches(page.kinds, "text"):
        said = "".join(page.texts[first : min(last, first + LONE + 1)])
        if last - first > LONE or len(said) > LONGEST_LONE or DIGIT.search(said):
            continue
        above = _telling(page.kinds[max(0, first - 2 * NEAR) : first][::-1])
        if above in WEIGHTS and _telling(page.kinds[last : last + CLOSE]) == "advert":
            page.kinds[first:last] = ["soft"] * (last - first)


def _telling(kinds: Sequence[str]) -> str:
    """The first kind of a row that is not a short line's."""
    return next((kind for kind in kinds if kind not in ("soft", "any")), "")


def _stretches(kinds: Sequence[str], *wanted: str) -> Iterator[tuple[int, int]]:
    """Stretches [first, last) of the wanted kinds."""
    first = None
    for k, kind in enumerate([*kinds, ""]):
        if kind in wanted:
            first = k if first is None else first
        elif first is not None:
            yield first, k
            first = None


def _soft_runs(page: _Page) -> list[tuple[int, int]]:
    return [run for run in _stretches(page.kinds, "soft", "any") if "soft" in page.kinds[slice(*run)]]


def _fill(page: _Page, first: int, last: int) -> None:
    """Give a run of short lines the role that the telling lines around it ask for."""
    first = _past_figures(page, first, last)
    role = _role_from_below(page, first, last)
    if role is None:
        last, role = _role_from_above(page, first, last)
    if role is None:
        return
    names = _names(page, first, last) if role == "advert" and page.kinds[last : last + 1] == ["contact"] else last
    for k in range(first, names):
        page.give(k, role)
    for k in range(names, last):
        page.give(k, "contact")


def _past_figures(page: _Page, first: int, last: int) -> int:
    """A run without its first lines that state figures right below running text: they are the end of an article."""
    if first and page.kinds[first - 1] == "text":
        while first < last and DIGIT.search(page.texts[first]):
            first += 1
    return first


def _role_from_below(page: _Page, first: int, last: int) -> Role | None:
    """What the line below a run says of it: a page number, an issue, an advert word or an address."""
    above, below = _beside(page, first, last)
    near = page.around(first, last)
    if below == "contents":
        return "contents" if above and near.count("contents") > 1 else None
    if below == "masthead":
        named = any(page.found[page.at[k]].rule == RUNNING_HEAD for k in range(first, last))
        return "furniture" if near.count("masthead") + named * (MASTHEAD - 1) >= MASTHEAD else None
    if below not in ("advert", "contact") or page.weight(first, last) < ENOUGH:
        return None
    soft = page.kinds[first:last].count("soft")
    if not above and first and soft < 2:
        return None
    if below == "contact" and above == "masthead" and soft <= NAMES:
        return "furniture"
    return None if below == "contact" and "advert" not in near and page.states(first, last) else "advert"


def _role_from_above(page: _Page, first: int, last: int) -> tuple[int, Role | None]:
    """How far a run belongs to the advert or masthead above it: to a wide gap, over signatures and Latin lines."""
    above, _ = _beside(page, first, last)
    if above not in ("advert", "contact", "masthead") or page.weight(first, last) < ENOUGH:
        return first, None
    end = max((k + 1 for k in range(first, last - 1) if page.blanks(k) >= WIDE), default=first)
    if last < len(page.kinds) and page.blanks(last - 1) >= WIDE and last - first > 1:
        end = max(end, last - 1)
    while end < last and (page.organisation.search(page.texts[end]) or not HAN.search(page.texts[end])):
        end += 1
    return end, "furniture" if above == "masthead" else "advert"


def _beside(page: _Page, first: int, last: int) -> tuple[str, str]:
    """The telling kinds directly above and below a run; "" where there is none."""
    above = page.kinds[first - 1] if first else ""
    below = page.kinds[last] if last < len(page.kinds) else ""
    return above if above in WEIGHTS else "", below if below in WEIGHTS else ""


def _names(page: _Page, first: int, last: int) -> int:
    """Where the names begin that stand right above an address: an organisation, and 《its journal》 above it."""
    k = last
    while k > max(first, last - NAMES) and _is_name(page, k - 1):
        k -= 1
    return k


def _is_name(page: _Page, k: int) -> bool:
    text = page.texts[k]
    return page.organisation.search(text) is not None or (text[0] == "《" and text[-1] == "》")
