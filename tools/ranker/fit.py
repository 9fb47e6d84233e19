"""Fits the weights of the rankers on annotated articles, and says what they are worth on articles they have not seen.

`make ranker` fits on tests/gold (our own texts), the examples of rules/, and the dev annotation of the real documents;
the news sentences only measure. It writes rules/link/ranker/*.csv and prints the tables of docs/quality.md.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranker.examples import Example, of_corpora, of_folder, of_lines
from zhfacts import knowledge
from zhfacts.link.ranker import SCALE, WHOLE, Choice, Pack, Ranker
from zhfacts.link.spots import LEXICAL

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules" / "link" / "ranker"
PENALTY = {"subjects": 5.0, "properties": 1.0, "bases": 2.0, "periods": 0.5}
"""Strength of the pull of every weight towards none, as articles left out have it best."""
TIMES = {"ours": 1, "lines": 1, "corpora": 12, "real": 3}
"""How much an example of each set counts: plain sentences of rules/ must come out right, real documents are few."""
NOBODY = -30
"""What is added to the weight of nobody: our texts have more numbers that are nobody's than real ones do."""
PASSES = 3
PARTS = 12
"""Parts into which articles are divided, each judged by weights of the others."""
ROUNDS, STEP = 300, 0.08
LEAST = 3
"""Examples in which a feature must stand to get a weight."""
BINS = 12
"""Steps of the calibration."""
TAUGHT = tuple(TIMES)
"""Sets that weights are fitted on; the others only measure."""
Vector = NDArray[np.float64]


class Matrix:
    """Examples as one sparse table: rows are candidates, columns features."""

    def __init__(self, examples: Sequence[Example], names: Mapping[str, int]) -> None:
        sizes = [len(e.candidates) for e in examples]
        entries = [(k, names[f]) for k, c in enumerate(_candidates(examples)) for f in c if f in names]
        self.rows, self.cols = np.array(entries).T
        self.right = np.array([k in e.right for e in examples for k in range(len(e.candidates))])
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.owner = np.repeat(np.arange(len(examples)), sizes)
        self.size, self.width = sum(sizes), len(names)

    def gradient(self, weights: Vector, penalty: float) -> Vector:
        """Gradient of the penalised loss: minus the log of the right candidates' share of all odds."""
        scores = np.bincount(self.rows, weights=weights[self.cols], minlength=self.size)
        odds = np.exp(scores - np.maximum.reduceat(scores, self.starts)[self.owner])
        good = np.where(self.right, odds, 0.0)
        share = odds / np.add.reduceat(odds, self.starts)[self.owner]
        wanted = good / np.add.reduceat(good, self.starts)[self.owner]
        slope = np.bincount(self.cols, weights=(share - wanted)[self.rows], minlength=self.width)
        return np.asarray(slope + penalty * weights)


def _candidates(examples: Iterable[Example]) -> Iterator[tuple[str, ...]]:
    return (candidate for example in examples for candidate in example.candidates)


