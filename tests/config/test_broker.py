"""The embedded queue under several readers and writers: every message once, none half read, a broken one passed."""

import threading
from queue import Empty

import pytest
from kombu import Connection

from config import broker, celery

MESSAGES, WRITERS, READERS = 300, 3, 3


@pytest.fixture
def channel(tmp_path):
    broker.install()
    options = celery.queue_options("filesystem://", tmp_path)
    made = []

    def make():
        made.append(Connection("filesystem://", transport_options=options))
        return made[-1].channel()

    make.folder = tmp_path / "queue"
    yield make
    for connection in made:
        connection.close()


def test_the_queue_of_the_settings_is_ours(channel):
    assert isinstance(channel(), broker.Channel)


def test_every_message_arrives_once_and_whole(channel):
    taken, lock = [], threading.Lock()
    written = threading.Event()

    def write(writer):
        out = channel()
        for number in range(MESSAGES):
            out._put("q", {"number": [writer, number], "text": "x" * 5000})

    def read():
        source = channel()
        while True:
            last = written.is_set()
            try:
                message = source._get("q")
            except Empty:
                if last:
                    return
                continue
            with lock:
                taken.append((tuple(message["number"]), len(message["text"])))

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    written.set()
    for thread in readers:
        thread.join()
    assert sorted(taken) == [((w, n), 5000) for w in range(WRITERS) for n in range(MESSAGES)]


def test_an_unreadable_message_is_passed_over(channel):
    out = channel()
    (channel.folder / "0_empty.q.msg").write_bytes(b"")
    out._put("q", {"after": 1})
    assert out._get("q") == {"after": 1}
    with pytest.raises(Empty):
        out._get("q")
