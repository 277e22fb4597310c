"""Addresses of the sites app: panels, draws, conflicts, routes, the map."""

from django.urls import path

from .views import conflicts, panels, routes

app_name = "sites"

urlpatterns = [
    path("panels/", panels.panels, name="panels"),
    path("rounds/<uuid:round_id>/panel/", panels.panel, name="panel"),
    path("rounds/<uuid:round_id>/panel/add/", panels.panel_add, name="panel_add"),
    path("rounds/<uuid:round_id>/draw/", panels.draw_new, name="draw_new"),
    path("rounds/<uuid:round_id>/conflicts/", conflicts.round_conflicts, name="round_conflicts"),
    path("panel/<uuid:member_id>/", panels.member, name="member"),
    path("draws/<uuid:draw_id>/", panels.draw, name="draw"),
    path("conflicts/", conflicts.own_conflicts, name="conflicts"),
    path("conflicts/contacts/", conflicts.contacts, name="contacts"),
    path("conflicts/<uuid:conflict_id>/decide/", conflicts.decide, name="conflict_decide"),
    path("conflicts/<uuid:conflict_id>/back/", conflicts.take_back, name="conflict_back"),
    path("rounds/<uuid:round_id>/routes/", routes.routes, name="routes"),
    path("routes/<uuid:route_id>/", routes.route, name="route"),
    path("routes/<uuid:route_id>/sheet/", routes.route_sheet, name="route_sheet"),
    path("stops/<uuid:stop_id>/move/", routes.stop_move, name="stop_move"),
    path("my-day/", routes.my_day, name="my_day"),
    path("places/", routes.places, name="places"),
]
