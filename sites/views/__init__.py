"""Views of the sites app: panels and draws, conflicts, routes, the map."""
