"""The demonstration, loaded once through services and background jobs, equals an independent program's figures.

Jiande: every score, rank and verdict of all eleven rounds, titles, points, money, guidance. Qingxi: other rules, and a
plain computation with fractions as its judge. A second load changes nothing.
"""

import csv
import io
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from unittest import mock

import pytest
import yaml
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Sum

from accounts import tasks
from accounts.models import AuditEntry, Organization, Tenant, TenantOwned, tenant_scope
from accounts.services.progress import NoProgress
from campaigns.enums import RoundKind, RoundState, SubsidyKind, TitleEventKind, TitleState
from campaigns.models import BonusEntry, Round, Subsidy, Title, TitleEvent
from schemes import compute, digest_inputs, digest_outcome
from schemes.county import load_county
from schemes.files import SHIPPED, Sources, load_inputs, require_scheme
from scoring.enums import ComputationState
from scoring.explaining import explain_result
from scoring.models import Computation, Result, ScoreSheet
from sites.models import GuidanceVisit
from tests.schemes import oracle
from tests.schemes.support import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

JIANDE, QINGXI = "330182", "990101"


class Unwatched(NoProgress):
    """Progress without its thread: all of the load is one transaction here, which another connection cannot see."""

    def __init__(self, **about):
        """Whose progress it is does not matter."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Everything ``load_demo`` writes, taken back when this module is done."""
    with (
        django_db_blocker.unblock(),
        mock.patch.object(tasks, "JobProgress", Unwatched),
        transaction.atomic(),
    ):
        load()
        yield
        transaction.set_rollback(True)


def load():
    printed = io.StringIO()
    call_command("load_demo", inline=True, stdout=printed)
    return printed.getvalue()


@pytest.fixture
def jiande(loaded):
    with tenant_scope(tenant := Tenant.objects.get(code=JIANDE)):
        yield tenant


@pytest.fixture
def qingxi(loaded):
    with tenant_scope(tenant := Tenant.objects.get(code=QINGXI)):
        yield tenant


@pytest.fixture(scope="module")
def expected():
    return json.loads((ROOT / "tests" / "data" / "jiande" / "expected.json").read_text(encoding="utf-8"))


def creation_results():
    rows = Result.objects.filter(computation__round__kind=RoundKind.CREATION)
    return rows.select_related("organization", "township", "computation__round")


def codes(queryset):
    return sorted(set(queryset.values_list("organization__code", flat=True)))


# --- Jiande, as published ------------------------------------------------------------------------


def test_every_entry_of_all_rounds_has_the_expected_score_rank_and_verdict(jiande, expected):
    wanted = {
        (str(group["round"]), result["org"]): (group["tier"], result["score"], result["rank"], result["outcome"])
        for group in expected["rounds"]
        for result in group["results"]
    }
    found = {
        (row.computation.round.label, row.organization.code): (row.tier, row.score_text or None, row.rank, row.verdict)
        for row in creation_results()
    }
    assert found == wanted
    assert len({label for label, _ in wanted}) == 11


def test_every_round_is_published_once_with_its_groups(jiande, expected):
    rounds = Round.objects.filter(kind=RoundKind.CREATION)
    assert set(rounds.values_list("state", flat=True)) == {RoundState.PUBLISHED}
    computations = Computation.objects.filter(round__in=rounds)
    assert set(computations.values_list("state", flat=True)) == {ComputationState.PUBLISHED}
    found = {
        (int(computation.round.label), group["tier"]): (group["participants"], group["awarded"], group["rate"])
        for computation in computations.select_related("round")
        for group in computation.groups
    }
    assert found == {
        (group["round"], group["tier"]): (group["entries"], group["awarded"], group["elimination_rate"])
        for group in expected["rounds"]
    }


def test_four_eyes_stood_behind_every_computation(jiande):
    people = [f"{act}_by__username" for act in ("computed", "confirmed", "published")]
    assert set(Computation.objects.values_list(*people)) == {("limin", "wangjian", "wangjian")}


def test_the_headline_of_the_county(jiande, expected):
    headline = expected["headline"]
    awarded = creation_results().filter(verdict="awarded")
    by_tier = Counter(awarded.values_list("tier", flat=True))
    groups = [group for row in Computation.objects.filter(round__kind=RoundKind.CREATION) for group in row.groups]
    rates = [Fraction(group["participants"] - group["awarded"], group["participants"]) for group in groups]
    assert {
        "rounds": Round.objects.filter(kind=RoundKind.CREATION).count(),
        "participants": len(codes(creation_results())),
        "entries": creation_results().count(),
        "awards_biaogan": by_tier["标杆"],
        "awards_jinwei": by_tier["进位"],
    } == {key: headline[key] for key in ("rounds", "participants", "entries", "awards_biaogan", "awards_jinwei")}
    assert min(rates) == Fraction(4, 9)
    assert headline["min_elimination_rate"] == "0.4444"


