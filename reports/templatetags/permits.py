"""`{% load permits %}`: whether the person may open what a link leads to. Decides nothing itself; views still check."""

from django import template

from accounts.access import Permission, allowed

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> bool:
    """`{% may "view_rounds" as opens %}`: without the permission a page shows words instead of a link that says 403."""
    request = context.get("request")
    return allowed(getattr(request, "membership", None), Permission(permission))
