"""The embedded queue: kombu's folder of messages, made safe for several processes.

kombu writes a message in place, so a worker may take a file that is still empty, and that ends the worker. Here a
message appears under its name only when it is whole, and one that cannot be read is put aside, not fatal: the truth
about a job is its row, and the sweeper sends it again.
"""

import logging
import os
import uuid
from json import JSONDecodeError
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        """Write under a name that no reader looks for, then rename: a rename is whole or absent."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = os.fspath(self.data_folder_out)
        unfinished = os.path.join(folder, f".{name}.part")
        with open(unfinished, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.replace(unfinished, os.path.join(folder, name))

    def _get(self, queue: str) -> Any:
        """The next message that can be read; a broken one is passed over."""
        while True:
            try:
                return super()._get(queue)
            except JSONDecodeError:
                log.warning("a message of queue %s could not be read and was passed over", queue)


class Transport(filesystem.Transport):
    Channel = Channel


def install() -> None:
    """Let ``filesystem://`` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
