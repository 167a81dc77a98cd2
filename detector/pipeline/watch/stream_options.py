"""From a camera's entry in the fleet file to what its stream is opened with."""

from __future__ import annotations

import os
from pathlib import Path

from detector.address import IPNetwork
from detector.errors import CameraFileError
from detector.footage.live import StreamOptions
from detector.scene.fleet import FleetCamera
from detector.scene.stream import StreamModel

RING_S = 16.0
"""A clip begins eight seconds before its limit and is cut a few seconds after it."""

RING_BYTES = 8_000_000
LONGEST_PASSWORD = 1000


def options_of(camera: FleetCamera, networks: tuple[IPNetwork, ...]) -> StreamOptions:
    """How to open a camera's stream.

    Raises CameraFileError where its password cannot be had.
    """
    stream = camera.stream
    return StreamOptions(
        kind=stream.kind,
        address=stream.address,
        networks=networks,
        every_s=camera.camera.looking.every_s,
        transport=stream.transport,
        silent_after_s=stream.silent_after_s,
        frozen_after_s=stream.frozen_after_s,
        picture_every_s=stream.picture_every_s,
        user=stream.user,
        password=_password(camera.id, stream),
        ring_s=RING_S,
        ring_bytes=RING_BYTES,
        loop=stream.loop,
    )


def _password(camera_id: str, stream: StreamModel) -> str | None:
    if stream.password_env is not None:
        password = os.environ.get(stream.password_env)
        if password is None:
            raise CameraFileError(
                f"camera {camera_id}: there is no environment variable {stream.password_env}; "
                "set it to the password"
            )
        return password
    if stream.password_file is not None:
        return _of_file(camera_id, Path(stream.password_file))
    return None


def _of_file(camera_id: str, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_PASSWORD).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise CameraFileError(
            f"camera {camera_id}: the password file {path} cannot be read ({reason}); "
            "correct `password_file`"
        ) from error
