"""A cluster: items go through a pool of stateful actors by Ray Data. The only importer of ray, on use.

Example: `with cluster(None, 2) as actors: run(make, ["一", "二三"], actors)` gives what `make()("一")` and
`make()("二三")` give, `make` being called once by each actor. Ray starts an actor anew when its process or its machine
is lost, and gives it the item again.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Final, TypeVar

from zhfacts.engines.jobs import processors
from zhfacts.errors import InputError, ZhfactsError

Item = TypeVar("Item")
Out = TypeVar("Out")
Make = Callable[[], Callable[[Item], Out]]
INSTALL: Final = "Ray is not installed: pip install 'zhfacts[ray]'"


def _actor(make: Make[Any, Any]) -> type:
    """The class of the pool's actors. `make` is part of it: arguments would lie where they may be lost."""

    class Actor:
        """One of the pool: what `make` has made, and the way from a row of Ray Data to an item and back."""

        def __init__(self) -> None:
            self._work = make()

        def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
            """Work on a row."""
            made = [pickle.dumps(self._work(pickle.loads(item))) for item in batch["item"]]  # noqa: S301  # what this engine pickled itself
            return {"number": batch["number"], "item": made}

    return Actor


@contextmanager
def cluster(address: str | None, jobs: int | None) -> Iterator[int]:
    """A cluster for a while, and how many actors are to work: `jobs`, or one for each of its processors.

    `address` is that of a cluster as `ray.init` takes it; None starts one on this machine. Raises InputError where
    Ray is not installed, and ZhfactsError where no cluster answers or it gives up beyond its own retries.
    """
    try:
        ray: Any = import_module("ray")
        import_module("ray.data")
    except ImportError as error:
        raise InputError(INSTALL) from error
    _connect(ray, address, jobs)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
    except (ray.exceptions.RayError, OSError) as error:
        if isinstance(cause := getattr(error, "cause", None), ZhfactsError):
            raise cause from error
        raise ZhfactsError(f"the cluster has given up ({_cause(error)}); `ray status` may say why") from error
    finally:
        ray.shutdown()


def run(make: Make[Item, Out], items: Iterable[Item], actors: int) -> Iterator[Out]:
    """What comes of each item, in their order; within `cluster`. `make`, items and results must be picklable."""
    ray: Any = import_module("ray")
    rows = [{"number": number, "item": pickle.dumps(item)} for number, item in enumerate(items)]
    data = ray.data.from_items(rows, override_num_blocks=max(1, len(rows)))
    found = data.map_batches(
        _actor(make), batch_size=1, batch_format="numpy", num_cpus=1, concurrency=min(actors, max(1, len(rows))),
    )  # fmt: skip
    done: dict[int, bytes] = {}
    turn = 0
    for row in found.iter_rows():
        done[int(row["number"])] = row["item"]
        while turn in done:
            yield pickle.loads(done.pop(turn))  # noqa: S301  # of our own actors
            turn += 1


def _connect(ray: Any, address: str | None, jobs: int | None) -> None:
    """Join the cluster, or start one here."""
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None:
        # one processor more, so that reading and passing on does not wait for the actors
        options |= {"num_cpus": (jobs or processors()) + 1, "include_dashboard": False}
    else:
        options["address"] = address
    with suppress(AttributeError):
        logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        ray.init(ignore_reinit_error=True, **options)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        where = address or "this machine"
        raise ZhfactsError(f"no Ray cluster at {where} ({_cause(error)}); start one with `ray start --head`") from error


def _cause(error: BaseException) -> str:
    """The last line of what may be a long report."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__
