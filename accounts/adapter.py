"""Where allauth asks us: who may come in, where mails go, and in which words it speaks."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actions import sign_in
from accounts.tasks import mail_code
from core.network import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Invitation only: people exist because a director or a setup link made them."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That is not the code we sent. Check it letter by letter and try again."),
        "too_many_login_attempts": _("Too many tries. Wait ten minutes, then ask for a new code."),
        "rate_limited": _("Too many tries. Wait ten minutes, then ask for a new code."),
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request)

    def is_safe_url(self, url):
        """Only addresses of this site, written without a host: after signing in nobody is sent elsewhere."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix, email, context):
        """The sign-in code is the only mail there is. A worker sends it, so that waiting for the mail server tells nothing
        about whether the address is known."""
        letter_id = sign_in.put_code_aside(email=email, code=context["code"], language=get_language())
        mail_code.delay(letter_id)
