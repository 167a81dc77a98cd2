"""MJPEG, HLS and polled pictures from a web server, well-behaved and hostile."""

from __future__ import annotations

import io
import itertools
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list

import av
import numpy as np
import pytest
from PIL import Image

from detector.footage import FootageFile
from detector.footage.live import StreamKind, StreamState, gaps, mjpeg, still
from detector.footage.live import http as live_http
from detector.footage.live.cancel import Cancel
from detector.footage.live.endpoint import Login
from detector.footage.live.hls import open_hls
from detector.footage.live.http import Bounds
from detector.footage.live.login import digest
from tests.footage.live.conftest import FakeClock, Run, Running, options
from tests.footage.live.web import Handler, Page, Site, serving

MJPEG, HLS, PICTURE = StreamKind.MJPEG, StreamKind.HLS, StreamKind.PICTURE


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        yield started


def jpeg(number: int, form: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 255, (size[1] // 8, size[0] // 8, 3))
    image = Image.fromarray(pixels.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    image.save(file, format=form)
    return file.getvalue()


def mjpeg_page(
    site: Site, bodies: Iterator[bytes], *, boundary: str = "frame", lengths: bool = True
) -> Page:
    """Parts every 40 ms until the bodies end."""

    def page(handler: Handler) -> None:
        handler.send_response(200)
        kind = f"multipart/x-mixed-replace; boundary={boundary}"
        handler.send_header("Content-Type", kind)
        handler.end_headers()
        mark = boundary.strip('"')
        mark = mark if mark.startswith("--") else f"--{mark}"
        for body in bodies:
            if site.closing.is_set():
                return
            length = f"Content-Length: {len(body)}\r\n" if lengths else ""
            head = f"{mark}\r\nContent-Type: image/jpeg\r\n{length}\r\n"
            handler.wfile.write(head.encode() + body + b"\r\n")
            time.sleep(0.04)

    return page


def error_of(running: Running) -> str:
    running.until(lambda: running.health.error is not None)
    return running.health.error or ""


@pytest.mark.parametrize("boundary", ["frame", '"--quoted"', "--hyphens"])
@pytest.mark.parametrize("lengths", [True, False])
def test_mjpeg_gives_looks_by_the_time_of_arrival(
    site: Site, run: Run, boundary: str, lengths: bool
) -> None:
    endless = (jpeg(number) for number in itertools.count())
    site.pages["/live"] = mjpeg_page(site, endless, boundary=boundary, lengths=lengths)
    running = run(MJPEG, site.url("/live"))
    looks = running.until_looks(4)
    for before, look in itertools.pairwise(looks):
        assert 0.2 < look.t_s - before.t_s < 0.8
        assert look.at > before.at
    assert looks[0].picture.size == (64, 48)
    assert running.health.state is StreamState.LIVE
    assert 10 < running.health.fps < 30
    assert running.stream.clip(0, 10) is None


def test_only_pictures_that_become_looks_are_decoded(site: Site, run: Run) -> None:
    site.pages["/live"] = mjpeg_page(site, (jpeg(number) for number in itertools.count()))
    running = run(MJPEG, site.url("/live"))
    running.until_looks(4)
    eye = running.stream._worker.eye  # type: ignore[union-attr]
    assert eye.tally.frames <= eye.looks + 1
    assert running.health.frames > 3 * eye.tally.frames


def test_mjpeg_that_ends_is_opened_again(site: Site, run: Run) -> None:
    site.pages["/live"] = mjpeg_page(site, (jpeg(number) for number in range(20)))
    running = run(MJPEG, site.url("/live"))
    running.until_looks(1)
    running.until(lambda: running.health.state is StreamState.WAITING)
    assert running.health.error == "the stream ended"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (lambda it: it.answer(200, b"<html>", Content_Type="text/html"), "not MJPEG"),
        (lambda it: it.answer(401, WWW_Authenticate='Basic realm="x"'), "password"),
        (lambda it: it.answer(404), "no such address"),
        (lambda it: it.answer(500), "status 500"),
        (lambda it: it.wfile.write(b"what?\r\n\r\n"), "does not answer as it should"),
    ],
)
@pytest.mark.parametrize("kind", [MJPEG])
def test_what_is_no_stream_is_told_for_what_it_is(
    site: Site, run: Run, kind: StreamKind, page: Page, words: str
) -> None:
    site.pages["/live"] = page
    assert words in error_of(run(kind, site.url("/live")))


def paused(handler: Handler, closing: Callable[[float], bool], pause_s: float) -> None:
    """MJPEG that rests after its second picture."""
    handler.send_response(200)
    handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
    handler.end_headers()
    for number in range(50):
        body = jpeg(number)
        head = f"--frame\r\nContent-Length: {len(body)}\r\n\r\n"
        handler.wfile.write(head.encode() + body + b"\r\n")
        if closing(pause_s if number == 1 else 0.05):
            return


def test_mjpeg_may_rest_as_long_as_its_watchdog_lets_it(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_http, "_SOCKET_S", 0.3)
    site.pages["/live"] = lambda it: paused(it, site.closing.wait, 1.2)
    running = run(MJPEG, site.url("/live"), silent_after_s=5.0)
    running.until_looks(3)
    assert running.health.reconnects == 0


def test_a_stream_with_a_login_that_fell_silent_is_let_go_at_once(site: Site, run: Run) -> None:
    mute: Page = lambda it: paused(it, site.closing.wait, 30)  # noqa: E731
    site.pages["/live"] = guarded(mute, "Digest", "pw")
    running = run(MJPEG, site.url("/live"), user="anna", password="pw")
    running.until_looks(1)
    thread = running.stream._worker.thread  # type: ignore[union-attr]
    running.end()
    thread.join(2)
    assert not thread.is_alive()


def test_an_mjpeg_part_without_an_end_is_given_up(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mjpeg, "_LARGEST_PICTURE", 100_000)

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        handler.wfile.write(b"--frame\r\n\r\n\xff\xd8")
        while not site.closing.is_set():
            handler.wfile.write(b"\0" * 10_000)

    site.pages["/live"] = endless
    assert "100,000 bytes" in error_of(run(MJPEG, site.url("/live")))
    stated = b"--frame\r\nContent-Length: 99999999999\r\n\r\n"
    site.pages["/stated"] = lambda it: it.answer(
        200, stated, Content_Type="multipart/x-mixed-replace; boundary=frame"
    )
    assert "99,999,999,999 bytes" in error_of(run(MJPEG, site.url("/stated")))


@pytest.mark.parametrize("kind", [MJPEG, HLS, PICTURE])
def test_redirects_are_not_followed(site: Site, run: Run, kind: StreamKind) -> None:
    site.pages["/moved"] = lambda it: it.answer(302, Location=site.url("/secret"))
    site.pages["/secret"] = lambda it: it.answer(200, b"x")
    assert "not followed" in error_of(run(kind, site.url("/moved")))
    assert "/secret" not in site.visits


@pytest.mark.parametrize("kind", [MJPEG, HLS, PICTURE])
def test_a_mute_server_hangs_nobody(site: Site, run: Run, kind: StreamKind) -> None:
    def mute(_: Handler) -> None:
        site.closing.wait(30)

    site.pages["/mute"] = mute
    running = run(kind, site.url("/mute"))
    running.until(lambda: bool(site.visits))
    running.end(patience_s=2.0)


def guarded(page: Page, scheme: str, password: str) -> Page:
    """The page for whoever knows the password of `anna`."""

    def ask(handler: Handler) -> None:
        said = handler.headers.get("Authorization", "")
        if scheme == "Basic":
            wanted = f"Basic {b64encode(f'anna:{password}'.encode()).decode()}"
            ask_for, right = 'Basic realm="cam"', said == wanted
        else:
            ask_for = 'Digest realm="cam", nonce="abc", qop="auth", algorithm=SHA-256'
            right = said.startswith("Digest") and _right(handler, said, password)
        page(handler) if right else handler.answer(401, WWW_Authenticate=ask_for)

    return ask


def _right(handler: Handler, said: str, password: str) -> bool:
    got = parse_keqv_list(parse_http_list(said.removeprefix("Digest ")))
    challenge = {"realm": "cam", "nonce": "abc", "qop": "auth", "algorithm": "SHA-256"}
    once = (int(got["nc"], 16), got["cnonce"])
    login = Login("anna", password)
    return f'response="{got["response"]}"' in digest(login, challenge, ("GET", handler.path), once)


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_a_login_is_answered_and_a_wrong_one_is_told(site: Site, run: Run, scheme: str) -> None:
    numbers = itertools.count()
    site.pages["/snap"] = guarded(lambda it: it.answer(200, jpeg(next(numbers))), scheme, "p#w ü")
    right = run(PICTURE, site.url("/snap"), user="anna", password="p#w ü")
    wrong = run(PICTURE, site.url("/snap"), user="anna", password="s3cret")
    right.until_looks(2)
    assert error_of(wrong) == "refuses the user name or the password"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_is_fetched_again_and_again(site: Site, run: Run, form: str) -> None:
    numbers = itertools.count()
    site.pages["/snap"] = lambda it: it.answer(200, jpeg(next(numbers), form))
    running = run(PICTURE, site.url("/snap"))
    looks = running.until_looks(3)
    assert looks[0].picture.size == (64, 48)
    assert looks[2].t_s - looks[0].t_s == pytest.approx(2.0, abs=0.5)
    assert running.health.state is StreamState.LIVE


@pytest.mark.parametrize(("kind", "drops"), [(MJPEG, 6), (PICTURE, 2)])
def test_pictures_that_nobody_wants_are_not_decoded_and_leave_no_gap(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch, kind: StreamKind, drops: int
) -> None:
    monkeypatch.setattr(gaps, "_LEAST_S", 0.0)
    numbers = itertools.count()
    site.pages["/snap"] = (
        mjpeg_page(site, (jpeg(number) for number in numbers))
        if kind is MJPEG
        else lambda it: it.answer(200, jpeg(next(numbers)))
    )
    running = run(kind, site.url("/snap"), wanted=False)
    running.until(lambda: running.health.drops >= drops)
    assert running.looks == []
    assert running.stream._worker.eye.tally.frames == 0  # type: ignore[union-attr]
    assert running.health.quiet_s < 3
    running.wanted = True
    assert running.until_looks(1)[0].lag_s < 1.5
    assert running.gaps == []


def test_a_picture_that_was_fetched_asks_on_until_it_is_wanted(site: Site, run: Run) -> None:
    fetches: list[int] = []

    def page(handler: Handler) -> None:
        fetches.append(1)
        handler.answer(200, jpeg(len(fetches)))

    site.pages["/snap"] = page
    running = run(PICTURE, site.url("/snap"), wanted=False, picture_every_s=60.0)
    running.until(lambda: len(fetches) == 1 and running.health.state is StreamState.LIVE)
    running.wanted = True
    assert running.until_looks(1)[0].lag_s < 10
    assert len(fetches) == 1


def test_an_error_is_over_when_pictures_come_that_nobody_wants(site: Site, run: Run) -> None:
    running = run(MJPEG, site.url("/late"), wanted=False)
    assert error_of(running) == "has no such address"
    site.pages["/late"] = mjpeg_page(site, (jpeg(number) for number in itertools.count()))
    running.until(lambda: running.health.error is None)
    assert running.looks == []
    assert running.health.last_frame_at is not None


@pytest.mark.parametrize("validator", ["ETag", "Last_Modified", None])
def test_the_same_picture_is_no_new_look_and_no_silence(
    site: Site, run: Run, validator: str | None
) -> None:
    asked: list[str | None] = []

    def page(handler: Handler) -> None:
        headers = handler.headers
        asked.append(headers.get("If-None-Match") or headers.get("If-Modified-Since"))
        if asked[-1] == "v1":
            handler.answer(304)
        else:
            handler.answer(200, jpeg(1), **({validator: "v1"} if validator else {}))

    site.pages["/snap"] = page
    running = run(PICTURE, site.url("/snap"), silent_after_s=1.0)
    running.until(lambda: len(asked) >= 4)
    assert len(running.looks) == 1
    assert running.health.state is StreamState.LIVE
    assert running.health.reconnects == 0
    assert asked[:2] == [None, "v1" if validator else None]


def test_a_picture_that_never_changes_is_frozen(site: Site, run: Run) -> None:
    site.pages["/snap"] = lambda it: it.answer(200, jpeg(1))
    running = run(PICTURE, site.url("/snap"), frozen_after_s=0.5)
    running.until(lambda: running.health.state is StreamState.FROZEN)
    running.until(lambda: running.health.reconnects == 1)
    assert len(running.looks) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "no picture that can be read"),
        (jpeg(1)[:200], "no picture that can be read"),
        (jpeg(1, "GIF"), "no picture that can be read"),
        (jpeg(1, size=(16, 8)), "too small"),
    ],
)
def test_what_is_no_picture_is_told(site: Site, run: Run, body: bytes, words: str) -> None:
    site.pages["/snap"] = lambda it: it.answer(200, body)
    assert words in error_of(run(PICTURE, site.url("/snap")))


