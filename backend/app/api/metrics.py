"""Numbers of one server for Prometheus: what its parts count themselves, asked when somebody looks."""

from collections.abc import Iterator

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.ai.engine import Engine, WorkerState
from app.services.live_exam_sessions import LiveExamSessions
from app.services.readiness import DatabasePool


class ServerNumbers(Collector):
    """Engine, live exam sessions and database pool of one app; ids and names of people never appear."""

    def __init__(self, engine: Engine, live: LiveExamSessions, pool: DatabasePool) -> None:
        self._engine = engine
        self._live = live
        self._pool = pool

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: what is measured may not be there yet."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """The numbers now."""
        counters = self._engine.counters
        for name, what, count in (
            ("frames", "Frames judged by workers.", counters.frames),
            ("refused", "Pictures that could not be judged.", counters.refused),
            ("restarts", "Workers replaced because they died or hung.", counters.restarts),
            ("quarantined", "Pictures that killed two workers.", counters.quarantined),
            ("busy", "Frames turned away because the queue was full.", counters.busy),
            ("timeouts", "Frames that took a worker too long.", counters.timeouts),
        ):
            yield CounterMetricFamily(f"proctor_engine_{name}", what, value=count)
        yield GaugeMetricFamily("proctor_engine_waiting", "Frames waiting for a worker.", value=counters.waiting)
        yield GaugeMetricFamily("proctor_engine_working", "Workers with a frame.", value=counters.working)
        yield from _workers(counters.workers)
        yield GaugeMetricFamily("proctor_live_exam_sessions", "Sittings connected here.", value=len(self._live))
        yield self._connections()

    def _connections(self) -> Metric:
        family = GaugeMetricFamily("proctor_database_connections", "Connections to PostgreSQL.", labels=["state"])
        family.add_metric(["in_use"], self._pool.in_use)
        family.add_metric(["idle"], self._pool.idle)
        return family


def _workers(workers: tuple[WorkerState, ...]) -> Iterator[Metric]:
    alive = GaugeMetricFamily("proctor_workers_alive", "Worker processes that run.")
    alive.add_metric([], sum(worker.alive for worker in workers))
    yield alive
    memory = GaugeMetricFamily("proctor_worker_resident_bytes", "Memory of a worker.", labels=["worker"])
    cpu = GaugeMetricFamily("proctor_worker_cpu_seconds", "CPU time of a worker since it started.", labels=["worker"])
    frames = GaugeMetricFamily("proctor_worker_frames", "Frames judged in a worker's place.", labels=["worker"])
    for place, worker in enumerate(workers):
        memory.add_metric([str(place)], worker.rss)
        cpu.add_metric([str(place)], _cpu_seconds(worker.pid))
        frames.add_metric([str(place)], worker.frames)
    yield from (memory, cpu, frames)


def _cpu_seconds(pid: int) -> float:
    try:
        spent = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(spent.user + spent.system)
