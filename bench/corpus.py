"""A text of N megabytes from the documents at hand, with digits and names changed so that no cache helps.

`python bench/corpus.py --megabytes 20 --seed 1` writes it to bench/.cache (ignored by git) and prints the path.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE / ".cache"
MEGABYTE = 1_000_000
PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
DIGITS = re.compile(r"[0-9]+|[０-９]+")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
YEARS = range(1900, 2100)
SHIFT = (-40, 25)
"""By how many years all years of a paragraph move at once, so that spans still run forwards."""
PLACES = "中国 美国 日本 德国 法国 英国 俄罗斯 韩国 印度 越南 泰国 巴西 新加坡 马来西亚 澳大利亚 加拿大 意大利 西班牙"
INVENTED_PLACES = "岚国 沅国 坎达 图瓦利 贝鲁加 奥兰尼亚 赛伦 维斯托 摩卡里 诺尔登 泰拉 哈维亚 科伦 里安达 洛桑尼"
INVENTED_NAMES = "云岚 启衡 泽川 瀚宇 鼎澜 星桥 恒若 沐川 晟禾 朗越 景湛 弘沅 锦澄 安叙 博屿 嘉凛 铭沚 瑞岑 盛岩 通汐"
PLACE = re.compile("|".join(sorted(PLACES.split(), key=len, reverse=True)))
# Two characters before an organisation's last word, none of which may belong to a numeral or be a function word.
PLAIN = "(?![零〇一二两三四五六七八九十百千万亿数几半多余的该家个本各某和与及等在是对为由从将这那我其有限股份])[一-鿿]"
NAME = re.compile(rf"(?:{PLAIN}){{2}}(?=(?:公司|集团|银行|大学|研究院|研究所|协会|证券|科技))")


@cache
def documents() -> tuple[str, ...]:
    """The documents at hand: the real ones beside the project where they are, else our own."""
    folders = (HERE.parents[1] / "shared" / "seeds", HERE.parent / "seeds")
    folder = next(f for f in folders if f.is_dir())
    return tuple(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))


def varied(size: int, seed: int) -> Iterator[str]:
    """Documents until `size` bytes of UTF-8 are reached, each at most once a turn, no two alike; the last is cut."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable text, not a secret
    while size > 0:
        for document in rng.sample(documents(), len(documents())):
            raw = _varied(document, rng).encode()
            yield raw[:size].decode(errors="ignore")
            size -= len(raw) + len(b"\n\n")
            if size <= 0:
                return


def corpus(size: int = 20 * MEGABYTE, seed: int = 1) -> str:
    """`size` bytes of UTF-8 (a few less where a character would be cut), the same for the same seed."""
    return "\n\n".join(varied(size, seed))


def _varied(document: str, rng: random.Random) -> str:
    """A document with its paragraphs in another order, and other digits, places and names in them."""
    places = dict(zip(PLACES.split(), rng.choices(INVENTED_PLACES.split(), k=len(PLACES.split())), strict=True))
    paragraphs = PARAGRAPH.split(document)
    rng.shuffle(paragraphs)
    return "\n\n".join(_paragraph(p, places, rng) for p in paragraphs)


def _paragraph(text: str, places: dict[str, str], rng: random.Random) -> str:
    shift = rng.randint(*SHIFT)
    names: dict[str, str] = {}

    def name(m: re.Match[str]) -> str:
        return names.setdefault(m[0], rng.choice(INVENTED_NAMES.split()))

    text = DIGITS.sub(lambda m: _digits(m, text, shift, rng), text)
    return NAME.sub(name, PLACE.sub(lambda m: places[m[0]], text))


def _digits(m: re.Match[str], text: str, shift: int, rng: random.Random) -> str:
    """As many digits as stood there; months and days stay such, or the text would have fewer times than it had."""
    old, after = m[0].translate(NARROW), text[m.end() : m.end() + 1]
    if len(old) == 4 and int(old) in YEARS:
        new = str(min(max(int(old) + shift, YEARS[0]), YEARS[-1]))
    elif len(old) <= 2 and after in ("月", "日"):
        most = 12 if after == "月" else 28
        new = str(rng.randint(1, 9) if len(old) == 1 else rng.randint(10, most))
    else:
        new = str(rng.randint(10 ** (len(old) - 1), 10 ** len(old) - 1))
    return new.translate(WIDE) if m[0][0] in "０１２３４５６７８９" else new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="default: bench/.cache/corpus-MB-SEED.txt")
    args = parser.parse_args()
    text = corpus(int(args.megabytes * MEGABYTE), args.seed)
    out = args.out or CACHE / f"corpus-{args.megabytes:g}-{args.seed}.txt"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(f"{out}: {len(text):,} characters")


if __name__ == "__main__":
    main()
