"""The front door, starting an initiative, the demo, and the gallery of components."""

from django.urls import path

from backbone.views import gallery, start

app_name = "start"
urlpatterns = [
    path("", start.front_door, name="front-door"),
    path("start/", start.initiative_create, name="initiative-create"),
    path("gallery/", gallery.component_list, name="component-list"),
    path("demo/signin/<slug:role>/", start.demo_sign_in, name="demo-sign-in"),
]
