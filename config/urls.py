"""Every address. All that belongs to an initiative lies below /i/<slug>/."""

from django.contrib import admin
from django.urls import include, path

from core.views import health

urlpatterns = [
    path("health/", health, name="health"),
    path("outbox/", include("core.outbox_urls")),  # there only with DEBUG, and only for this machine
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("surveys.public_urls")),
    path("", include("backbone.public_urls")),
    path("", include("backbone.start_urls")),
    path("i/<slug:slug>/settings/", include("initiatives.urls")),
    path("i/<slug:slug>/partners/", include("partners.urls")),
    path("i/<slug:slug>/rounds/", include("surveys.urls")),
    path("i/<slug:slug>/", include("backbone.urls")),
]
