"""Those who run the server see which initiatives there are and who directs them; changes are made inside, with history."""

from django.contrib import admin

from initiatives.models import Initiative, Membership


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Initiative)
class InitiativeAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "time_zone", "created_at", "is_demo"]
    search_fields = ["name", "slug"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "initiative", "role"]
    list_filter = ["role"]
    list_select_related = ["user", "initiative"]
