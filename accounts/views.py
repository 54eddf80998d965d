"""The pages of signing in. Nothing here acts on GET: a mail scanner that follows every link changes nothing."""

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import queries
from accounts.actions import setup, sign_in
from accounts.forms import CodeForm, SetupForm, SignInForm
from core import limits
from core.network import client_address

TRIES_OF_A_CODE = settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS
TRIES_OF_A_NETWORK = 30
WINDOW = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT


class SignInView(allauth_views.RequestLoginCodeView):
    form_class = SignInForm

    @method_decorator(login_not_required)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def _redirect_to_pending_stage(self, request, stage):
        """Whoever comes back while a code is on its way may type another address."""
        return None

    def form_valid(self, form):
        response = super().form_valid(form)
        if form._user is None:
            # The same work as for a known address, so that the time taken tells nothing; the task mails nobody.
            adapter = get_adapter()
            adapter.send_mail("", form.cleaned_data["email"], {"code": adapter.generate_login_code()})
        return response


class CodeView(allauth_views.ConfirmLoginCodeView):
    form_class = CodeForm

    @method_decorator(login_not_required)
    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if getattr(self, "_process", self) is None:
            messages.error(request, _("That code has expired: codes work for ten minutes. Ask for a new one."))
        return response

    def post(self, request, *args, **kwargs):
        if self._may_try(request):
            return super().post(request, *args, **kwargs)
        self._process.abort()
        messages.error(request, get_adapter().error_messages["too_many_login_attempts"])
        return redirect("account_login")

    def _may_try(self, request):
        """Each try is counted before the code is looked at: many at once get no more than the five of one code."""
        state = self._process.state
        code = f"{state.get('email')} {state['at']}"
        return limits.within(
            "code-of-network", client_address(request), times=TRIES_OF_A_NETWORK, seconds=WINDOW
        ) and limits.within("code", code, times=TRIES_OF_A_CODE, seconds=WINDOW)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup_page(request, token):
    """The first director says who they are, is signed in and goes on to start an initiative."""
    if not queries.setup_link_is_usable(token):
        return render(request, "accounts/setup_closed.html", status=410)
    form = SetupForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/setup.html", {"form": form})
    try:
        user = setup.complete(token=token, **form.cleaned_data)
    except setup.SetupClosed:
        return render(request, "accounts/setup_closed.html", status=410)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("start:initiative-create")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link_page(request, token):
    """GET shows a button; only pressing it uses the link up."""
    person = queries.person_of_sign_in_link(token)
    if person is None:
        return render(request, "accounts/link_unusable.html", status=410)
    if request.method != "POST":
        return render(request, "accounts/link.html", {"person": person})
    try:
        user = sign_in.use_link(token=token)
    except sign_in.LinkUnusable:
        return render(request, "accounts/link_unusable.html", status=410)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("/")
