"""A page cut into its articles, each line with its article and the heading it stands under.

An article begins at a dateline (本报讯) or at a by-line with the headings above it, and ends with a signature in
brackets. Text lifted out of a page often has the headline behind its body: a headline between two articles goes
to the one that says more of its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from zhfacts.layout.lines import TERMINAL, Assigned
from zhfacts.layout.normalise import normalise
from zhfacts.layout.roles import HEADING, NAMES, NUMBERED

DATELINE = regex.compile(
    r"^\W{0,2}(?:本报讯|本报[\p{Han}]{2,6}\d{0,2}月?\d{0,2}日?[讯电]|新华社[\p{Han}]{2,6}\d{1,2}月)"
)
"""Opens an article."""
SIGNS = frozenset({"signature", "editor-in-brackets"})
"""Rules of lines that close an article."""
BACK = 4
"""Articles without a headline of their own among which one that follows them is looked for."""
SHARE = 0.5
"""Share of a headline's pairs of characters that an article before it must say to have it."""
MARGIN = 0.15
"""By how much it must say more of them than the article below."""
MOST = 12
"""Headlines between two articles whose words are looked for."""
MOST_LINES, LONGEST_TEXT = 1000, 20_000
"""Lines and characters of an article in which they are looked for."""


@dataclass(frozen=True, slots=True)
class Articles:
    """For each line of a document: number of its article from 1, and index of the heading it stands under."""

    numbers: tuple[int, ...]
    headings: tuple[int | None, ...]


@dataclass(slots=True)
class _Part:
    """Lines from one border to the next; `titles` are headings and by-lines before the first line of text."""

    lines: range
    titles: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    """Those of the titles that are no subtitles and no by-lines."""
    body: list[int] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)
    """Titles of this article that stand outside of `lines`."""
    text: str = ""
    """Its body as read, once somebody has asked for it."""


def articles(texts: Sequence[str], assigned: Sequence[Assigned]) -> Articles:
    """The articles of a document by the words and roles of its lines."""
    borders = sorted({0, *_borders(texts, assigned)})
    parts = [_part(range(a, b), texts, assigned) for a, b in zip(borders, [*borders[1:], len(texts)], strict=True)]
    claims = [
        claim for n, part in enumerate(parts) for i in part.headings[:MOST] for claim in _claims(parts, n, i, texts)
    ]
    for _, n, heading, owner in sorted(claims, key=lambda claim: (-claim[0], claim[1:])):
        if heading in parts[n].headings and not parts[owner].behind:
            moved = _with_names(parts[n], heading)
            if owner > n:  # the by-line above the text is that of the text
                moved = [i for i in moved if assigned[i].role != "byline"]
            parts[owner].behind += moved
            parts[n].titles = [i for i in parts[n].titles if i not in moved]
            parts[n].headings.remove(heading)
    return _numbered(parts, texts, assigned)


def set_apart(found: Articles, loose: Iterable[int]) -> Articles:
    """The articles with some lines in one of their own: a caption of which the page does not say whose it is."""
    numbers, headings = list(found.numbers), list(found.headings)
    own = max(numbers, default=0) + 1
    for i in loose:
        numbers[i], headings[i] = own, None
    return Articles(tuple(numbers), tuple(headings))


def _borders(texts: Sequence[str], assigned: Sequence[Assigned]) -> Iterator[int]:
    """Indices of the lines with which articles begin, titles above them included."""
    for i, text in enumerate(texts):
        rule = assigned[i].rule
        if rule in SIGNS:
            yield min(i + 1, len(texts) - 1)
        elif rule in NAMES or (text and DATELINE.match(text)):
            yield _top(texts, assigned, i)


def _top(texts: Sequence[str], assigned: Sequence[Assigned], i: int) -> int:
    """The first of the headings right above line i, blank lines between them left out; i where there is none."""
    top = i
    for j in range(i - 1, -1, -1):
        if _is_title(texts, assigned, j):
            top = j
        elif texts[j].strip():
            break
    return top


def _is_title(texts: Sequence[str], assigned: Sequence[Assigned], i: int) -> bool:
    """A heading, a subtitle (——…), or the short line right above a subtitle."""
    if assigned[i].role == "heading" or _is_subtitle(texts[i]):
        return True
    below = i + 1 < len(texts) and _is_subtitle(texts[i + 1])
    return below and assigned[i].role == "body" and len(texts[i].strip()) <= HEADING


