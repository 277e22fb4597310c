"""Facts about whose data it is and who acts."""

from .audit import AuditEntry
from .base import TenantOwned, require_tenant, tenant_scope
from .division import Division, StagedDivision
from .job import Job
from .message import Message, MessageChannel
from .organization import Organization
from .person import Membership, PasswordHistory, User
from .tenant import Tenant
from .upload import Upload

__all__ = [
    "AuditEntry",
    "Division",
    "Job",
    "Membership",
    "Message",
    "MessageChannel",
    "Organization",
    "PasswordHistory",
    "StagedDivision",
    "Tenant",
    "TenantOwned",
    "Upload",
    "User",
    "require_tenant",
    "tenant_scope",
]
