"""The admin is for those who run the server. One enters it through our own sign-in; nobody's answers are in it."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User


@login_not_required
def sign_in_for_admin(request, extra_context=None):
    """In place of the admin's password form: the code by mail, then a check that this person may be here."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("The admin is for those who run this server. Your account does not open it."))
    return redirect_to_login(request.GET.get("next", "/admin/"))


admin.site.login = sign_in_for_admin


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People are deactivated here, never deleted: their name stands in the history of what they did."""

    list_display = ["email", "name", "is_active", "may_start_initiatives", "is_staff"]
    list_filter = ["is_active", "may_start_initiatives", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "may_start_initiatives", "is_staff", "is_superuser"]

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request=None):
        """A filter in the address could otherwise find out a column letter by letter."""
        return lookup.split("__")[0] in self.list_filter and super().lookup_allowed(lookup, value, request)
