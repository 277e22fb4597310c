"""What titles ask of the county office: those whose validity ends soon, and good practices that wait to be shared."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse

from campaigns.enums import PracticeState
from campaigns.models import Practice, Title

from ..queries.titles import ending_soon
from .words import Todo, due_light


def title_todos(today: date) -> Iterator[Todo]:
    """One to-do per campaign with titles that end within ninety days; it disappears when they are re-inspected or
    end.
    """
    ending = Title.objects.filter(ending_soon()).order_by()
    found = ending.values_list("campaign_id", "campaign__name").annotate(n=Count("pk"), first=Min("valid_until"))
    for pk, name, number, first in found:
        light, words = due_light(first, today)
        url = f"{reverse('campaigns:reinspection')}?campaign={pk}&show=due"
        subject = f"“{name}”有 {number} 个称号 90 天内到期"
        yield Todo(
            light, words, subject, "期内复评合格的重新计算有效期，不复评的到期终止", url, "安排复评", url, due=first
        )
    waiting = Practice.objects.filter(state=PracticeState.DRAFT).count()
    if waiting:
        url = f"{reverse('campaigns:practices')}?state={PracticeState.DRAFT}"
        yield Todo("idle", "待推广", f"有 {waiting} 篇经验做法待推广", "推广后全县可见", url, "查看", url)
