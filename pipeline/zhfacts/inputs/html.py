"""The main text of an HTML page by selectolax: a line for each paragraph, rows of tables with tabs between cells.

Example: <p>产量<b>57</b>万吨</p> is the line 产量57万吨 and a blank one.
Nothing is fetched or executed. What is left out: code, forms, navigation, lists of links, and what is hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from zhfacts.inputs.base import Fault, Limits, Made, RefusedError, extra, text_lines
from zhfacts.inputs.encodings import Form, tell
from zhfacts.inputs.marks import marked, taken
from zhfacts.inputs.origins import Ink, Offsets, Origins

BLANK = "script style noscript template iframe frame object embed applet svg math canvas audio video map head"
FORMS = "form button select option textarea input label fieldset dialog menu datalist"
NEVER = frozenset(f"{BLANK} nav footer aside".split())
"""Elements that hold no running text."""
INTERACTIVE = frozenset(FORMS.split())
_BLOCK_NAMES = (
    "address article blockquote body caption center dd details div dl dt fieldset figcaption figure form h1 h2 h3 h4 "
    "h5 h6 header hgroup hr html legend li main ol p pre section summary table tbody tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin and end a paragraph."""
CELLS = frozenset({"td", "th"})
MAIN = frozenset({"article", "main"})
SHARE = 0.4
"""Share of the page's text that an element which names itself the main text must hold to be taken for it."""
LINKED, LINKS = 0.6, 3
"""Share of a block's text that stands in links, and number of these, from which it is a list of links."""
LONG_CELL = 100
"""Characters from which a cell shows that its table only lays out the page."""
_ASIDE_WORDS = (
    "nav navbar navigation menu breadcrumb breadcrumbs crumbs sidebar footer copyright share sharing social "
    "related recommend comments comment pagination pager toolbar advert ads"
)
ASIDE = frozenset(_ASIDE_WORDS.split())
"""Words of class and id, by the web's custom, of what is not the page's own text."""
MOST_ASIDE = 0.3
"""Share of the page's text beyond which such a word is not believed."""
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
WRAP = "\r"
"""Stands for white space with a line end in it, which is nothing between Chinese characters."""
_WRAPS = re.compile(f"(?<=[^\0-\x7f]) ?{WRAP} ?(?=[^\0-\x7f])")
_SPACES = re.compile(f"[ {WRAP}]+")
_CELL_SPACE = re.compile(rf"[ {WRAP}]*\t[ {WRAP}]*")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
"""Browsers read these as the larger encoding."""
HEAD = 4096
DEEPEST = 10_000
"""Elements open at once: to parse takes time with the square of it."""
_ENDLESS = "area base br col embed hr img input link meta source track wbr p li td th tr option dt dd"
VOID = frozenset(_ENDLESS.split())
"""Elements that need no end."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


@dataclass(slots=True)
class _Part:
    """An element or a text of the page in order; `end` is the number behind the last part inside of it."""

    tag: str
    text: str = ""
    ink: Ink = ()
    wanted: str = ""
    """`main` where it names itself the main text, `aside` where it names itself something else."""
    end: int = 0
    size: int = 0
    linked: int = 0
    links: int = 0
    cell: int = 0
    """Characters below it, those in links, number of links, characters of the longest cell."""


def made(raw: bytes, limits: Limits) -> Made:
    """Paragraphs of the main text; of the whole body where none is told apart. RefusedError where there is none."""
    lexbor = extra("selectolax.lexbor", "html")
    if len(raw) > limits.max_markup:
        raise RefusedError("too_large", f"{len(raw)} bytes of HTML, and at most {limits.max_markup} are read")
    encoding, mark = form_of(raw)
    text = decoded(raw[mark:], encoding)
    _check_depth(text)
    page, runs = marked(text)
    body = lexbor.LexborHTMLParser(page).body
    parts = _parts(body) if body is not None else []
    if not parts or not parts[0].size:
        raise RefusedError("empty", "No text in its body")
    main = _main(parts)
    lines = [*_headline(parts, main), *_written(parts, main)]
    if not any(line.strip() for line, _ in lines):
        lines = _written(parts, 0, everything=True)
    origins = Origins(lines, text, runs, Offsets(raw, text, encoding, mark))
    return Made([line for line, _ in lines], faults=_faults(raw, text, encoding), origins=origins)


def decoded(raw: bytes, encoding: str) -> str:
    """The characters of a page or a part of it; what is not of the encoding stands as U+FFFD."""
    return raw.decode("utf-8" if encoding == "utf-8-sig" else encoding, "replace")


def _faults(raw: bytes, text: str, encoding: str) -> list[Fault]:
    bad = text.count("\ufffd") - raw.count("\ufffd".encode())
    return [("undecodable_line", f"{bad} place(s) are not {encoding} and stand as \ufffd")] if bad > 0 else []


def form_of(raw: bytes) -> Form:
    """Encoding and length of the mark: by the mark, strict UTF-8, the page's own word, or what reads best.

    A page's word for its encoding counts where it is kept to the last byte.
    """
    named = _CHARSET.search(raw[:HEAD])
    if named is None or raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return tell(raw)
    name = named[1].decode("ascii").lower()
    for encoding in ("utf-8", WIDER.get(name, name)):
        try:
            raw.decode(encoding)
        except (UnicodeError, LookupError):  # a name may be any that Python knows, `undefined` too
            continue
        return encoding, 0
    return tell(raw)


def _check_depth(text: str) -> None:
    """Refuse a page of elements that lie deeper in each other than any page for readers."""
    depth = 0
    for end, name in _TAG.findall(text):
        if name.lower() not in VOID:
            depth = max(0, depth + (-1 if end else 1))
            if depth > DEEPEST:
                raise RefusedError("too_large", f"Elements more than {DEEPEST} deep in each other")


def _parts(body: Any) -> list[_Part]:
    """Elements and texts below the body in order, but those never shown, with their sizes."""
    parts: list[_Part] = []
    above: list[_Part] = []
    node = body
    while node is not None:
        part = _part(node)
        if part is not None:
            parts.append(part)
        child = node.child if part is not None and part.tag else None
        if part is not None and child is not None:
            above.append(part)
            node = child
            continue
        if part is not None:
            _close(part, parts, above)
        while node.next is None and above and node is not body:
            node = node.parent
            _close(above.pop(), parts, above)
        node = node.next if above else None
    return parts


def _part(node: Any) -> _Part | None:
    """An element or a text that may be shown."""
    if node.is_text_node:
        content, ink = taken(node.text_content or "")
        text = _SPACE.sub(lambda found: WRAP if "\n" in found[0] else " ", content)
        return _Part("", text, ink, size=len(text) - text.count(" ") - text.count(WRAP))
    if not node.is_element_node or node.tag in NEVER:
        return None
    about = node.attributes
    if "hidden" in about or about.get("aria-hidden") == "true" or HIDDEN.search(about.get("style") or ""):
        return None
    words = {*f"{about.get('class') or ''} {about.get('id') or ''}".lower().replace("-", " ").replace("_", " ").split()}
    main = node.tag in MAIN or about.get("role") == "main" or about.get("itemprop") == "articleBody"
    return _Part(node.tag, wanted="main" if main else "aside" if words & ASIDE else "")


def _close(part: _Part, parts: list[_Part], above: list[_Part]) -> None:
    """Say where an element ends, and count it for the one around it."""
    part.end = len(parts)
    if part.tag == "a":
        part.linked, part.links = part.size, 1
    if part.tag in CELLS:
        part.cell = max(part.cell, part.size)
    if above:
        outer = above[-1]
        outer.size += part.size
        outer.linked += part.linked
        outer.links += part.links
        outer.cell = max(outer.cell, part.cell)


def _main(parts: list[_Part]) -> int:
    """Number of the smallest element that names itself the main text and holds enough of it; else the body."""
    named = [(part.size, -k) for k, part in enumerate(parts) if part.wanted == "main"]
    enough = [item for item in named if item[0] >= SHARE * parts[0].size]
    return -min(enough)[1] if enough else 0


def _headline(parts: list[_Part], main: int) -> list[Written]:
    """The page's headline where it stands before the main text: the last h1 there."""
    found = [k for k, part in enumerate(parts[:main]) if part.tag == "h1" and part.end <= main]
    return _written(parts, found[-1]) if found else []


