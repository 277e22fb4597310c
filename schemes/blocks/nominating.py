"""What a township hands in with a nomination (申报): a statement, and a self-assessment (自评) where it is wanted."""

from typing import Annotated

from pydantic import Field

from ..rules.base import Count, Part, YesNo

#: A statement is at most so long, whatever a scheme says.
LONGEST_STATEMENT = 500


class Nominating(Part):
    """``self_assessment``: every criterion of the inspectors' sheet is marked by the organization itself first.

    Which pieces of evidence are asked for is said by the criteria (``evidence``).
    """

    clause: str = ""
    self_assessment: YesNo = False
    statement_limit: Annotated[Count, Field(ge=1, le=LONGEST_STATEMENT)] = LONGEST_STATEMENT
