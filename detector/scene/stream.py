"""Where the pictures of a camera come from, as the fleet file says: data, never a command.

Nothing is opened or resolved here. Passwords never show: not in a fault, not in a repr.
"""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from detector.address import StreamKind, Transport, mask_address
from detector.observation import Frozen
from detector.scene.faults import Fault, Misfits
from detector.scene.stream_address import file_fault, has_password, url_fault

Seconds: TypeAlias = Annotated[float, Field(strict=True, gt=0, le=86_400)]


SCHEMES = {
    StreamKind.RTSP: ("rtsp", "rtsps"),
    StreamKind.MJPEG: ("http", "https"),
    StreamKind.HLS: ("http", "https"),
    StreamKind.PICTURE: ("http", "https"),
}


def _address_fault(kind: StreamKind, address: str) -> str | None:
    return file_fault(address) if kind is StreamKind.FILE else url_fault(address, SCHEMES[kind])


def _sound_path(path: str) -> str:
    if fault := file_fault(path):
        raise ValueError(fault)
    return path


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a control character; write it anew")
    return text


class StreamModel(Frozen):
    """Where the pictures of a camera come from."""

    # A fault that showed its input would show a password.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: StreamKind = Field(
        title="Kind",
        description="rtsp, mjpeg (HTTP multipart), hls, picture (a still that is fetched again "
        "and again) or file (a recording, played as if live)",
    )
    address: str = Field(
        title="Address",
        description="rtsp:// or rtsps:// for rtsp, http:// or https:// for mjpeg, hls and "
        "picture, a path for file (a relative one starts at the fleet file's folder)",
        min_length=1,
        max_length=2000,
        repr=False,
    )
    transport: Transport = Field(
        default=Transport.TCP,
        title="RTSP transport",
        description="tcp or udp, only for rtsp; default tcp",
    )
    user: Annotated[str, AfterValidator(_plain)] | None = Field(
        default=None,
        title="User",
        description="name to log in with at the camera",
        min_length=1,
        max_length=200,
    )
    password_env: str | None = Field(
        default=None,
        title="Password variable",
        description="name of the environment variable that holds the password",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,199}$",
    )
    password_file: Annotated[str, AfterValidator(_sound_path)] | None = Field(
        default=None,
        title="Password file",
        description="path of a file that holds only the password; a relative one starts at the "
        "fleet file's folder",
        min_length=1,
        max_length=1000,
    )
    silent_after_s: Seconds = Field(
        default=20.0,
        title="Silent after",
        description="seconds without a picture after which the stream is opened anew; default 20",
        json_schema_extra={"unit": "s"},
    )
    frozen_after_s: Seconds = Field(
        default=60.0,
        title="Frozen after",
        description="seconds of the very same picture after which the stream is opened anew; "
        "default 60",
        json_schema_extra={"unit": "s"},
    )
    picture_every_s: Seconds | None = Field(
        default=None,
        title="Time between pictures",
        description="seconds from one fetch of a picture to the next, only for picture; default "
        "the camera's looking.every_s",
        json_schema_extra={"unit": "s"},
    )

    loop: bool = Field(
        default=False,
        title="Loop",
        description="true: a recording begins anew at its end, only for file; default false",
        strict=True,
    )

    @property
    def shown(self) -> str:
        """The address without its secrets."""
        return mask_address(self.address)

    @property
    def has_password(self) -> bool:
        """Whether the address itself holds a password."""
        return self.kind is not StreamKind.FILE and has_password(self.address)

    @field_validator("address")
    @classmethod
    def _leads_to_what_its_kind_reads(cls, address: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if kind is None:
            return address
        if fault := _address_fault(kind, address):
            raise ValueError(fault)
        return address

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if faults := [fault for fault in self._misfits() if fault is not None]:
            raise Misfits(faults)
        return self

    def _misfits(self) -> list[Fault | None]:
        return [
            self._only_for(StreamKind.RTSP, "transport"),
            self._only_for(StreamKind.PICTURE, "picture_every_s"),
            self._only_for(StreamKind.FILE, "loop"),
            self._patience("silent_after_s"),
            self._patience("frozen_after_s"),
            *self._login_faults(),
        ]

    def _only_for(self, kind: StreamKind, key: str) -> Fault | None:
        given = key in self.model_fields_set and getattr(self, key) is not None
        if self.kind is kind or not given:
            return None
        return Fault(key, f"has no meaning for {self.kind}", "remove it")

    def _login_faults(self) -> list[Fault | None]:
        faults: list[Fault | None] = []
        secrets = [key for key in ("password_env", "password_file") if getattr(self, key)]
        logins = ["user", *secrets] if self.user else secrets
        if len(secrets) == 2:
            faults.append(Fault("password_file", "is there beside password_env", "keep one"))
        if secrets and not self.user:
            faults.append(Fault(secrets[0], "has no `user` to go with", "give the `user`"))
        if logins and self.kind is StreamKind.FILE:
            faults.append(Fault(logins[0], "has no meaning for file", "remove it"))
        if logins and self.has_password:
            remedy = "take it out of the address"
            faults.append(Fault("address", f"holds a login beside `{logins[0]}`", remedy))
        return faults

    def _patience(self, key: str) -> Fault | None:
        every_s = self.picture_every_s or 0.0
        if getattr(self, key) > every_s:
            return None
        return Fault(key, "is over before the next picture", "make it longer than picture_every_s")