def _is_aside(part: _Part, total: int) -> bool:
    """Whether an element is no running text: something to press, a list of links, what calls itself an aside."""
    if part.tag in INTERACTIVE and part.tag not in ("form", "fieldset", "label"):
        return True
    if part.wanted == "aside" and part.size <= MOST_ASIDE * total:
        return True
    return part.tag in BLOCKS and part.links >= LINKS and part.linked >= LINKED * part.size


def _written(parts: list[_Part], root: int, *, everything: bool = False) -> list[Written]:
    """Lines of an element: a blank one behind each block, rows of a table on a line each with tabs between cells."""
    page = _Paper()
    ends: list[tuple[int, str]] = []  # where open elements end, and what then stands
    table = 0  # where the table of data ends that is being read
    k, last = root, parts[root].end
    while k < last:
        while ends and ends[-1][0] <= k:
            page.put(ends.pop()[1])
        part = parts[k]
        if part.tag and k != root and not everything and _is_aside(part, parts[0].size):
            k = part.end
            continue
        if part.tag == "table" and table <= k and part.cell <= LONG_CELL:
            page.put(BLANK_LINE)
            ends.append((part.end, BLANK_LINE))
            table = part.end
        elif part.tag:
            sign = _sign(part.tag, table > k)
            page.put(BLANK_LINE if sign == BLANK_LINE else "")
            ends.append((part.end, sign))
        else:
            page.add(part)
        k += 1
    for _, sign in reversed(ends):
        page.put(sign)
    return page.lines()


def _sign(tag: str, in_table: bool) -> str:
    """What stands behind an element: a blank line behind a block; in a table of data a tab, a line end, or a space."""
    if tag == "br":
        return " " if in_table else "\n"
    if in_table:
        return "\t" if tag in CELLS else "\n" if tag == "tr" else " "
    return BLANK_LINE if tag in BLOCKS or tag in CELLS else ""


BLANK_LINE = "\n\n"
Written = tuple[str, Ink]
"""A line, and its ink with the runs of the page that it comes from."""


class _Paper:
    """Takes texts and signs, and gives lines without spaces at their ends."""

    def __init__(self) -> None:
        self._found: list[Written] = []
        self._open: list[str] = []
        self._ink: list[tuple[int | None, str]] = []

    def add(self, part: _Part) -> None:
        self._open.append(part.text)
        self._ink += part.ink

    def put(self, sign: str) -> None:
        if not sign.startswith("\n"):
            self._open.append(sign)
            return
        text = _CELL_SPACE.sub("\t", _WRAPS.sub("", "".join(self._open)))
        line = _SPACES.sub(" ", text).strip(" ").removesuffix("\t")
        if line.strip():
            self._found.append((line, self._ink))
        self._open, self._ink = [], []
        if sign == BLANK_LINE and self._found and self._found[-1][0]:
            self._found.append(("", ()))

    def lines(self) -> list[Written]:
        self.put(BLANK_LINE)
        return [(line, ink) for text, ink in self._found for line in text_lines(text) or [""]]
