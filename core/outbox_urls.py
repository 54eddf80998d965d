from django.urls import path

from core import views

app_name = "outbox"
urlpatterns = [
    path("", views.outbox_list, name="mail-list"),
    path("<slug:name>/", views.outbox_detail, name="mail-detail"),
]
