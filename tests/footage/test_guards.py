"""What must never be opened, and what a user is told about files that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.errors import SourceError
from detector.footage import FootageFile, limits, open_footage


def refused(path: Path, media: str = "video") -> str:
    file = FootageFile(path, path.name, "video" if media == "video" else "photo")
    with pytest.raises(SourceError) as caught:
        list(open_footage(file).looks(0))
    assert path.name in str(caught.value)
    assert ";" in str(caught.value), "a remedy follows"
    return str(caught.value)


def scripts(target: Path) -> dict[str, str]:
    hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:2,\n"
    schema = "urn:mpeg:dash:schema:mpd:2011"
    return {
        "hls.mp4": f"{hls}{target}\n#EXT-X-ENDLIST\n",
        "hls.m3u8.mp4": f"{hls}file://{target}\n#EXT-X-ENDLIST\n",
        "concat.mp4": f"ffconcat version 1.0\nfile '{target}'\n",
        "dash.mp4": f"<?xml version='1.0'?><MPD xmlns='{schema}'><BaseURL>{target}</BaseURL></MPD>",
        "sdp.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    }


@pytest.mark.parametrize("name", list(scripts(Path("x"))))
def test_a_playlist_in_disguise_opens_nothing(
    film: Callable[..., FootageFile], tmp_path: Path, name: str
) -> None:
    target = tmp_path / "target.ts"
    target.write_bytes(film("target.ts").path.read_bytes())
    os.utime(target, ns=(0, 0))
    path = tmp_path / name
    path.write_text(scripts(target)[name])
    fifo = tmp_path / "fifo.ts"
    os.mkfifo(fifo)
    path.write_text(scripts(fifo)[name])  # whoever opens this to read it hangs
    assert "not a video that can be read" in refused(path)
    path.write_text(scripts(target)[name])
    assert "not a video that can be read" in refused(path)
    assert target.stat().st_atime_ns == 0, "the target was read"


def test_text_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("dear diary\n" * 100)
    assert "not a video that can be read" in refused(path)


def test_a_photo_is_no_video_and_a_video_no_photo(
    film: Callable[..., FootageFile], tmp_path: Path
) -> None:
    from PIL import Image

    photo = tmp_path / "photo.mp4"
    Image.new("RGB", (64, 64)).save(photo, format="JPEG")
    assert "not a video that can be read" in refused(photo)
    video = tmp_path / "video.jpg"
    video.write_bytes(film("as_photo.mp4", [0]).path.read_bytes())
    assert "not a photo that can be read" in refused(video, "photo")


@pytest.mark.parametrize("media", ["video", "photo"])
def test_files_that_cannot_be_used_are_named_for_what_they_are(tmp_path: Path, media: str) -> None:
    (empty := tmp_path / "empty.mp4").touch()
    (folder := tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "fifo.mp4")
    assert "is empty" in refused(empty, media)
    assert "is a folder" in refused(folder, media)
    assert "no such file" in refused(tmp_path / "gone.mp4", media)
    assert "not an ordinary file" in refused(tmp_path / "fifo.mp4", media)


def test_a_file_that_may_not_be_read_says_so(
    film: Callable[..., FootageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = film("locked.mp4", [0])

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in refused(file.path)


def test_a_video_without_its_index_is_an_error(
    film: Callable[..., FootageFile], tmp_path: Path
) -> None:
    data = film("headless.mp4").path.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: len(data) // 2])
    refused(path)


def test_sound_alone_is_no_footage(tmp_path: Path) -> None:
    import av

    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
        frame.sample_rate, frame.pts = 44100, 0
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert "no moving pictures" in refused(path)


def test_a_video_above_the_limit_is_refused_before_decoding(
    film: Callable[..., FootageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = film("large.mp4", [0], size=(640, 480))
    monkeypatch.setattr(limits, "MAX_VIDEO_PX", 640 * 400)
    assert "640 x 480" in refused(file.path)


def test_a_video_too_wide_is_refused(film: Callable[..., FootageFile]) -> None:
    assert "8192 pixels a side" in refused(film("wide.mp4", [0], size=(8320, 32)).path)


def test_a_video_of_hardly_any_pixels_is_refused(film: Callable[..., FootageFile]) -> None:
    assert "at least 16 pixels" in refused(film("small.mp4", [0], size=(32, 8)).path)


def test_the_terminal_stays_quiet_about_broken_files(
    film: Callable[..., FootageFile], tmp_path: Path
) -> None:
    data = bytearray(film("noisy.ts", size=(160, 128)).path.read_bytes())
    for at in range(4000, len(data), 700):
        data[at] ^= 0xFF
    path = tmp_path / "noisy.ts"
    path.write_bytes(data)
    script = (
        "import sys; from pathlib import Path; from detector.footage import *\n"
        "f = open_footage(FootageFile(Path(sys.argv[1]), 'noisy.ts', 'video'))\n"
        "print(len(list(f.looks(0))) > 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert (run.stdout, run.stderr) == ("True\n", "")
