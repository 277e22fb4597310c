"""Addresses of accounts. Identifiers in them are UUIDs; what a person may see behind them, the views ask."""

from django.urls import path

from .views import administration, imports, jobs, messages, organizations, people, signin

app_name = "accounts"

urlpatterns = [
    path("signin/", signin.signin, name="signin"),
    path("signout/", signin.signout, name="signout"),
    path("signout/everywhere/", signin.signout_everywhere, name="signout_everywhere"),
    path("password/", signin.password, name="password"),
    path("switch/<uuid:membership_id>/", signin.switch, name="switch"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/export.<str:extension>", organizations.organizations_export, name="organizations_export"),
    path("organizations/new/", organizations.organization_new, name="organization_new"),
    path("organizations/adopt/", organizations.organizations_adopt, name="organizations_adopt"),
    path("organizations/<uuid:organization_id>/", organizations.organization, name="organization"),
    path("organizations/<uuid:organization_id>/rename/", organizations.organization_rename, name="organization_rename"),
    path("organizations/<uuid:organization_id>/move/", organizations.organization_move, name="organization_move"),
    path("organizations/<uuid:organization_id>/retire/", organizations.organization_retire, name="organization_retire"),
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<uuid:membership_id>/reset/", people.person_reset, name="person_reset"),
    path("people/<uuid:membership_id>/end/", people.person_end, name="person_end"),
    path("imports/new/<slug:kind>/", imports.import_new, name="import_new"),
    path("imports/template/<slug:kind>.<str:extension>", imports.import_template, name="import_template"),
    path("imports/<uuid:upload_id>/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:upload_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:job_id>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("messages/", messages.messages, name="messages"),
    path("messages/channels/new/", messages.channel_new, name="channel_new"),
    path("messages/channels/<uuid:channel_id>/", messages.channel_edit, name="channel_edit"),
    path("messages/channels/<uuid:channel_id>/try/", messages.channel_try, name="channel_try"),
    path("messages/<uuid:message_id>/retry/", messages.message_retry, name="message_retry"),
    path("messages/<uuid:message_id>/drop/", messages.message_drop, name="message_drop"),
    path("audit/", administration.audit, name="audit"),
    path("security/", administration.security, name="security"),
    path("security/<uuid:user_id>/unlock/", administration.security_unlock, name="security_unlock"),
    path("tenants/", administration.tenants, name="tenants"),
    path("tenants/new/", administration.tenant_new, name="tenant_new"),
    path("tenants/divisions/", administration.divisions_import, name="divisions_import"),
]
