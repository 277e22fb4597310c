"""Addresses of what people look at or carry away."""

from . import urls_awarding, urls_books, urls_figures, urls_live, urls_results, urls_trial

app_name = "reports"

urlpatterns = [
    *urls_awarding.urlpatterns,
    *urls_results.urlpatterns,
    *urls_figures.urlpatterns,
    *urls_books.urlpatterns,
    *urls_live.urlpatterns,
    *urls_trial.urlpatterns,
]
