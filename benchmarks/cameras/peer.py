"""The same with OpenCV and Ultralytics, in the environment that has them: a program of its own.

A thread for each camera, each with a `cv2.VideoCapture` and a `YOLO` of its own, as Ultralytics'
guide for several streams has it: every picture is grabbed, one in each two seconds is retrieved
and tracked. Takes one JSON object as its argument; prints a line when all streams are open, and
at its end what it did.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

OPEN_S = 120.0


@dataclass
class Camera:
    """One thread's camera: when looks were done (monotonic seconds) and how old they were.

    A picture's age counts from when the earliest of its stream had come, in the stream's time.
    """

    url: str
    opened: bool = False
    done_s: list[float] = field(default_factory=list)
    lags_s: list[float] = field(default_factory=list)


def watch(camera: Camera, model: str, input_px: int, every_s: float, until_s: list[float]) -> None:
    """Look at one camera until it is time."""
    import cv2
    from ultralytics import YOLO

    yolo = YOLO(model, task="detect")
    capture = cv2.VideoCapture(camera.url, cv2.CAP_FFMPEG)
    ahead_s, next_s = float("inf"), 0.0
    while time.monotonic() < until_s[0] and capture.grab():
        camera.opened = True
        stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        now_s = time.monotonic()
        ahead_s = min(ahead_s, now_s - stamp_s)
        if stamp_s < next_s:
            continue
        next_s = stamp_s + every_s
        picture = capture.retrieve()[1]
        yolo.track(
            picture,
            imgsz=input_px,
            device="cpu",
            persist=True,
            tracker="bytetrack.yaml",
            verbose=False,
        )
        camera.done_s.append(time.monotonic())
        camera.lags_s.append(time.monotonic() - stamp_s - ahead_s)
    capture.release()


def rss_bytes() -> int:
    """Memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Watch all cameras for a while."""
    wanted = json.loads(sys.argv[1])
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp"
    os.environ.setdefault("YOLO_AUTOINSTALL", "False")
    os.environ.setdefault("YOLO_OFFLINE", "True")
    import torch

    # More would only get in each other's way: there are more cameras than cores.
    torch.set_num_threads(1)
    until_s = [float("inf")]
    cameras = [Camera(url) for url in wanted["urls"]]
    settings = (wanted["model"], wanted["input_px"], wanted["every_s"], until_s)
    threads = [
        threading.Thread(target=watch, args=(camera, *settings), daemon=True) for camera in cameras
    ]
    for thread in threads:
        thread.start()
    waited_until_s = time.monotonic() + OPEN_S
    while not all(camera.opened for camera in cameras) and time.monotonic() < waited_until_s:
        time.sleep(0.1)
    print("open", flush=True)
    time.sleep(wanted["warm_s"])
    print("warm", flush=True)
    began_s, used_s = time.monotonic(), time.process_time()
    time.sleep(wanted["window_s"])
    used_s = time.process_time() - used_s
    until_s[0] = 0.0
    lags_s = [
        lag_s
        for camera in cameras
        for done_s, lag_s in zip(list(camera.done_s), list(camera.lags_s), strict=False)
        if done_s >= began_s
    ]
    told = {"looks": len(lags_s), "lags_s": lags_s, "cpu_s": used_s, "rss_bytes": rss_bytes()}
    print(json.dumps(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