def _is_subtitle(text: str) -> bool:
    return text.lstrip().startswith("——")


def _part(lines: range, texts: Sequence[str], assigned: Sequence[Assigned]) -> _Part:
    part = _Part(lines)
    for i in lines:
        if not texts[i].strip():
            continue
        title = _is_title(texts, assigned, i)
        if (title or assigned[i].role == "byline") and not part.body:
            part.titles.append(i)
            part.headings += [i] * (title and not _is_subtitle(texts[i]))
        elif assigned[i].role == "body":
            part.body.append(i)
    return part


def _with_names(part: _Part, heading: int) -> list[int]:
    """A heading with the subtitles and by-lines below it, up to the next heading."""
    below = min((i for i in part.headings if i > heading), default=part.lines.stop)
    return [i for i in part.titles if heading <= i < below]


def _claims(parts: list[_Part], n: int, heading: int, texts: Sequence[str]) -> Iterator[tuple[float, int, int, int]]:
    """(share, n, heading, article) for articles near part n that may have a heading at its top for their own.

    One below it can have it only where several headings stand there: each may be that of another article.
    """
    pairs = _pairs(texts[heading])
    below = next((p for p in parts[n : n + 2] if p.body), None)
    least = max(SHARE, _said(pairs, below, texts) + MARGIN if below else 0.0)
    ahead = len(parts[n].headings) > 1 and bool(parts[n].body)
    for k in (*range(max(0, n - BACK), n), *range(n + 1, min(len(parts), n + 1 + BACK * ahead))):
        share = _said(pairs, parts[k], texts) if parts[k].body else 0.0
        own = max((_said(_pairs(texts[i]), parts[k], texts) + MARGIN for i in parts[k].headings), default=0.0)
        if share >= max(least, own):
            yield share, n, heading, k


def _pairs(text: str) -> set[str]:
    """Pairs of letters that stand side by side."""
    read = normalise(text)[0]
    return {read[k : k + 2] for k in range(len(read) - 1) if read[k : k + 2].isalpha()}


def _said(pairs: set[str], part: _Part, texts: Sequence[str]) -> float:
    """Share of the pairs of letters that the article's text says."""
    if not part.text and part.body:
        part.text = normalise("".join(texts[i] for i in part.body[:MOST_LINES])[:LONGEST_TEXT])[0]
    return sum(pair in part.text for pair in pairs) / max(1, len(pairs))


def _goes_on(before: list[_Part], part: _Part, texts: Sequence[str]) -> _Part | None:
    """The article that goes on in a part: text without a title behind one that has ended, inside of one that has not.

    远岚集团的海外 | 青梧县旅游旺季 ■ 本报记者 … 。（周舟） | 客户超过300家。
    """
    if len(before) < 2 or not part.body or part.titles or not before[-1].titles:
        return None
    outer, inner = (texts[each.body[-1]].rstrip() for each in before[-2:])
    first = texts[part.body[0]]
    breaks_off = (outer[-1].isalnum() or outer[-1] in "，、") and inner[-1] in TERMINAL
    return None if not breaks_off or first.startswith(("\u3000\u3000", "  ")) or NUMBERED.match(first) else before[-2]


def _numbered(parts: list[_Part], texts: Sequence[str], assigned: Sequence[Assigned]) -> Articles:
    """Numbers by place of the text; a part that holds only titles goes with the next that has text."""
    numbers, headings = [1] * len(texts), list[int | None]([None] * len(texts))
    number, filled = 1, False
    before: list[_Part] = []
    for part in parts:
        outer = _goes_on(before, part, texts)
        before += [part] if part.body else []
        number += bool(part.body) and filled and outer is None
        filled = filled or bool(part.body)
        ahead = filled and not part.body and bool(part.titles)
        under = next(iter([*part.behind, *part.headings]), None) if outer is None else headings[outer.body[-1]]
        for i in (i for i in part.lines if numbers[i] == 1):
            numbers[i] = number + ahead if outer is None else numbers[outer.body[-1]]
            if assigned[i].role == "heading" and part.body and i > part.body[0]:
                under = i
            headings[i] = None if i == under else under
        for i in part.behind:
            numbers[i], headings[i] = -number, None
    return Articles(tuple(map(abs, numbers)), tuple(headings))
