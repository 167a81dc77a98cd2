"""Whether an ONNX file refers to other files.

Both engines follow such references, from the working folder where the model is given as bytes: a
model could then read any file, and would not be the one that its digest names. So they are looked
for before an engine sees the file. This walks protobuf's wire format, where a field starts with its
number and its type, and one of type 2 with its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

# Messages of onnx.proto3 that lead to a tensor, with their fields' numbers.
_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse_tensor"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse_tensor",
        23: "sparse_tensor",
    },
    "sparse_tensor": {1: "tensor", 2: "tensor"},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_VARINT, _I64, _BYTES, _I32 = 0, 1, 2, 5
_FIXED_LENGTHS = {_I64: 8, _I32: 4}
_MAX_DEPTH = 32

_Field: TypeAlias = tuple[int, int | memoryview]


def refers_to_files(onnx: bytes) -> bool:
    """Whether any tensor lies in another file. ValueError where the bytes are no message."""
    return _refers(memoryview(onnx), "model", 0)


def _refers(message: memoryview, kind: str, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    return any(_field_refers(field, kind, depth) for field in _fields(message))


def _field_refers(field: _Field, kind: str, depth: int) -> bool:
    number, value = field
    if kind == "tensor":
        return number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0)
    inner = _INSIDE[kind].get(number)
    return inner is not None and isinstance(value, memoryview) and _refers(value, inner, depth + 1)


def _fields(message: memoryview) -> Iterator[_Field]:
    """Number and value of each field; fixed-length numbers come as bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        length, at = _varint(message, at) if wire == _BYTES else (_FIXED_LENGTHS.get(wire, -1), at)
        if not 0 <= length <= len(message) - at or number == 0:
            raise ValueError("cut short, or no protobuf message")
        yield number, message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that starts at a place, and the place after it."""
    value = 0
    for shift, byte in enumerate(message[at : at + 10]):
        value |= (byte & 127) << (7 * shift)
        if byte < 128:
            return value, at + shift + 1
    raise ValueError("cut short, or no protobuf message")
