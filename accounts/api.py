"""The API of accounts: the organizations of one's tenant, to read. Writing goes through pages and imports."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from .access import Permission, allowed
from .enums import OrganizationKind
from .models import Organization
from .queries import subtree


class MayRead(permissions.BasePermission):
    """Members whose role sees rounds, or looks after the tree; the three administrators see no business data."""

    message = "您的角色没有这项权限。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        membership = getattr(request, "membership", None)
        return any(allowed(membership, p) for p in (Permission.VIEW_ROUNDS, Permission.MANAGE_ORGANIZATIONS))


class OrganizationSerializer(serializers.ModelSerializer):
    parent_code = serializers.CharField(source="parent.code", default=None, read_only=True)

    class Meta:
        model = Organization
        fields = ["id", "code", "name", "kind", "parent_code", "level", "remote", "weak", "member_count", "active"]


class OrganizationFilter(filters.FilterSet):
    """Declared field by field: asking the model for them would query outside a tenant scope when this loads."""

    code = filters.CharFilter(label="代码")
    name = filters.CharFilter(lookup_expr="icontains", label="名称包含")
    kind = filters.ChoiceFilter(choices=OrganizationKind, label="类别")
    active = filters.BooleanFilter(label="在用")
    remote = filters.BooleanFilter(label="偏远")
    weak = filters.BooleanFilter(label="薄弱")
    township = filters.CharFilter(method="below", label="乡镇（街道）代码")

    def below(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(subtree(value))


class OrganizationViewSet(viewsets.ReadOnlyModelViewSet):
    """Organizations of the present tenant in the order of the tree."""

    permission = Permission.VIEW_ROUNDS
    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer
    filterset_class = OrganizationFilter
    permission_classes = [permissions.IsAuthenticated, MayRead]

    def get_queryset(self) -> QuerySet[Organization]:
        if getattr(self, "swagger_fake_view", False):
            return Organization.objects.none()
        return Organization.objects.select_related("parent").order_by("path")


routes = [("organizations", OrganizationViewSet, "organization")]
