"""The scheme language and its engine: a county's rules as data, computed exactly and explained.

Plain Python with numpy (and scipy where inspectors are compared): no Django, no database, no clock, no chance. The
site, the command line and the tests
all call the same functions.
"""

from .checking import check_scheme
from .digest import digest_inputs, digest_outcome, digest_scheme
from .document import Scheme
from .engine import ENGINE_VERSION, compute
from .explain import explain, explain_steps
from .explanation import Explanation
from .inputs import Entry, Inputs, MarkCodec, Sheet
from .outcome import VERDICT_WORDS, EntryResult, Outcome, Verdict
from .problems import Problem, ProblemsFound
from .reading import examine_scheme, read_scheme
from .register import Act, ActKind, Award, Register, Review, settle

__all__ = [
    "ENGINE_VERSION",
    "VERDICT_WORDS",
    "Act",
    "ActKind",
    "Award",
    "Entry",
    "EntryResult",
    "Explanation",
    "Inputs",
    "MarkCodec",
    "Outcome",
    "Problem",
    "ProblemsFound",
    "Register",
    "Review",
    "Scheme",
    "Sheet",
    "Verdict",
    "check_scheme",
    "compute",
    "digest_inputs",
    "digest_outcome",
    "digest_scheme",
    "examine_scheme",
    "explain",
    "explain_steps",
    "read_scheme",
    "settle",
]
