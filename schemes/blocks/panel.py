"""Who marks and whose sheets count: the panel, recusal, and ballots that are void (废票)."""

from typing import Literal

from ..rules.base import Count, Exact, Part, YesNo


class Few(Part):
    """A number of marks on one ballot on one side of a bound: at most 3 of 90 or more, at least 2 below 70."""

    count: Count
    at_least: Exact | None = None
    below: Exact | None = None


class VoidBallots(Part):
    """All sheets of one inspector in one round are a ballot (选票), judged by their totals; a void one counts nowhere.

    ``void_if_all_equal`` and ``void_if_all_full`` concern ballots of two sheets or more.
    """

    clause: str = ""
    void_if_all_equal: YesNo = False
    void_if_all_full: YesNo = False
    at_most: tuple[Few, ...] = ()
    at_least: tuple[Few, ...] = ()


class Panel(Part):
    """``recusal``: an inspector does not score organizations of their own township (回避).

    ``abstention``: an inspector may hand in a sheet without marks (弃权); it counts nowhere.
    """

    clause: str = ""
    size: Count | None = None
    recusal: Literal["home_township", "none"] = "home_township"
    abstention: YesNo = False
    ballots: VoidBallots | None = None
