"""A wire-tap between a browser and the live server: keeps every byte the browser sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesParser
from email.policy import HTTP


class Tap:
    """`sent`: all that went to the server, in the order it arrived, one entry a connection."""

    def __init__(self, port: int) -> None:
        self.upstream = port
        self.sent: list[bytearray] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                browser, _address = self.listening.accept()
                server = socket.create_connection(("127.0.0.1", self.upstream))
                kept = bytearray()
                self.sent.append(kept)
                for source, target, copy in ((browser, server, kept), (server, browser, None)):
                    threading.Thread(target=_pass, args=(source, target, copy), daemon=True).start()

    @property
    def everything(self) -> bytes:
        return b"".join(bytes(one) for one in self.sent)

    def files(self) -> dict[str, bytes]:
        """Files of all multipart forms that were sent, by field; the last one of each."""
        found: dict[str, bytes] = {}
        for connection in self.sent:
            data = bytes(connection)
            at = data.find(b"multipart/form-data")
            while at >= 0:
                kind = data[at : data.index(b"\r\n", at)]
                boundary = b"--" + kind.split(b"boundary=")[1]
                body = data[data.index(b"\r\n\r\n", at) + 4 :]
                body = body[: body.index(boundary + b"--") + len(boundary) + 2]
                message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
                for part in message.iter_parts():
                    name = part.get_param("name", header="content-disposition")
                    if part.get_filename() is not None and part.get_payload(decode=True):
                        found[str(name)] = part.get_payload(decode=True)
                at = data.find(b"multipart/form-data", at + len(kind) + len(body))
        return found


def _pass(source: socket.socket, target: socket.socket, copy: bytearray | None) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if copy is not None:
                copy += data
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def tapped(server_url: str) -> Iterator[Tap]:
    tap = Tap(int(server_url.rsplit(":", 1)[1]))
    threading.Thread(target=tap.serve, daemon=True).start()
    try:
        yield tap
    finally:
        tap.listening.close()
