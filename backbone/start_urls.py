"""The front door, starting an initiative, and the demo."""

from django.urls import path

from backbone.views import start

app_name = "start"
urlpatterns = [
    path("", start.front_door, name="front-door"),
    path("start/", start.initiative_create, name="initiative-create"),
    path("demo/signin/<slug:role>/", start.demo_sign_in, name="demo-sign-in"),
]
