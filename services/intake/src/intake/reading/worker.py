"""The process that reads mails for `pool`: frames in on stdin, frames out on stdout."""

import resource
import struct
import sys
from typing import BinaryIO

from msgspec import msgpack

from intake.reading.mail import read_mail

LENGTH = struct.Struct(">Q")
READY = b"ready"
MEMORY = 2 * 1024**3


def frame(payload: bytes) -> bytes:
    """A payload with its length in front."""
    return LENGTH.pack(len(payload)) + payload


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer every mail with what was read, until the source ends."""
    _send(sink, READY)
    while head := source.read(LENGTH.size):
        (length,) = LENGTH.unpack(head)
        channel, raw = msgpack.decode(source.read(length), type=tuple[str, bytes])
        _send(sink, msgpack.encode(read_mail(raw, channel)))


def _send(sink: BinaryIO, payload: bytes) -> None:
    sink.write(frame(payload))
    sink.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)