@pytest.mark.parametrize("side", [9_000, 20_000])
def test_a_picture_that_claims_too_many_pixels_is_refused_before_decoding(
    site: Site, run: Run, side: int
) -> None:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, format="PNG")
    site.pages["/snap"] = lambda it: it.answer(200, file.getvalue())
    assert "above the limit" in error_of(run(PICTURE, site.url("/snap")))


def test_a_body_without_an_end_is_given_up(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(still, "_BOUNDS", Bounds(most_bytes=200_000, most_s=30.0))

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"\xff" * 10_000)

    site.pages["/snap"] = endless
    assert "200,000 bytes" in error_of(run(PICTURE, site.url("/snap")))


def test_a_body_that_drips_is_given_up(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(still, "_BOUNDS", Bounds(most_bytes=200_000, most_s=0.2))

    def dripping(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.wait(0.05):
            handler.wfile.write(b"\xff")

    site.pages["/snap"] = dripping
    assert "within 0.2 s" in error_of(run(PICTURE, site.url("/snap")))


FRAMES_A_PIECE = 10
PIECE_S = 0.4


def pieces_of(path: Path, form: str) -> tuple[list[bytes], bytes]:
    """A film cut at its key frames: MPEG-TS pieces, or MP4 fragments with their head."""
    flags = {
        "mp4": {"movflags": "frag_keyframe+empty_moov+default_base_moof"},
        "mpegts": {"mpegts_flags": "pat_pmt_at_frames"},
    }
    file = io.BytesIO()
    with av.open(str(path)) as source, av.open(file, "w", form, options=flags[form]) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    data = file.getvalue()
    if form == "mp4":
        starts = [at - 4 for at in range(len(data)) if data[at : at + 4] == b"moof"]
    else:
        # A table of contents (stream 0) stands before each picture.
        packets = range(0, len(data), 188)
        tables = [at for at in packets if data[at + 1] & 0x1F == 0 and data[at + 2] == 0]
        starts = tables[::FRAMES_A_PIECE]
    edges = [*starts, len(data)]
    pieces = [data[one:two] for one, two in itertools.pairwise(edges)]
    return pieces, data[: starts[0]] if form == "mp4" else b""


class Channel:
    """An HLS stream that lists one more piece of a film as each has been shown."""

    def __init__(self, site: Site, film: Path, form: str = "mpegts") -> None:
        self.pieces, self.init = pieces_of(film, form)
        self.began_s = time.monotonic()
        self.extra: list[str] = []
        self.ends = False
        site.pages["/live.m3u8"] = lambda it: it.answer(200, self.playlist().encode())
        site.pages["/init"] = lambda it: it.answer(200, self.init)
        for number, body in enumerate(self.pieces):
            site.pages[f"/{number}"] = self.page(body)

    @staticmethod
    def page(body: bytes) -> Page:
        return lambda it: it.answer(200, body)

    def playlist(self) -> str:
        listed = min(4 + int((time.monotonic() - self.began_s) / PIECE_S), len(self.pieces))
        first = listed - 4
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines += ['#EXT-X-MAP:URI="/init"'] if self.init else []
        lines += self.extra
        for number in range(first, listed):
            lines += [f"#EXTINF:{PIECE_S},", f"/{number}"]
        return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if self.ends else [])])


