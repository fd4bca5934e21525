"""The one resource of every asset: the runtime, opened when a step first asks for it, and a watch on our own functions."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import dagster as dg

from signals_pipeline.errors import Transient
from signals_pipeline.orchestration import dead_runs
from signals_pipeline.runtime import Runtime, build_runtime
from signals_pipeline.settings import load_settings

RETRIES = 2
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 300.0  # vendor seconds


class House:
    """Opens the `Runtime` from the environment, or holds the one it is given.

    `seconds`, `cpu_seconds`: wall seconds, and the process's processor seconds, inside our functions, by step;
    `peak_mb`: the most memory that the process had held when the step's function ended;
    `entered`, `finished`: the steps whose function was called, returned; `told`: what a step has to say to who started the run.
    """

    def __init__(self, runtime: Runtime | None = None) -> None:
        self._given = runtime
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self.peak_mb: dict[str, int] = {}
        self.entered: set[str] = set()
        self.finished: set[str] = set()
        self.told: dict[str, Any] = {}

    @cached_property
    def runtime(self) -> Runtime:
        return self._given or build_runtime(load_settings())

    @contextmanager
    def clocked(self, step: str) -> Iterator[None]:
        """Counts the wall seconds of the block under `step`: what is left of a run's wall time is the orchestrator's.

        What may succeed when tried again (`Transient`) is tried again by Dagster; everything else fails the step at once.
        """
        self.entered.add(step)
        started, cpu = time.perf_counter(), time.process_time()
        try:
            yield
            self.finished.add(step)
        except Transient as bad:
            wait = min(bad.retry_after or FIRST_WAIT_S, LONGEST_WAIT_S) / self.runtime.settings.speed
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=wait) from bad
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started
            self.cpu_seconds[step] = self.cpu_seconds.get(step, 0.0) + time.process_time() - cpu
            self.peak_mb[step] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def of_runs(house: House) -> dg.ResourceDefinition:
    """The house as Dagster's resource: a run that opens it is noted as one of this process."""

    def opened(context: dg.InitResourceContext) -> House:
        if context.instance is not None and context.run_id:
            dead_runs.claim(context.instance, context.run_id)
        return house

    return dg.ResourceDefinition(opened, description="The runtime of all stages.")
