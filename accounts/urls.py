"""Signing in and out. Only the routes of allauth that are needed; their names are allauth's, which looks them up."""

from allauth.account.views import account_inactive, logout
from django.urls import include, path

from accounts import views

own = [
    path("setup/<str:token>/", views.setup_page, name="setup"),
    path("signin/<str:token>/", views.sign_in_link_page, name="sign-in-link"),
]
urlpatterns = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("login/", views.SignInView.as_view(), name="account_request_login_code"),
    path("login/code/", views.CodeView.as_view(), name="account_confirm_login_code"),
    path("logout/", logout, name="account_logout"),
    path("inactive/", account_inactive, name="account_inactive"),
    path("", include((own, "accounts"))),
]