def test_promoted_and_delisted_organizations_by_event_and_by_title(jiande, expected):
    events = TitleEvent.objects.all()
    assert codes(events.filter(kind=TitleEventKind.PROMOTED)) == expected["upgraded"]
    assert codes(events.filter(kind=TitleEventKind.DELISTED)) == expected["delisted"]
    titles = Title.objects.all()
    assert codes(titles.filter(state=TitleState.PROMOTED)) == expected["upgraded"]
    assert codes(titles.filter(state=TitleState.REVOKED)) == expected["delisted"]
    assert Counter(titles.values_list("state", flat=True)) == {"held": 139, "promoted": 12, "revoked": 2}


def test_held_titles_are_the_engines_holders(jiande):
    held = dict(Title.objects.filter(state=TitleState.HELD).values_list("organization__code", "tier"))
    assert held == load_county("jiande").register.holders


def test_bonus_of_every_township_and_year(jiande, expected):
    rows = BonusEntry.objects.order_by().values_list("year", "township__code").annotate(total=Sum("points"))
    found = {(str(year), township): total for year, township, total in rows}
    wanted = {
        (year, township): Decimal(points)
        for year, townships in expected["annual_bonus"].items()
        for township, points in townships.items()
    }
    assert {key: found.get(key, Decimal(0)) for key in wanted} == wanted
    assert found.keys() <= wanted.keys()


def test_three_townships_year_by_year(jiande, expected):
    for township, wanted in expected["headline"]["three_townships"].items():
        won = creation_results().filter(township__code=township, tier="标杆", verdict="awarded")
        years = Counter(won.values_list("computation__round__year", flat=True))
        assert [years[year] for year in (2019, 2020, 2021)] == wanted


def test_subsidies_to_the_last_yuan(jiande, expected):
    headline = expected["headline"]
    by_kind = dict(Subsidy.objects.order_by().values_list("kind").annotate(total=Sum("amount_wan")))
    assert by_kind == {
        SubsidyKind.AWARD: Decimal(headline["subsidy_wan"]),
        SubsidyKind.SPECIAL: Decimal(headline["special_subsidy_wan"]),
    }
    assert Subsidy.objects.filter(kind=SubsidyKind.SPECIAL).count() == headline["special_subsidy_villages"]


def test_guidance_of_the_last_round(jiande, expected):
    visits = GuidanceVisit.objects.filter(round__label="11")
    headline = expected["headline"]
    assert visits.count() == headline["round11_guidance_visits"]
    assert visits.aggregate(solved=Sum("problems_solved"))["solved"] == headline["round11_problems_solved"]
    assert visits.order_by().values("township").distinct().count() == 16


def test_edges_are_told_in_words(jiande, expected):
    edge = expected["edge"]
    rows = creation_results()
    tied = rows.filter(verdict="tied_at_cut")
    assert codes(tied) == edge["tie_at_cut"]
    assert {row.note for row in tied} == {"2 家并列跨越名额线，整组不授予"}
    assert codes(rows.filter(verdict="vetoed")) == edge["vetoed"]
    assert {row.note for row in rows.filter(verdict="vetoed")} == {"一票否决，不参加排名"}
    assert rows.filter(verdict="over_quota").count() == edge["over_quota"]
    assert rows.filter(sheet_count__lt=7).count() == edge["recused"]
    assert all(row.sheet_count + row.recused_count == 7 for row in rows)
    broken = rows.filter(organization__code__in=edge["tie_broken"], note__contains="同分，党建做法均分较")
    assert codes(broken) == edge["tie_broken"]


def test_digests_are_those_of_the_pure_engine_on_the_files(jiande, tmp_path):
    """Both databases meet the same files, so this also holds their outcomes equal to each other."""
    scheme = require_scheme("jiande")
    for computation in Computation.objects.filter(round__kind=RoundKind.CREATION).select_related("round"):
        inputs = load_inputs(scheme, files_of_round("jiande", computation.round.label, tmp_path)).inputs
        assert computation.inputs_digest == digest_inputs(inputs)
        assert computation.outcome_digest == digest_outcome(compute(scheme, inputs))


