"""Severity of inspectors: who marks higher or lower than the others would, and whose marks scatter more.

An estimate, not a decision: binary floats are at home here, and nothing reads the figures back. The model is the
additive two-way classification of Scheffé (1959) for unbalanced data, sheet total = entry + inspector + residual, by
least squares; severity in Linacre's sense (Many-Facet Rasch Measurement, 1989) is the inspector's term. It is measured
from the middle of the panel, a mean without the highest and the lowest third, so that one extreme colleague does not
make the others look extreme the other way. So that an erratic inspector is not taken for a severe one, standard
errors are heteroscedasticity-consistent (HC3, MacKinnon and White 1985).

Severity is tested two-sided by Student's t, scatter one-sided by Levene's test on studentized residuals (Levene 1960;
O'Neill and Mathews 2002 for block designs) in Welch's form; each of the two families of tests is corrected by Holm's
procedure (1979) at half of ``LEVEL``. Named as lenient or harsh is only who, besides, is further from the middle than
one sheet ordinarily scatters: in a large round the smallest difference is no accident, and still of no account.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..document import Scheme
from ..engine import scaled_totals
from ..inputs import Inputs
from ..problems import Problem

#: The chance that anybody at all is named in a panel where everybody marks alike.
LEVEL = 0.05
#: Fewer sheets on entries that others marked too say nothing about a person.
LEAST_SHEETS = 8
#: With two, one cannot tell which of them is the severe one.
LEAST_INSPECTORS = 3
#: Sheets × inspectors: the size of the model's table.
MOST_CELLS = 5_000_000
#: Points below which a difference is the noise of binary floats.
NOISE = 1e-9

Floats = NDArray[np.float64]


class Finding(StrEnum):
    LENIENT = "lenient"
    HARSH = "harsh"
    ERRATIC = "erratic"


@dataclass(frozen=True)
class Severity:
    """One inspector. ``severity``, with its standard ``error``, in points from the middle of the panel, + is lenient;
    ``scatter`` is the standard deviation of the residuals in points, ``ratio`` that to the others'. The p values are
    corrected for the number of tests. All None, and ``judged`` False, below ``LEAST_SHEETS``.
    """

    inspector: str
    sheets: int
    judged: bool = False
    severity: float | None = None
    error: float | None = None
    severity_p: float | None = None
    scatter: float | None = None
    ratio: float | None = None
    scatter_p: float | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Severities:
    """Every inspector in the order of their numbers; ``usual`` is the scatter of the median inspector, in points.
    ``problem`` says why there is no estimate.
    """

    rows: tuple[Severity, ...]
    usual: float = 0.0
    problem: Problem | None = None

    @property
    def named(self) -> tuple[Severity, ...]:
        return tuple(row for row in self.rows if row.findings)


def severities(scheme: Scheme, inputs: Inputs) -> Severities:
    """Estimate the severity of every inspector from complete sheets (``Outcome.evaluation.counted``).

    Sheets of one entry are compared within one period. Too little to go on gives a sentence.
    """
    names, inspector = np.unique(np.array(inputs.sheet_inspector, dtype=str), return_inverse=True)
    periods = np.array(inputs.sheet_period or [""] * len(inspector), dtype=str)
    period = np.unique(periods, return_inverse=True)[1]
    occasion = inputs.sheet_entry * np.int64(int(period.max(initial=0)) + 1) + period
    _, entry, counts = np.unique(occasion, return_inverse=True, return_counts=True)
    shared = counts[entry] > 1 if len(entry) else np.zeros(0, dtype=bool)
    sheets = np.bincount(inspector[shared], minlength=len(names))
    judged = np.flatnonzero(sheets >= LEAST_SHEETS)
    if problem := _too_little(names, inspector[shared], entry[shared], judged):
        return Severities((), problem=problem)
    totals = scaled_totals(scheme, inputs.marks[shared]) / float(scheme.scale)
    model = Model(totals, entry[shared], inspector[shared], len(names))
    if model.scatter < NOISE:
        problem = _problem("各位评委的高低差别处处相同，没有离散，宽严无从检验", "请核对评分单是否由各位评委独立填写")
        return Severities((), problem=problem)
    return _estimated(names.tolist(), sheets, judged, model)


def _problem(reason: str, remedy: str) -> Problem:
    return Problem(place="评委宽严", reason=reason, remedy=remedy, severity="warning")


def _too_little(
    names: NDArray[np.str_], inspector: NDArray[np.int64], entry: NDArray[np.int64], judged: NDArray[np.int64]
) -> Problem | None:
    if len(names) < LEAST_INSPECTORS:
        return _problem(f"只有 {len(names)} 位评委，分不出谁宽谁严", f"至少要有 {LEAST_INSPECTORS} 位评委评同一批单位")
    if len(judged) < LEAST_INSPECTORS:
        reason = f"与他人共同评过 {LEAST_SHEETS} 家以上的评委只有 {len(judged)} 位，不足以比较"
        return _problem(reason, f"评分单少，差别多是偶然；至少要有 {LEAST_INSPECTORS} 位")
    if (panels := _panels(inspector, entry, judged)) > 1:
        reason = f"评委分成 {panels} 组，各组之间没有共同评过的单位，宽严无法相互比较"
        return _problem(reason, "请安排几位评委跨组，或让各组都评几家相同的单位")
    if len(inspector) * len(names) > MOST_CELLS:
        reason = f"评分单 {len(inspector):,} 份、评委 {len(names):,} 位，超过一次估计的上限"
        return _problem(reason, "请按轮次分开查看")
    return None


def _panels(inspector: NDArray[np.int64], entry: NDArray[np.int64], judged: NDArray[np.int64]) -> int:
    """How many parts the judged inspectors fall into when entries marked together connect them."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first_entry = int(inspector.max()) + 1
    size = first_entry + int(entry.max()) + 1
    graph = coo_array((np.ones(len(entry)), (inspector, first_entry + entry)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    return len(np.unique(part[judged]))


class Model:
    """The two-way fit: entries are swept out first, so that only a square of the number of inspectors is inverted."""

    def __init__(self, totals: Floats, entry: NDArray[np.int64], inspector: NDArray[np.int64], inspectors: int) -> None:
        self.inspector = inspector
        counts = np.bincount(entry).astype(np.float64)
        self.design = self._swept(np.eye(inspectors)[inspector], entry, counts)
        self.inverse: Floats = np.asarray(np.linalg.pinv(self.design.T @ self.design, hermitian=True), np.float64)
        swept = self._swept(totals[:, None], entry, counts)[:, 0]
        self.effects: Floats = self.inverse @ (self.design.T @ swept)
        self.residuals = swept - self.design @ self.effects
        fitted = np.einsum("ij,jk,ik->i", self.design, self.inverse, self.design)
        self.freedom: Floats = np.maximum(1 - 1 / counts[entry] - fitted, 0.0)

    @staticmethod
    def _swept(columns: Floats, entry: NDArray[np.int64], counts: Floats) -> Floats:
        """Every column less its mean within the entry."""
        sums = np.zeros((len(counts), columns.shape[1]))
        np.add.at(sums, entry, columns)
        return columns - (sums / np.where(counts, counts, 1)[:, None])[entry]

    @cached_property
    def scatter(self) -> float:
        """Root mean square of the residuals, in points."""
        return float(np.sqrt(np.mean(self.residuals**2)))

    def _over(self, divisors: Floats) -> Floats:
        """Residuals over their divisors; zero where a sheet determines its own fit and says nothing."""
        telling = divisors > NOISE
        return np.where(telling, self.residuals / np.where(telling, divisors, 1.0), 0.0)

    @cached_property
    def covariance(self) -> Floats:
        """HC3 covariance of the inspectors' effects."""
        weighted = self.design * self._over(self.freedom)[:, None]
        return np.asarray(self.inverse @ (weighted.T @ weighted) @ self.inverse)

    @cached_property
    def studentized(self) -> Floats:
        """Residuals of equal variance where the inspectors' are equal, in points."""
        return self._over(np.sqrt(self.freedom))

    def from_middle(self, one: int, judged: NDArray[np.int64]) -> tuple[float, float]:
        """Effect of an inspector less the mean of the middle ones, a third set aside at either end; standard error."""
        ordered = judged[np.argsort(self.effects[judged], kind="stable")]
        aside = len(ordered) // 3
        middle = ordered[aside : len(ordered) - aside]
        contrast = np.zeros(len(self.effects))
        contrast[middle] = -1 / len(middle)
        contrast[one] += 1
        variance = float(contrast @ self.covariance @ contrast)
        return float(contrast @ self.effects), float(np.sqrt(max(variance, 0.0)))


def _estimated(names: list[str], sheets: NDArray[np.int64], judged: NDArray[np.int64], model: Model) -> Severities:
    severe = {one: model.from_middle(one, judged) for one in judged.tolist()}
    severe_p = _corrected({one: _two_sided(*figures, int(sheets[one]) - 1) for one, figures in severe.items()})
    scattered = {one: _scatter(model, one, judged) for one in judged.tolist()}
    scattered_p = _corrected({one: p for one, (_, _, p) in scattered.items()})
    usual = float(np.median([scatter for scatter, _, _ in scattered.values()]))
    rows = []
    for one, name in enumerate(names):
        if one not in severe:
            rows.append(Severity(name, int(sheets[one])))
            continue
        (effect, error), (scatter, ratio, _) = severe[one], scattered[one]
        far = severe_p[one] < LEVEL and abs(effect) > usual
        found = [Finding.LENIENT if effect > 0 else Finding.HARSH] if far else []
        found += [Finding.ERRATIC] if scattered_p[one] < LEVEL else []
        figures = (effect, error, severe_p[one], scatter, ratio, scattered_p[one])
        rows.append(Severity(name, int(sheets[one]), True, *figures, tuple(found)))
    return Severities(tuple(rows), usual)


def _corrected(found: dict[int, float]) -> dict[int, float]:
    """Holm's corrected p values, doubled as there are two families."""
    corrected, least = dict[int, float](), 0.0
    for rank, one in enumerate(sorted(found, key=lambda one: found[one])):
        least = max(least, min(1.0, 2 * (len(found) - rank) * found[one]))
        corrected[one] = least
    return corrected


def _two_sided(difference: float, error: float, freedom: int) -> float:
    """Student's t; freedom is the inspector's own sheets less one, which is cautious."""
    from scipy import stats

    if error < NOISE:
        return 1.0 if abs(difference) < NOISE else 0.0
    return float(2 * stats.t.sf(abs(difference) / error, freedom))


def _scatter(model: Model, one: int, judged: NDArray[np.int64]) -> tuple[float, float, float]:
    """Scatter of an inspector, its ratio to the others', and the p that it is larger."""
    from scipy import stats

    own = model.studentized[model.inspector == one]
    others = model.studentized[np.isin(model.inspector, judged) & (model.inspector != one)]
    spread, usual = (float(np.sqrt(np.mean(values**2))) for values in (own, others))
    p = float(stats.ttest_ind(np.abs(own), np.abs(others), equal_var=False, alternative="greater").pvalue)
    return spread, spread / max(usual, NOISE), 1.0 if np.isnan(p) else p
