"""Where the numbers stage spends its time: cProfile over normalise + find on 5 MB, the ten dearest functions."""

from __future__ import annotations

import cProfile
import pstats

from corpus import MEGABYTE, PARAGRAPH, corpus
from numbers_peers import find_plain


def main() -> None:
    texts = PARAGRAPH.split(corpus(5 * MEGABYTE))
    find_plain(texts[:100])
    profile = cProfile.Profile()
    profile.runcall(find_plain, texts)
    print(f"{sum(map(len, texts)):,} characters in {len(texts):,} pieces")
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(10)


if __name__ == "__main__":
    main()
