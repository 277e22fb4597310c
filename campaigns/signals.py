"""News that goes up: rooms above campaigns learn that a decision about a title was confirmed."""

from django.dispatch import Signal

#: Sent inside the confirming transaction with ``act`` and ``actor``; who receives it brings the register in line.
title_act_confirmed = Signal()
