"""The addresses that the navigation names, so that its tests do not wait for the pages, and the gallery."""

from django.urls import include, path

from backbone.views.gallery import component_list
from tests.design.gallery import gallery


def nothing(request):
    raise AssertionError("The navigation is only reversed here.")


def names(app, *views):
    return include(([path(f"{app}/{view}/", nothing, name=view) for view in views], app))


urlpatterns = [
    path("gallery/", gallery, {"base": "base.html"}),
    path("gallery/public/", gallery, {"base": "public.html"}),
    path("gallery/components/", component_list),
    path("out/", nothing, name="account_logout"),
    path("i/<slug:slug>/", names("backbone", "dashboard", "activity-list")),
    path("i/<slug:slug>/", names("partners", "organisation-list")),
    path("i/<slug:slug>/", names("surveys", "round-list")),
    path("i/<slug:slug>/", names("initiatives", "settings", "agenda-detail")),
]
