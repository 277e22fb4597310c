"""One round in one county, and its stages as everybody else lives them: the same steps, looked at by nobody. No tests.

A test of one person takes these stages for the others and its own steps, one by one, for the person.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from . import awarding, deciding, preparing, scoring
from .county import EAST, INSPECTORS, LEADER, OFFICE, SECOND, WEST, BlankCounty
from .desk import Desk
from .rules import ENTRIES, FINAL, PICKED, SEED, VILLAGES

TOWNS = {"东溪镇": EAST, "西山乡": WEST}


class Walk:
    """Desks and phones of a county, opened when they are first needed; ``round`` and ``computation`` are ids."""

    def __init__(
        self, base_url: str, county: BlankCounty, *, desk: Callable[[], Page], phone: Callable[[], Page]
    ) -> None:
        self.base_url, self.county = base_url, county
        self._desk, self._phone = desk, phone
        self._open: dict[str, Desk] = {}
        self.round = self.computation = ""

    def at(self, who: str) -> Desk:
        if who not in self._open:
            self._open[who] = Desk(self._desk(), self.base_url, self.county.login(who)).sign_in()
        return self._open[who]

    def phone(self, number: str) -> Desk:
        """The phone of an inspector, ready for a day without a network."""
        if number not in self._open:
            hand = Desk(self._phone(), self.base_url, self.county.login(INSPECTORS[number])).sign_in("/phone/")
            scoring.open_phone(hand)
            self._open[number] = hand
        return self._open[number]

    def anybody(self) -> Page:
        """A page of somebody who has not signed in."""
        return self._desk()

    @property
    def office(self) -> Desk:
        return self.at(OFFICE)

    @property
    def second(self) -> Desk:
        return self.at(SECOND)

    @property
    def leader(self) -> Desk:
        return self.at(LEADER)


# -- what the others do


def plan(walk: Walk) -> None:
    preparing.hand_in_scheme(walk.office, walk.county.code, walk.county.name)
    preparing.publish_scheme(walk.second)
    preparing.make_campaign(walk.office)
    walk.round = preparing.plan_round(walk.office)


def nominate(walk: Walk, *townships: str) -> None:
    """These townships put their villages forward; all of them unless told."""
    for township in townships or ENTRIES:
        desk = walk.at(TOWNS[township])
        for village, tier in ENTRIES[township].items():
            preparing.upload_photo(desk, village, f"{village}照片")
            preparing.nominate(desk, village, tier)


def prepare(walk: Walk) -> None:
    """Approve, pick and draw the panel, lay the route, open scoring."""
    preparing.approve(walk.office, walk.round, VILLAGES)
    empanel(walk)
    preparing.lay_route(walk.office, walk.round, VILLAGES)
    preparing.open_scoring(walk.office, walk.round)


def empanel(walk: Walk) -> None:
    preparing.pick_inspector(walk.office, walk.round, PICKED)
    preparing.draw_inspectors(walk.office, walk.round, 2, SEED)


def score(walk: Walk, *numbers: str) -> None:
    """These inspectors give their marks as they stand at last; all of them unless told."""
    for number in numbers or FINAL:
        hand = walk.phone(number)
        scoring.score(hand, FINAL[number])
        scoring.waiting_and_sent(hand, 0, len(FINAL[number]))


def decide(walk: Walk) -> None:
    """Compute, confirm, and publish after a notice that was given elsewhere."""
    walk.computation = deciding.compute(walk.office, walk.round)
    deciding.confirm(walk.second, walk.round)
    publish(walk)


def publish(walk: Walk) -> None:
    deciding.finish_notice_phase(walk.office, walk.round, "公示栏公示完毕")
    deciding.publish(walk.second, walk.round)


def award(walk: Walk) -> None:
    awarding.number_plaques(walk.office, walk.round, 2)
    awarding.issue_subsidies(walk.office, MONEY_NO)


MONEY_NO, NAMING_NO = "县财〔2026〕9号", "县委组〔2026〕8号"