def fit(examples: Sequence[Example], rounds: int = 1) -> dict[str, int]:
    """Weights by feature, in whole hundredths, by Adam's method, of examples that were seen in so many rounds."""
    usable = [e for e in examples if e.right]
    count = Counter(
        f for e in usable for f in {f for c in e.candidates for f in c if e.ours or not f.startswith(LEXICAL)}
    )
    names = {f: k for k, f in enumerate(sorted(f for f, n in count.items() if n >= LEAST * rounds))}
    matrix, penalty = Matrix(usable, names), PENALTY[examples[0].what] * rounds
    weights, first, second = (np.zeros(len(names)) for _ in range(3))
    for t in range(1, ROUNDS + 1):
        slope = matrix.gradient(weights, penalty)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope * slope
        weights -= STEP * (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    weights[[k for f, k in names.items() if f == "null"]] += NOBODY / SCALE
    return {f: w for f, k in names.items() if (w := round(SCALE * float(weights[k])))}


@dataclass(frozen=True)
class _Numbered:
    own: Pack
    index: int
    packs: tuple[Pack, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A choice of the ranker: for which example, whether it is right, and how sure it was."""

    example: Example
    right: bool
    share: int


def judged(examples: Iterable[Example], weights: dict[str, int]) -> Iterator[Judged]:
    """The ranker's choices with such weights."""
    for e in examples:
        numbered = [_Numbered(features, k) for k, features in enumerate(e.candidates)]
        choice: Choice[_Numbered] = Ranker(e.what, weights).choose(numbered, e.number)
        yield Judged(e, choice.best.index in e.good, choice.share)


def taught(sets: Mapping[str, Sequence[Example]], without: frozenset[str] = frozenset()) -> list[Example]:
    """What is learnt from, articles of the given groups left out."""
    return [e for name in TAUGHT for e in list(sets[name]) * TIMES[name] if e.group not in without]


def left_out(rounds: Sequence[Mapping[str, Sequence[Example]]]) -> dict[str, list[Judged]]:
    """Choices of the last round for each set, every article judged by weights of others alone."""
    sets = rounds[-1]
    groups = sorted({e.group for name in TAUGHT for e in sets[name]})
    found: dict[str, list[Judged]] = defaultdict(list)
    for k in range(PARTS):
        mine = frozenset(groups[k::PARTS])
        weights = fit([e for one in rounds[:-1] for e in taught(one, mine)], len(rounds) - 1)
        for name in TAUGHT:
            found[name] += judged((e for e in sets[name] if e.group in mine), weights)
    return found


def table(rows: Iterable[Judged]) -> str:
    """Share of right choices by scope, with their number."""
    found: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows:
        found[row.example.scope][row.right] += 1
        found["all"][row.right] += 1
    return "  ".join(f"{scope} {c[True] / c.total():.3f} ({c.total()})" for scope, c in sorted(found.items()))


def calibration(rows: Iterable[tuple[int, bool]]) -> list[tuple[int, int]]:
    """Steps (share in millionths, hundredths right) that never fall, of (share, whether right)."""
    ordered = sorted(rows)
    size = -(-len(ordered) // BINS)
    bins = [ordered[k : k + size] for k in range(0, len(ordered), size)]
    steps = [[b[0][0], sum(right for _, right in b), len(b)] for b in bins]
    while (k := next((k for k in range(1, len(steps)) if _rate(steps[k]) < _rate(steps[k - 1])), 0)) > 0:
        steps[k - 1] = [steps[k - 1][0], steps[k - 1][1] + steps[k][1], steps[k - 1][2] + steps[k][2]]
        del steps[k]
    return [(0 if k == 0 else step[0], round(SCALE * _rate(step))) for k, step in enumerate(steps)]


def _rate(step: Sequence[int]) -> float:
    return step[1] / step[2]


def together(subjects: Iterable[Judged], properties: Iterable[Judged]) -> Iterator[tuple[int, bool]]:
    """(share, whether right) of whole links: subject and property of the same number, of times the subject alone."""
    second = {row.example.place: row for row in properties}
    for row in subjects:
        other = second.get(row.example.place)
        if other is not None:
            yield row.share * other.share // WHOLE, row.right and other.right
        elif row.example.scope.startswith("event"):
            yield row.share, row.right


def reliability(rows: Iterable[tuple[int, bool]], steps: Sequence[tuple[int, int]]) -> str:
    """For each step of the calibration how many links of a set it holds, and how many of them are right."""
    found: dict[int, Counter[bool]] = defaultdict(Counter)
    for share, right in rows:
        found[max(score for least, score in steps if share >= least)][right] += 1
    rows = sorted(found.items())
    return "\n".join(f"    | {score / SCALE:.2f} | {c.total()} | {c[True] / c.total():.2f} |" for score, c in rows)


def _write(name: str, header: str, rows: Iterable[tuple[object, object]]) -> None:
    text = "".join(f"{a},{b}\n" for a, b in rows)
    (RULES / f"{name}.csv").write_text(f"{header}\n{text}", encoding="utf-8")


def _sets(shared: Path) -> dict[str, list[Example]]:
    gold = ROOT / "tests" / "gold"
    texts = gold / "texts"
    lines = [(path, texts / f"{path.stem[:3]}.jsonl") for path in sorted(texts.glob("2*.txt"))]
    real = sorted((shared / "gold" / "dev").glob("0*.jsonl"))
    ours = sorted([*gold.glob("1*.jsonl"), *texts.glob("1*.jsonl")])
    return {
        "ours": list(of_folder([ROOT / "seeds", texts], ours)),
        "lines": [e for path, records in lines for e in of_lines(path, records)],
        "corpora": list(of_corpora()),
        "real": [replace(e, ours=False) for e in of_folder([shared / "seeds"], real)],
        "news": list(of_lines(shared / "news" / "901_news.txt", shared / "gold" / "dev" / "901.jsonl")),
    }


def main() -> None:
    """Fit, measure and write; the one argument is the folder with seeds/, gold/ and news/.

    What a number sees of the ones before it depends on the weights in use, so each round adds what its weights saw.
    """
    shared = Path(sys.argv[1])
    rounds: list[dict[str, list[Example]]] = []
    for _ in range(PASSES):
        rounds.append(_sets(shared))
        for what in PENALTY:
            _write(what, "feature,weight", sorted(fit(_taught(rounds, what), len(rounds)).items()))
        knowledge.shipped_file.cache_clear()
        knowledge.forget()
    _report([*rounds, _sets(shared)])


def _taught(rounds: Sequence[Mapping[str, Sequence[Example]]], what: str) -> list[Example]:
    return [e for sets in rounds for e in taught(_of(sets, what))]


def _of(sets: Mapping[str, Sequence[Example]], what: str) -> dict[str, list[Example]]:
    return {name: [e for e in examples if e.what == what] for name, examples in sets.items()}


def _report(rounds: Sequence[Mapping[str, Sequence[Example]]]) -> None:
    """Print what the weights are worth, and write the calibration; the last round is judged."""
    seen, unseen = dict[str, list[Judged]](), dict[str, list[Judged]]()
    for what in PENALTY:
        mine, apart = _of(rounds[-1], what), left_out([_of(sets, what) for sets in rounds])
        weights = fit(_taught(rounds[:-1], what), len(rounds) - 1)
        seen[what] = list(judged(mine["news"], weights))
        unseen[what] = [row for name in ("ours", "lines", "real") for row in apart[name]]
        print(f"{what}: {len(weights)} weights; articles left out:")
        for name, rows in apart.items():
            print(f"  {name}: {table(rows)}")
        print(f"  news, which only measures: {table(seen[what])}")
    steps = calibration(together(unseen["subjects"], unseen["properties"]))
    _write("calibration", "share,right", steps)
    print("link_score on the news:\n" + reliability(together(seen["subjects"], seen["properties"]), steps))


if __name__ == "__main__":
    main()
