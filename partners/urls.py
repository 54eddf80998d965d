from django.urls import path

from partners.views import contacts, exports, groups, imports, organisations, sectors

app_name = "partners"
urlpatterns = [
    path("", organisations.organisation_list, name="organisation-list"),
    path("organisations/new/", organisations.organisation_add, name="organisation-add"),
    path("organisations/<int:pk>/", organisations.organisation_detail, name="organisation-detail"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/new/", contacts.contact_add, name="contact-add"),
    path("contacts/<int:pk>/", contacts.contact_detail, name="contact-detail"),
    path("contacts/<int:pk>/edit/", contacts.contact_edit, name="contact-edit"),
    path("contacts/<int:pk>/reachable/", contacts.contact_reachable, name="contact-reachable"),
    path("contacts/<int:pk>/link/", contacts.contact_link, name="contact-link"),
    path("contacts/<int:pk>/reminders/", contacts.contact_reminders, name="contact-reminders"),
    path("sectors/", sectors.sector_list, name="sector-list"),
    path("sectors/<int:pk>/", sectors.sector_edit, name="sector-edit"),
    path("sectors/<int:pk>/merge/", sectors.sector_merge, name="sector-merge"),
    path("groups/", groups.group_list, name="group-list"),
    path("groups/new/", groups.group_add, name="group-add"),
    path("groups/<int:pk>/", groups.group_detail, name="group-detail"),
    path("groups/<int:pk>/edit/", groups.group_edit, name="group-edit"),
    path("groups/<int:pk>/wanted/", groups.group_wanted, name="group-wanted"),
    path("groups/<int:pk>/seats/new/", groups.seat_add, name="seat-add"),
    path("seats/<int:pk>/edit/", groups.seat_edit, name="seat-edit"),
    path("seats/<int:pk>/end/", groups.seat_end, name="seat-end"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/template/", imports.import_template, name="import-template"),
    path("imports/<int:pk>/", imports.import_detail, name="import-detail"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import-cancel"),
    path("export/", exports.export, name="export"),
]