def files_of_round(county, label, folder):
    """Copies of the shipped files that hold one round only."""
    for name in ("nominations.csv", "sheets.csv"):
        head, *body = (SHIPPED / county / "data" / name).read_text(encoding="utf-8").splitlines()
        rows = [row for row in body if row.split(",")[0] == label]
        (folder / name).write_text("\n".join([head, *rows]), encoding="utf-8")
    return Sources(folder / "nominations.csv", folder / "sheets.csv")


def test_results_of_a_round_and_of_the_reinspection_are_explained_as_stored(jiande):
    rows = Result.objects.select_related("computation__round", "computation__scheme_version")
    last, reviewed = rows.filter(computation__round__label="11"), rows.filter(computation__round__label="2022-05")
    for row in [*last.order_by("tier", "position")[::5], *reviewed.order_by("-verdict", "position")[:3]]:
        explained = explain_result(row)
        assert explained.explanation.row.rank == row.rank
        assert explained.explanation.row.outcome.value == row.verdict


def test_the_reinspection_kept_all_but_two(jiande, expected):
    rows = Result.objects.filter(computation__round__kind=RoundKind.REINSPECTION)
    assert codes(rows.filter(verdict="below_threshold")) == expected["delisted"]
    assert set(rows.filter(verdict="below_threshold").values_list("note", flat=True)) == {"复评低于标准，摘牌警示"}
    assert set(rows.exclude(verdict="below_threshold").values_list("verdict", "note")) == {
        ("awarded", "复评达标，保留称号")
    }
    assert set(rows.values_list("margin_text", flat=True)) == {""}


# --- Qingxi: nothing is tuned to Jiande ----------------------------------------------------------


def test_another_county_with_other_rules_equals_plain_fractions(qingxi):
    """Trimming per criterion, one decimal, share and quota together, a tie at the cut admitted as a whole."""
    document = yaml.safe_load((SHIPPED / "qingxi" / "scheme.yaml").read_text(encoding="utf-8"))
    entries = [(r["round"], r["org_code"], r["tier"], r["vetoed"] == "1") for r in shipped("nominations.csv")]
    sheets = {}
    for row in shipped("sheets.csv"):
        marks = {key: Fraction(row[key]) for key in oracle.leaves(document["criteria"]["tree"])}
        sheets.setdefault((row["round"], row["org_code"]), []).append(marks)
    found = {
        (row.computation.round.label, row.organization.code): (
            None if row.score_units is None else Fraction(row.score_units, row.score_unit),
            row.rank,
            row.verdict,
        )
        for row in creation_results()
    }
    assert found == oracle.outcome(document, entries, sheets)
    assert len(found) == len(entries) > 0


def shipped(name):
    with open(SHIPPED / "qingxi" / "data" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_its_points_are_its_own(qingxi):
    published = creation_results().filter(computation__state=ComputationState.PUBLISHED)
    won = published.filter(verdict="awarded").count()
    assert BonusEntry.objects.aggregate(total=Sum("points"))["total"] == won * Decimal("0.5") > 0
    assert not Subsidy.objects.exists()
    assert set(Title.objects.values_list("tier", "state")) == {("先锋", "held")}


# --- once more -----------------------------------------------------------------------------------


def standing():
    """Row counts of every table that a tenant owns, and every digest, by tenant."""
    models = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
    found = {}
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            found[tenant.code] = {model.__name__: model.objects.count() for model in models}
            rows = Computation.objects.order_by("pk").values_list("pk", "state", "inputs_digest", "outcome_digest")
            found[tenant.code, "computations"] = list(rows)
            found[tenant.code, "sheets"] = list(ScoreSheet.objects.order_by("pk").values_list("pk", "content_hash"))
            found[tenant.code, "titles"] = sorted(Title.objects.values_list("pk", flat=True))
    return found


def test_a_second_load_changes_nothing(loaded):
    before, written = standing(), AuditEntry.objects.count()
    assert before[JIANDE]["ScoreSheet"] > 2000
    printed = load()
    assert standing() == before
    assert AuditEntry.objects.count() == written
    assert "limin" in printed


def test_each_county_sees_only_its_own(loaded):
    for code, other in ((JIANDE, QINGXI), (QINGXI, JIANDE)):
        with tenant_scope(Tenant.objects.get(code=code)):
            assert Organization.objects.filter(code__startswith=code).exists()
            assert not Organization.objects.filter(code__startswith=other).exists()
            assert set(Result.objects.values_list("tenant__code", flat=True)) == {code}
