"""The health of the cameras as Prometheus metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from detector.errors import OutputError
from detector.pipeline.watch.health import CameraHealth

PREFIX = "streetwarden_camera"


@dataclass(frozen=True)
class Measured:
    """One metric: its name without the prefix, what it says, and how it is read."""

    name: str
    help: str
    value: Callable[[CameraHealth], float | None]
    counts: bool = False


MEASURED = (
    Measured("up", "1 where pictures come and can be trusted, else 0", lambda it: it.sound),
    Measured("frames_per_second", "coded pictures received per second", lambda it: it.fps),
    Measured("looks_per_second", "looks judged per second, last minute", lambda it: it.looks_per_s),
    Measured("lag_seconds", "age of the last picture when it had been judged", lambda it: it.lag_s),
    Measured(
        "last_frame_timestamp_seconds",
        "time of the last picture, seconds since 1970",
        lambda it: it.last_frame_at.timestamp() if it.last_frame_at else None,
    ),
    Measured("look_cost_seconds", "mean time that a look takes", lambda it: it.cost_ms / 1000),
    Measured(
        "looks_saved_ratio",
        "share of looks at which nothing had changed, 0 to 1",
        lambda it: it.saved_share,
    ),
    Measured("open_stays", "stays that last", lambda it: it.open_stays),
    Measured(
        "unwritten_revisions", "revisions that the disk did not take", lambda it: it.unwritten
    ),
    Measured("looks", "looks judged", lambda it: it.looks, counts=True),
    Measured("looks_dropped", "looks that came too fast, or damaged", lambda it: it.drops, True),
    Measured("looks_distrusted", "looks at pictures of no use", lambda it: it.distrusted, True),
    Measured("reconnects", "times the stream was opened anew", lambda it: it.reconnects, True),
    Measured("gaps", "times in which nothing was seen", lambda it: it.gaps, True),
)


class HealthCollector(Collector):
    """Reads the health of the cameras when somebody asks; it holds no history of its own."""

    def __init__(self, health: Callable[[], Sequence[CameraHealth]]) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """One family for each metric, labelled with the camera's id."""
        cameras = self._health()
        for it in MEASURED:
            family = (CounterMetricFamily if it.counts else GaugeMetricFamily)(
                f"{PREFIX}_{it.name}", it.help, labels=["camera"]
            )
            for camera in cameras:
                value = it.value(camera)
                if value is not None:
                    family.add_metric([camera.id], float(value))
            yield family
        yield _labelled("state", "1 for what its stream does", cameras, lambda it: it.state)
        yield _labelled("fault", "1 for what is wrong with it", cameras, lambda it: it.fault)


def serve_metrics(
    address: str, health: Callable[[], Sequence[CameraHealth]], *, public: bool = False
) -> Callable[[], None]:
    """Serve the metrics at HOST:PORT over HTTP; returns what ends it.

    Raises OutputError where the address is none or cannot be had, or is reachable from other
    machines without `public`.
    """
    host, port = _host_and_port(address)
    if not public and not ip_address(host).is_loopback:
        raise OutputError(
            f"metrics at {address} could be read from other machines: use 127.0.0.1, "
            "or add --metrics-public where that is wanted"
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HealthCollector(health))
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise OutputError(
            f"metrics cannot be served at {address} ({error.strerror}): choose another port"
        ) from error

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def _labelled(
    name: str,
    help_: str,
    cameras: Sequence[CameraHealth],
    label: Callable[[CameraHealth], str | None],
) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", help_, labels=["camera", name])
    for camera in cameras:
        if (value := label(camera)) is not None:
            family.add_metric([camera.id, value], 1.0)
    return family


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    try:
        ip_address(bare)
        number = int(port)
    except ValueError:
        number = -1
    if not 0 <= number <= 65_535:
        raise OutputError(
            f"{address!r} is no address for metrics: write one such as 127.0.0.1:9464"
        )
    return bare, number
