"""Which addresses may be opened, and what of them is ever shown."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from detector.footage.live.contract import StreamError, StreamKind
from detector.footage.live.endpoint import Endpoint, Login, resolve

CITY = (ip_network("10.20.0.0/16"), ip_network("fd12::/16"))
WIDE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


def refused(address: str, kind: StreamKind = StreamKind.RTSP, wide: bool = False) -> str:
    with pytest.raises(StreamError) as caught:
        resolve(address, kind, WIDE if wide else CITY)
    return str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://127.0.0.1/live",
        "rtsp://127.9.9.9/live",
        "rtsp://0.0.0.0/live",
        "rtsp://169.254.169.254/live",
        "rtsp://100.100.100.200/live",
        "rtsp://224.0.0.1/live",
        "rtsp://[::1]/live",
        "rtsp://[::]/live",
        "rtsp://[::ffff:127.0.0.1]/live",
        "rtsp://[::ffff:169.254.169.254]/live",
        "rtsp://[fe80::1]/live",
        "rtsp://[ff02::1]/live",
        "rtsp://localhost/live",
        "rtsp://2130706433/live",
        "rtsp://127.1/live",
    ],
)
def test_what_only_this_machine_can_reach_is_refused_even_in_a_wide_network(address: str) -> None:
    assert "none of the networks" in refused(address, wide=True)


def test_an_address_outside_the_networks_is_refused() -> None:
    assert "none of the networks" in refused("rtsp://10.21.0.1/live")
    assert resolve("rtsp://10.20.0.1/live", StreamKind.RTSP, CITY).port == 554


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (StreamKind.RTSP, "http://10.20.0.1/live"),
        (StreamKind.RTSP, "rtmp://10.20.0.1/live"),
        (StreamKind.RTSP, "exec:/bin/sh"),
        (StreamKind.RTSP, "concat:rtsp://10.20.0.1/live|/etc/passwd"),
        (StreamKind.HLS, "file:///etc/passwd"),
        (StreamKind.HLS, "/etc/passwd"),
        (StreamKind.HLS, "rtsp://10.20.0.1/live"),
        (StreamKind.MJPEG, "ftp://10.20.0.1/live"),
        (StreamKind.PICTURE, "data:image/png;base64,AAAA"),
        (StreamKind.PICTURE, "http://"),
        (StreamKind.PICTURE, "gopher://10.20.0.1/"),
    ],
)
def test_each_kind_has_its_own_schemes(kind: StreamKind, address: str) -> None:
    assert "is no address that begins with" in refused(address, kind)


@pytest.mark.parametrize(
    "address", ["rtsp://10.20.0.1/a b", "rtsp://10.20.0.1/a\r\nX: y", "rtsp://10.20.0.1:99999/"]
)
def test_an_address_cannot_smuggle_anything(address: str) -> None:
    assert "address" in refused(address)


def test_a_name_is_resolved_once_and_its_address_is_what_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["10.20.3.4", "127.0.0.1"])

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    endpoint = resolve("rtsp://cam.city/live?channel=1", StreamKind.RTSP, CITY)
    assert endpoint.url == "rtsp://10.20.3.4:554/live?channel=1"
    assert "127.0.0.1" in refused("rtsp://cam.city/live")


def test_a_name_with_a_good_and_a_bad_address_is_opened_at_the_good_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        found = ["127.0.0.1", "10.20.3.4"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert str(resolve("rtsp://cam.city/live", StreamKind.RTSP, CITY).ip) == "10.20.3.4"


def test_a_host_that_does_not_exist_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert refused("rtsp://no.such.host/live") == "there is no host no.such.host"


def test_logins_are_used_and_never_shown() -> None:
    stated = resolve("rtsp://us%40er:p%3Aw%2F@10.20.0.1/live", StreamKind.RTSP, CITY)
    assert stated.login == Login("us@er", "p:w/")
    assert stated.url_with_login == "rtsp://us%40er:p%3Aw%2F@10.20.0.1:554/live"
    assert "p:w" not in repr(stated)
    assert "p%3A" not in repr(stated)
    apart = resolve("rtsp://10.20.0.1/live", StreamKind.RTSP, CITY, Login("anna", "p#w"))
    assert apart.url_with_login == "rtsp://anna:p%23w@10.20.0.1:554/live"
    assert "p#w" not in repr(apart)
    for wrong in ("rtsp://anna:s3cret@127.0.0.1/live", "http://anna:s3cret@10.20.0.1/live"):
        assert "s3cret" not in refused(wrong)


def test_an_address_of_version_six_is_put_in_brackets() -> None:
    endpoint: Endpoint = resolve("http://[fd12::7]:8080/x", StreamKind.HLS, CITY)
    assert endpoint.url == "http://[fd12::7]:8080/x"
    assert endpoint.authority == "[fd12::7]:8080"
