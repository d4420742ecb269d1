"""What a server says of itself at `/metrics`, read from outside."""

import httpx2
from prometheus_client.parser import text_string_to_metric_families

PATIENCE_SECONDS = 30.0


async def metrics_of(server: str) -> dict[str, float]:
    """Each sample's name → the sum over its labels. Raises httpx2.HTTPError."""
    async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS) as http:
        answer = (await http.get(f"{server.rstrip('/')}/metrics")).raise_for_status()
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    return sums


async def server_usage(server: str) -> dict[str, float]:
    """Memory in bytes and CPU in seconds of the server and of its workers, from its own metrics."""
    sums = await metrics_of(server)
    names = {
        "rss": "process_resident_memory_bytes",
        "cpu": "process_cpu_seconds_total",
        "workers_rss": "proctor_worker_resident_bytes",
        "workers_cpu": "proctor_worker_cpu_seconds",
    }
    return {short: sums.get(name, 0.0) for short, name in names.items()}
