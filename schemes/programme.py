"""One programme of a shipped county, computed: a scheme and its data, ``shipped/<county>/<programme>/``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .document import Scheme
from .engine import compute
from .files import SHIPPED, Loaded, Sources, load_inputs, require_scheme
from .outcome import Outcome


@dataclass(frozen=True)
class Programme:
    """``outcome`` of all rounds; ``loaded`` has the names behind the codes."""

    key: str
    scheme: Scheme
    outcome: Outcome
    loaded: Loaded

    @property
    def organizations(self) -> Mapping[str, str]:
        """Names by code, where the programme lists its organizations."""
        return self.loaded.organizations


def sources_in(data: Path) -> Sources:
    """The files of a data folder, by their usual names; what is not there is not given."""
    found = {name: data / f"{name}.csv" for name in _FILES if (data / f"{name}.csv").is_file()}
    return Sources(
        nominations=found.get("nominations"),
        sheets=found.get("sheets"),
        inspectors=found.get("inspectors"),
        organizations=found.get("organizations"),
        facts=found.get("facts"),
        events=found.get("events"),
    )


_FILES = ("nominations", "sheets", "inspectors", "organizations", "facts", "events")


def load_programme(county: str, key: str, *, data: Path | None = None) -> Programme:
    """Compute a programme, from another folder of data if one is given. Raises ProblemsFound for unusable files."""
    scheme = require_scheme(f"{county}/{key}")
    loaded = load_inputs(scheme, sources_in(data or SHIPPED / county / key / "data"))
    return Programme(key, scheme, compute(scheme, loaded.inputs), loaded)
