"""Addresses that partners open without signing in: their own page, and the way to stop its mails."""

from django.urls import path

from backbone.views import own_page

app_name = "own"
urlpatterns = [
    path("own/<str:token>/", own_page.own_page, name="page"),
    path("own/<str:token>/done/<int:pk>/", own_page.action_item_done, name="action-item-done"),
    path("own/<str:token>/confirm/<int:pk>/", own_page.commitment_confirm, name="commitment-confirm"),
    path("own/<str:token>/dispute/<int:pk>/", own_page.commitment_dispute, name="commitment-dispute"),
    path("own/<str:token>/reminders/", own_page.reminders, name="reminders"),
    path("stop/<str:token>/", own_page.stop, name="stop"),
]
