"""What every sender takes and how it says that it could not."""

from collections.abc import Callable
from dataclasses import dataclass


class NotSent(Exception):
    """The channel did not take the message; a Chinese sentence. ``final``: trying again cannot help."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(message)


@dataclass(frozen=True)
class Letter:
    """``to`` is an e-mail address, empty for a group robot; ``address`` and ``secret`` are those of the channel."""

    subject: str
    body: str
    url: str
    to: str
    address: str
    secret: str


Sender = Callable[[Letter], None]
