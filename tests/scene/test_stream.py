from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from detector.address import StreamKind, Transport
from detector.scene.faults import read_model
from detector.scene.stream import StreamModel

RTSP = {"kind": "rtsp", "address": "rtsp://10.0.0.12:554/Streaming/Channels/101"}
PICTURE = {"kind": "picture", "address": "http://10.0.0.12/snap.cgi?channel=1"}
FILE = {"kind": "file", "address": "footage/crossing.mp4"}


def stream(**more: object) -> StreamModel:
    return StreamModel.model_validate(RTSP | more)


def fault(document: object) -> str:
    read = read_model(StreamModel, document, {(): StreamModel})
    assert isinstance(read, list)
    (found,) = read
    return str(found)


def test_what_a_stream_does_not_say_has_its_usual_value() -> None:
    read = stream()
    assert (read.kind, read.transport) == (StreamKind.RTSP, Transport.TCP)
    assert (read.silent_after_s, read.frozen_after_s) == (20, 60)
    assert read.picture_every_s is None
    assert not read.loop


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("rtsp", "rtsps://camera-7.city.example/live?channel=1&subtype=0"),
        ("rtsp", "RTSP://10.0.0.1/live"),
        ("rtsp", "rtsp://[fd00::12]:554/live"),
        ("rtsp", "rtsp://admin:p%40ss%23@10.0.0.1/live"),
        ("rtsp", "rtsp://10.0.0.1:554/user=admin&password=&channel=1&stream=0.sdp"),
        ("mjpeg", "http://10.0.0.1:8080/video.mjpg"),
        ("hls", "https://10.0.0.1/live/index.m3u8"),
        ("picture", "http://10.0.0.1/cgi-bin/snapshot.cgi?1"),
        ("file", "footage/a.mp4"),
        ("file", "/data/路口 1/a.mp4"),
        ("file", "./2026-05-01 10:00.mp4"),
    ],
)
def test_an_address_goes_with_its_kind(kind: str, address: str) -> None:
    assert StreamModel.model_validate({"kind": kind, "address": address}).address == address


