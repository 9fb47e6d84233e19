"""Writes rules/layout/normalise/traditional.csv: traditional characters and the simplified ones they are read as.

From OpenCC's table of characters (TSCharacters.txt, Apache-2.0). Characters that simplified texts have themselves
(those of GB 2312, as 著 and 乾) stay as they are, and so do those whose simplified form few fonts have (outside GBK).

    make traditional
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

PACKAGE = "opencc-python-reimplemented"
TARGET = Path(__file__).parents[1] / "rules/layout/normalise/traditional.csv"
HEAD = """\
# Traditional characters and the simplified ones they are read as, one for one; `make traditional` writes this from the
# table of OpenCC (TSCharacters.txt of {package} {version}, Apache License 2.0).
# Those that simplified texts have too are left out: 著, 乾. The few to be read all the same (後, 於) are in rules.toml.
word,value
"""


def pairs(table: str) -> list[tuple[str, str]]:
    """(traditional, simplified) of each line `traditional<tab>simplified others` that is read one for one."""
    first = dict(line.split(" ")[0].split("\t") for line in table.splitlines())
    read = {word: first.get(value, value) for word, value in first.items()}  # 薴 is 苧, which is 苎 itself
    changed = (pair for pair in read.items() if pair[0] != pair[1])  # 瞭 stays: 瞭望
    return sorted((a, b) for a, b in changed if not _within(a, "gb2312") and _within(b, "gbk"))


def _within(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    """Write the file anew and say how many characters it has."""
    import opencc

    table = Path(opencc.__file__).with_name("dictionary") / "TSCharacters.txt"
    rows = pairs(table.read_text(encoding="utf-8"))
    body = "".join(f"{word},{value}\n" for word, value in rows)
    TARGET.write_text(HEAD.format(package=PACKAGE, version=version(PACKAGE)) + body, encoding="utf-8")
    print(f"{len(rows)} characters in {TARGET}")


if __name__ == "__main__":
    main()
