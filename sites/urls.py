"""Addresses of the sites app: none of its own yet; panels and visits are shown by reports and written by imports."""

app_name = "sites"

urlpatterns: list[object] = []
