"""How often columns whose lines take turns are told apart: pages woven from two paragraphs of seeds/.

.venv/bin/python bench/woven.py
"""

from __future__ import annotations

import random
from itertools import zip_longest
from pathlib import Path

from zhfacts.layout.blocks import lay_out
from zhfacts.read import from_text

PAGES, NARROWEST, WIDEST = 400, 14, 26
CAPTION = "图为沅州省的车间，年产量30万台，产品销往十多个国家和地区。林岸 摄"
NAMES = ("■ 本报记者 林岸", "■ 本报记者 周舟")
MODES = ("datelines", "indented", "by-lines", "caption in a column", "caption across")


def paragraphs() -> list[str]:
    """Whole paragraphs of our own documents, none with a dateline of its own."""
    files = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
    found = [block for path in files for block in lay_out(from_text(path.read_text("utf-8")))[1]]
    texts = [block.text for block in found if block.role == "body" and 120 <= len(block.text) <= 600]
    return [text for text in texts if text.endswith("。") and not text.startswith(("本报", "新华"))]


def column(mode: str, text: str, width: int, name: str) -> list[str]:
    text = text if mode == "by-lines" else f"{'　　' * (mode == 'indented')}本报讯 {text}"
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    return [name, *lines] if mode == "by-lines" else lines


def page(mode: str, texts: list[str], chance: random.Random) -> tuple[list[list[str]], list[str]]:
    """Two columns, and the page on which their lines take turns."""
    width = chance.randrange(NARROWEST, WIDEST)
    other = width if chance.random() < 0.5 else chance.randrange(NARROWEST, WIDEST)
    columns = [column(mode, *each) for each in zip(chance.sample(texts, 2), (width, other), NAMES, strict=True)]
    if mode == "caption in a column":
        columns[0].insert(chance.randrange(2, min(map(len, columns))), "图为车间。林岸 摄")
    lines = [line for row in zip_longest(*columns) for line in row if line is not None]
    if mode == "caption across":
        lines.insert(chance.randrange(4, len(lines)), CAPTION)
    return columns, lines


def wrong(columns: list[list[str]], lines: list[str]) -> int:
    """Lines of the page that are in the other column's article; those that both columns have are left out."""
    document, _ = lay_out(from_text("\n".join(lines)))
    articles = [(document.article_of(line), line.text) for line in document.lines if line.role in ("body", "heading")]
    own = [set(columns[k]).difference(columns[1 - k]) for k in (0, 1)]
    return sum(text in own[k] and article != k + 1 for article, text in articles for k in (0, 1))


def main() -> None:
    texts, chance = paragraphs(), random.Random(7)  # noqa: S311  # the same pages every time
    print(
        f"| {PAGES} pages each of {len(texts)} paragraphs | pages right | lines in the wrong article |\n|---|---|---|"
    )
    for mode in MODES:
        pages = [page(mode, texts, chance) for _ in range(PAGES)]
        faults = [wrong(*each) for each in pages]
        print(f"| {mode} | {faults.count(0)} | {sum(faults)} of {sum(len(lines) for _, lines in pages)} |")


if __name__ == "__main__":
    main()
