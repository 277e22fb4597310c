"""A line between phone and server that can be cut and made rough: on 127.0.0.1 only, one request per connection.

``cut`` drops everybody. Troubles are spent one per API request, in order, those of posts apart from those of
reads: half of the request arrives; the answer is lost, truncated or slow; the request arrives twice; an earlier one
arrives once more; somebody else answers 200. ``seen`` counts what was done, so that a test can say that it happened.
"""

import contextlib
import re
import socket
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

LONGEST = 5 * 1024 * 1024
PATIENCE = 20
PORTAL = b"<!doctype html><title>Wi-Fi</title><form>login</form>"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_KEEP = re.compile(rb"\r\nconnection: [^\r]*", re.I)


class RoughLine:
    def __init__(self, server_url: str) -> None:
        place = urlsplit(server_url)
        self.server = (place.hostname or "127.0.0.1", place.port or 80)
        self.is_cut = False
        self.troubles: dict[bytes, list[str]] = {b"POST": [], b"GET": []}
        self.seen: Counter[tuple[str, str]] = Counter()
        self._old: bytes | None = None
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._door.settimeout(0.2)
        self._open = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def cut(self) -> None:
        self.is_cut = True

    def mend(self, *posting: str, reading: tuple[str, ...] = ()) -> None:
        self.troubles = {b"POST": list(posting), b"GET": list(reading)}
        self.is_cut = False

    @property
    def is_rough(self) -> bool:
        return any(self.troubles.values())

    def close(self) -> None:
        self._open = False
        self._thread.join(5)
        self._door.close()

    # -- one connection

    def _listen(self) -> None:
        while self._open:
            with contextlib.suppress(TimeoutError):
                phone, _ = self._door.accept()
                threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        with phone, contextlib.suppress(OSError):
            phone.settimeout(PATIENCE)
            if self.is_cut:
                return
            request = _read_request(phone)
            if request and not self.is_cut:
                self._answer(phone, request, self._next(request))

    def _next(self, request: bytes) -> str:
        method, path, _ = request.split(b" ", 2)
        if not path.startswith(b"/api/v1/phone/"):
            return "pass"
        with self._lock:
            left = self.troubles.get(method)
            trouble = left.pop(0) if left else "pass"
            self.seen[method.decode(), trouble] += 1
            return trouble

    def _answer(self, phone: socket.socket, request: bytes, trouble: str) -> None:
        if trouble == "portal":
            phone.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + PORTAL)
            return
        if trouble == "half_request":
            self._ask(request[: len(request) // 2], wait=False)
            return
        if trouble == "late_repeat" and self._old:
            self._ask(self._old)
        if trouble == "repeat":
            self._ask(request)
        answer = self._ask(request)
        if request.startswith(b"POST "):
            self._old = request
        if trouble == "slow":
            time.sleep(0.7)
        if trouble == "truncate":
            answer = answer[: max(answer.find(b"\r\n\r\n") + 40, len(answer) // 2)]
        if trouble != "lost_answer":
            phone.sendall(answer)

    def _ask(self, request: bytes, *, wait: bool = True) -> bytes:
        with socket.create_connection(self.server, timeout=PATIENCE) as server:
            server.sendall(request)
            if not wait:
                return b""
            answer = b""
            while chunk := server.recv(65536):
                answer += chunk
            return answer


def _read_request(phone: socket.socket) -> bytes:
    """The whole request, told to end the connection after its answer; empty when the phone went away."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = phone.recv(65536)
        if not chunk:
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    length = min(int(found[1]), LONGEST) if found else 0
    while len(body) < length:
        chunk = phone.recv(65536)
        if not chunk:
            return b""
        body += chunk
    return _KEEP.sub(b"", head) + b"\r\nConnection: close\r\n\r\n" + body
