"""Addresses that partners open without signing in."""

from django.urls import path

from surveys.views import answering, preview, results_page, unsubscribe

app_name = "answering"
urlpatterns = [
    path("s/<str:token>/", answering.welcome, name="welcome"),
    path("s/<str:token>/<int:number>/", answering.section, name="section"),
    path("s/<str:token>/left/", answering.left, name="left"),
    path("s/<str:token>/someone-else/", answering.someone_else, name="someone-else"),
    path("s/<str:token>/withdraw/", answering.withdraw, name="withdraw"),
    path("s/<str:token>/results/", results_page.results, name="results"),
    path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("p/<str:token>/", preview.preview, name="preview"),
    path("p/<str:token>/<int:number>/", preview.preview_section, name="preview-section"),
]
