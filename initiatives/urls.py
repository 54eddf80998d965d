from django.urls import path

from initiatives.views import agenda, members, own, settings

app_name = "initiatives"
urlpatterns = [
    path("", settings.settings, name="settings"),
    path("initiative/", settings.initiative_edit, name="initiative-edit"),
    path("quiet/", settings.quiet_edit, name="quiet-edit"),
    path("agenda/", agenda.agenda_detail, name="agenda-detail"),
    path("agenda/edit/", agenda.agenda_edit, name="agenda-edit"),
    path("functions/", settings.functions_edit, name="functions-edit"),
    path("members/", members.member_list, name="member-list"),
    path("members/new/", members.member_create, name="member-create"),
    path("members/<int:pk>/", members.member_edit, name="member-edit"),
    path("members/<int:pk>/remove/", members.member_delete, name="member-delete"),
    path("permissions/", settings.permission_list, name="permission-list"),
    path("own/", own.own_edit, name="own-edit"),
    path("demo/delete/", settings.demo_delete, name="demo-delete"),
]