@pytest.mark.parametrize(
    ("kind", "address", "word"),
    [
        ("rtsp", "http://10.0.0.1/live", "begin with rtsp:// or rtsps://"),
        ("rtsp", "rtsp:/10.0.0.1/live", "begin with"),
        ("rtsp", "10.0.0.1/live", "begin with"),
        ("mjpeg", "rtsp://10.0.0.1/live", "begin with http:// or https://"),
        ("hls", "file:///etc/passwd", "begin with"),
        ("picture", "gopher://10.0.0.1/", "begin with"),
        ("picture", "concat:http://10.0.0.1/a", "begin with"),
        ("hls", "http+unix://10.0.0.1/", "begin with"),
        ("rtsp", "rtsp://", "no sound host"),
        ("rtsp", "rtsp://:554/live", "no sound host"),
        ("rtsp", "rtsp://10.0.0.1:0/live", "no sound host"),
        ("rtsp", "rtsp://-oProxy/live", "no sound host"),
        ("rtsp", "rtsp://2130706433/live", "no sound host"),
        ("rtsp", "rtsp://127.1/live", "no sound host"),
        ("rtsp", "rtsp://0x7f.0.0.1/live", "no sound host"),
        ("rtsp", "rtsp://0177.0.0.1/live", "no sound host"),
        ("rtsp", "rtsp://[fe80::1%25eth0]/live", "no sound host"),
        ("rtsp", "rtsp://a:b@c:d@10.0.0.1:x/live", "cannot be taken apart"),
        ("rtsp", "rtsp://10.0.0.1:99999/live", "cannot be taken apart"),
        ("rtsp", "rtsp://[::1/live", "cannot be taken apart"),
        ("rtsp", "rtsp://10.0.0.1/live?tcp", "use `transport`"),
        ("rtsp", "rtsp://10.0.0.1/live?a=1&HTTP", "use `transport`"),
        ("rtsp", "rtsp://10.0.0.1/live?a=1?filter_src", "use `transport`"),
        ("rtsp", "rtsp://10.0.0.1/live\n-i /etc/passwd", "no address has"),
        ("rtsp", "rtsp://10.0.0.1/live -i x", "no address has"),
        ("rtsp", "rtsp://10.0.0.1/a|User-Agent=x", "no address has"),
        ("rtsp", "rtsp://10.0.0.1/\0", "no address has"),
        ("rtsp", "rtsp://10.0.0.1/主", "no address has"),
        ("rtsp", "rtsp://a:b#c@10.0.0.1/", "no address has"),
        ("rtsp", "rtsp://10.0.0.1\\@8.8.8.8/", "no address has"),
        ("file", "rtsp://10.0.0.1/live", "no plain path"),
        ("file", "concat:a.mp4", "no plain path"),
        ("file", "subfile,,start,0,end,9,,:a.mp4", "no plain path"),
        ("file", "pipe:0", "no plain path"),
        ("file", "-f", "no plain path"),
        ("file", "~/a.mp4", "no plain path"),
        ("file", "C:\\a.mp4", "no plain path"),
        ("file", "../a.mp4", "steps upwards"),
        ("file", "footage/", "names a folder"),
        ("file", "a\0.mp4", "control character"),
        ("file", "a\n.mp4", "control character"),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(kind: str, address: str, word: str) -> None:
    told = fault({"kind": kind, "address": address})
    assert told.startswith("address: ")
    assert word in told
    assert "; " in told


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (RTSP | {"picture_every_s": 5.0}, "picture_every_s: has no meaning for rtsp; remove it"),
        (RTSP | {"loop": True}, "loop: has no meaning for rtsp; remove it"),
        (FILE | {"transport": "tcp"}, "transport: has no meaning for file; remove it"),
        (FILE | {"user": "a"}, "user: has no meaning for file; remove it"),
        (RTSP | {"password_env": "A"}, "password_env: has no `user` to go with; give the `user`"),
        (
            RTSP | {"user": "a", "password_env": "A", "password_file": "a"},
            "password_file: is there beside password_env; keep one",
        ),
        (
            RTSP | {"user": "a", "address": "rtsp://b:hunter2@10.0.0.1/"},
            "address: holds a login beside `user`; take it out of the address",
        ),
        (
            PICTURE | {"picture_every_s": 20.0},
            "silent_after_s: is over before the next picture; make it longer than picture_every_s",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_told(document: dict[str, object], told: str) -> None:
    assert fault(document) == told


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "onvif"},
        {"transport": "sctp"},
        {"user": "a\n"},
        {"user": "a", "password_env": "A B"},
        {"user": "a", "password_file": "../secret"},
        {"silent_after_s": 0},
        {"frozen_after_s": float("inf")},
        {"address": ""},
        {"address": None},
        {"password": "hunter2"},
    ],
)
def test_a_faulty_setting_is_named_without_what_it_held(more: dict[str, object]) -> None:
    told = fault(RTSP | more)
    assert list(more)[-1] in told
    assert "hunter2" not in told


def test_a_password_shows_nowhere() -> None:
    read = stream(address="rtsp://admin:hunter2@10.0.0.1/live")
    assert read.has_password
    assert not stream().has_password
    assert read.shown == "rtsp://***@10.0.0.1/live"
    assert "hunter2" not in repr(read) + str(read)
    with pytest.raises(ValidationError) as caught:
        stream(address="rtsp://admin:hunter2@10.0.0.1/live", transport="x", user=["hunter2"])
    assert "hunter2" not in str(caught.value)


SECRET = st.text(st.characters(codec="utf-8"), min_size=5, max_size=20).map("hunter2{}".format)


@given(SECRET, st.sampled_from(["rtsp", "mjpeg", "file"]))
def test_no_fault_of_an_address_repeats_any_of_it(secret: str, kind: str) -> None:
    document = {"kind": kind, "address": f"rtsp://admin:{secret}@10.0.0.1:bad/live"}
    read = read_model(StreamModel, document, {(): StreamModel})
    assert isinstance(read, list)
    assert all("hunter2" not in str(it) for it in read)


@given(st.sampled_from(list(StreamKind)), st.text())
def test_any_address_gives_a_stream_or_a_fault(kind: StreamKind, address: str) -> None:
    read = read_model(StreamModel, {"kind": kind, "address": address}, {(): StreamModel})
    if isinstance(read, StreamModel):
        assert address.isprintable()
        assert read.shown
