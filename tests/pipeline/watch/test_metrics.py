from __future__ import annotations

import socket
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from detector.errors import OutputError
from detector.pipeline.watch.health import CameraHealth, Rate
from detector.pipeline.watch.metrics import HealthCollector, serve_metrics

HEALTH = CameraHealth(
    id="gate-1",
    name="东门 East gate",
    state="live",
    fps=24.97,
    looks_per_s=0.5,
    lag_s=0.31,
    last_frame_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
    looks=1000,
    drops=3,
    reconnects=2,
    gaps=1,
    cost_ms=62.5,
    saved_share=0.4,
    distrusted=7,
    view="main",
    fault=None,
    open_stays=2,
    unwritten=0,
    error="rtsp://***@10.0.0.1/ does not answer",
)


def samples(*cameras: CameraHealth) -> dict[tuple[str, ...], float]:
    registry = CollectorRegistry()
    registry.register(HealthCollector(lambda: cameras))
    text = generate_latest(registry).decode()
    return {
        (sample.name.removeprefix("streetwarden_camera_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_number_of_a_camera_is_there_in_base_units():
    found = samples(HEALTH)

    assert found[("up", "gate-1")] == 1
    assert found[("look_cost_seconds", "gate-1")] == 0.0625
    assert found[("looks_total", "gate-1")] == 1000
    assert found[("looks_dropped_total", "gate-1")] == 3
    assert found[("looks_saved_ratio", "gate-1")] == 0.4
    assert found[("last_frame_timestamp_seconds", "gate-1")] == 1777896000
    assert found[("state", "gate-1", "live")] == 1


def test_a_faulty_camera_is_down_and_says_why():
    found = samples(replace(HEALTH, fault="covered", lag_s=None, last_frame_at=None))

    assert found[("up", "gate-1")] == 0
    assert found[("fault", "gate-1", "covered")] == 1
    assert ("lag_seconds", "gate-1") not in found


def test_addresses_and_errors_are_in_no_metric():
    registry = CollectorRegistry()
    registry.register(HealthCollector(lambda: [HEALTH]))

    assert b"10.0.0.1" not in generate_latest(registry)


def test_they_are_served_until_they_are_ended():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    end = serve_metrics(f"127.0.0.1:{port}", lambda: [HEALTH])
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert b'streetwarden_camera_up{camera="gate-1"} 1.0' in answer.read()
        with pytest.raises(OutputError, match="choose another port"):
            serve_metrics(f"127.0.0.1:{port}", list)
    finally:
        end()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "[::]:9464", "192.168.1.5:9464"])
def test_other_machines_may_read_them_only_where_that_is_wanted(address):
    with pytest.raises(OutputError, match="--metrics-public"):
        serve_metrics(address, list)


@pytest.mark.parametrize("address", ["", "9464", "localhost:9464", "127.0.0.1:", "127.0.0.1:x",
                                     "127.0.0.1:99999", "127.0.0.1:-1", "::1"])  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(OutputError, match="no address for metrics"):
        serve_metrics(address, list)


def test_a_rate_is_that_of_the_last_minute():
    rate = Rate()
    for second in range(300):
        last = rate.see(float(second), second * 4 if second < 200 else 800)

    assert last == 0
    assert Rate().see(0.0, 5) == 0