@pytest.fixture(scope="session")
def long_film(film: Callable[..., FootageFile]) -> Path:
    return film("long.mp4", tuple(range(0, 20_000, 40)), gop=FRAMES_A_PIECE).path


@pytest.mark.parametrize("form", ["mpegts", "mp4"])
def test_hls_gives_looks_from_near_the_end_on(
    site: Site, run: Run, long_film: Path, form: str
) -> None:
    Channel(site, long_film, form)
    running = run(HLS, site.url("/live.m3u8"))
    looks = running.until_looks(8)
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(looks)]
    assert steps == pytest.approx([0.4] * 7, abs=0.01)
    assert {look.session for look in looks} == {1}
    # Two pieces lie between a picture and its arrival, and half a round of asking.
    assert 0.2 < looks[-1].lag_s < 3
    assert "/0" not in site.visits
    clip = running.stream.clip(looks[2].t_s, looks[4].t_s)
    assert clip is not None
    with av.open(io.BytesIO(clip.data)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([0.04 * number for number in range(len(times))], abs=0.002)
    assert len(times) >= 20


@pytest.mark.parametrize("form", ["mpegts", "mp4"])
def test_a_segment_does_not_come_in_one_burst(site: Site, long_film: Path, form: str) -> None:
    pieces, init = pieces_of(long_film, form)
    site.pages["/init"] = lambda it: it.answer(200, init)
    head = '#EXT-X-MAP:URI="/init"\n' if init else ""
    listed = "".join(f"#EXTINF:4,\n/{number}\n" for number in range(2))
    text = f"#EXTM3U\n{head}{listed}#EXT-X-ENDLIST\n"
    site.pages["/live.m3u8"] = lambda it: it.answer(200, text.encode())
    for number in range(2):
        body = b"".join(pieces[10 * number : 10 * number + 10])
        site.pages[f"/{number}"] = Channel.page(body)
    clock = FakeClock()
    source = open_hls(options(HLS, site.url("/live.m3u8")), clock, Cancel())
    came_s = [clock.now_s for _ in source.packets()]
    source.close()
    assert len(came_s) == 200
    assert max(two - one for one, two in itertools.pairwise(came_s)) < 0.1
    assert came_s[-1] - came_s[0] == pytest.approx(8 / 1.25, abs=0.1)


def test_a_master_playlist_leads_to_its_best_stream_and_no_deeper(
    site: Site, run: Run, long_film: Path
) -> None:
    Channel(site, long_film)
    variant = '#EXT-X-STREAM-INF:BANDWIDTH={},CODECS="avc1.64001f,mp4a"\n{}\n'
    master = "#EXTM3U\n" + variant.format(100, "/poor") + variant.format(900, "live.m3u8")
    site.pages["/master"] = lambda it: it.answer(200, master.encode())
    run(HLS, site.url("/master")).until_looks(1)
    assert "/poor" not in site.visits
    deep = "#EXTM3U\n" + variant.format(100, "/master")
    site.pages["/deep"] = lambda it: it.answer(200, deep.encode())
    assert error_of(run(HLS, site.url("/deep"))) == "lists playlists of playlists"


def test_hls_that_ends_or_breaks_is_opened_again(site: Site, run: Run, long_film: Path) -> None:
    channel = Channel(site, long_film)
    channel.ends = True
    running = run(HLS, site.url("/live.m3u8"))
    assert error_of(running) == "the stream ended"
    channel.ends = False
    running.until_looks(2)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:{port}/secret",
        "rtsp://127.0.0.1/secret",
        "concat:/etc/passwd|/etc/group",
        "data:text/plain,hello",
        "subfile,,start,0,end,0,,:/etc/passwd",
        "crypto+file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("place", ["segment", "init", "variant"])
def test_a_playlist_leads_nowhere_it_may_not(site: Site, run: Run, target: str, place: str) -> None:
    target = target.format(port=site.port)
    segment = "#EXTINF:1,\n"
    lines = {
        "segment": f"{segment}{target}",
        "init": f'#EXT-X-MAP:URI="{target}"\n{segment}/1',
        "variant": f"#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}",
    }
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines[place]}\n"
    site.pages["/live.m3u8"] = lambda it: it.answer(200, text.encode())
    site.pages["/secret"] = lambda it: it.answer(200, b"secret")
    site.pages["/1"] = lambda it: it.answer(200, b"\x47" * 188)
    words = error_of(run(HLS, site.url("/live.m3u8")))
    assert any(it in words for it in ("no address that begins", "none of the networks", "no such"))
    assert "/secret" not in site.visits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html>", "no HLS playlist"),
        ("#EXTM3U\n", "no segments yet"),
        ('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="/key"\n#EXTINF:1,\n/1', "encrypted"),
        ("#EXTM3U\n#EXT-X-BYTERANGE:10@0\n#EXTINF:1,\n/1", "byte ranges"),
        ("#EXTM3U\n#EXTINF:nan,\n/1", "faulty number"),
        ("#EXTM3U\n#EXTINF:1,\n/text", "neither MPEG-TS nor MP4"),
        ("#EXTM3U\n" + "#\n" * 30_000, "no HLS playlist"),
    ],
)
def test_a_faulty_playlist_is_told_for_what_it_is(
    site: Site, run: Run, text: str, words: str
) -> None:
    site.pages["/live.m3u8"] = lambda it: it.answer(200, text.encode())
    site.pages["/text"] = lambda it: it.answer(200, b"dear diary")
    assert words in error_of(run(HLS, site.url("/live.m3u8")))


def test_a_login_does_not_go_to_another_server(site: Site, run: Run, long_film: Path) -> None:
    told: list[str | None] = []
    with serving() as other:
        Channel(other, long_film)
        for path, page in list(other.pages.items()):
            other.pages[path] = _listening(page, told)
        master = f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{other.url('/live.m3u8')}\n"
        page = guarded(lambda it: it.answer(200, master.encode()), "Basic", "pw")
        site.pages["/master"] = page
        run(HLS, site.url("/master"), user="anna", password="pw").until_looks(1)
    assert told
    assert set(told) == {None}


def _listening(page: Page, told: list[str | None]) -> Page:
    def listen(handler: Handler) -> None:
        told.append(handler.headers.get("Authorization"))
        page(handler)

    return listen
