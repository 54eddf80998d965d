"""Addresses that partners open without signing in: their own page, the way to stop its mails, and a story to sign off."""

from django.urls import path

from backbone.views import own_page, story_page

app_name = "own"
urlpatterns = [
    path("own/<str:token>/", own_page.own_page, name="page"),
    path("own/<str:token>/done/<int:pk>/", own_page.action_item_done, name="action-item-done"),
    path("own/<str:token>/confirm/<int:pk>/", own_page.commitment_confirm, name="commitment-confirm"),
    path("own/<str:token>/dispute/<int:pk>/", own_page.commitment_dispute, name="commitment-dispute"),
    path("own/<str:token>/reminders/", own_page.reminders, name="reminders"),
    path("story/<str:token>/", story_page.story_page, name="story"),
    path("story/<str:token>/agree/", story_page.story_agree, name="story-agree"),
    path("story/<str:token>/change/", story_page.story_change, name="story-change"),
    path("story/<str:token>/take-back/", story_page.story_take_back, name="story-take-back"),
    path("stop/<str:token>/", own_page.stop, name="stop"),
]
