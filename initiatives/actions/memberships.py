"""Who is a member, and in which role. An initiative always keeps a director."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.people import find_or_make
from accounts.models import User
from core import limits
from core.doorbell import ring
from initiatives.actions import history
from initiatives.models import Initiative, Membership
from initiatives.permissions import Role

DAY = 24 * 60 * 60
# Enough for an honest beginning, too few for flooding somebody's mailbox.
MAILS_TO_ONE_ADDRESS_A_DAY = 3
INVITATIONS_OF_AN_INITIATIVE_A_DAY = 200


def invite(*, initiative, email, name, role, by):
    """Make somebody a member and mail them how to sign in; people new here get an account. Returns the membership.

    Raises ValidationError on `email` for a member of this initiative, or when too many invitations were sent today.
    """
    email = email.strip().lower()
    validate_email(email)
    _refuse_members(initiative, email)
    _refuse_floods(initiative, email)
    try:
        with transaction.atomic():
            user = find_or_make(email=email, name=name)
            membership = Membership.objects.create(initiative=initiative, user=user, role=role)
            after = {"email": email, "role": str(role)}
            history.record(initiative=initiative, verb="member_invited", target=membership, after=after, by=by)
            ring("initiatives.tasks.mail_invitation", membership.pk, by.pk if by else None)
    except IntegrityError:
        _refuse_members(initiative, email)
        raise
    return membership


def _refuse_members(initiative, email):
    member = initiative.memberships.select_related("user").filter(user__email=email).first()
    if member:
        raise ValidationError(
            {
                "email": _("%(name)s is a member already, as “%(role)s”. Change the role in the list of members.")
                % {"name": member.user, "role": member.get_role_display()}
            }
        )


def _refuse_floods(initiative, email):
    if not limits.within("invite-address", email, times=MAILS_TO_ONE_ADDRESS_A_DAY, seconds=DAY):
        raise ValidationError(
            {"email": _("This address was invited several times today. Try again tomorrow, or write to the person.")}
        )
    if not limits.within("invite-from", str(initiative.pk), times=INVITATIONS_OF_AN_INITIATIVE_A_DAY, seconds=DAY):
        raise ValidationError(_("That were many invitations for one day. Go on tomorrow."))


def change_role(*, membership, role, by):
    """Give a member another role. Raises ValidationError when it would leave the initiative without a director."""
    with transaction.atomic():
        current = _held(membership)
        if current.role == role:
            return current
        if role != Role.DIRECTOR:
            _refuse_last_director(current, _("Make somebody else director first: an initiative needs one."))
        before, after = {"role": current.role}, {"role": str(role)}
        current.role = role
        current.save(update_fields=["role"])
        history.record(
            initiative=current.initiative,
            verb="member_role_changed",
            target=current,
            label=str(current.user),
            before=before,
            after=after,
            by=by,
        )
    return current


def remove(*, membership, by):
    """End a membership; the person's account and what they did stay. Raises ValidationError for the last director."""
    with transaction.atomic():
        current = _held(membership)
        _refuse_last_director(current, _("Nobody else is director. Make somebody director before you remove this one."))
        before = {"email": current.user.email, "role": current.role}
        history.record(
            initiative=current.initiative,
            verb="member_removed",
            target=current,
            label=str(current.user),
            before=before,
            by=by,
        )
        current.delete()


def _held(membership):
    """The membership as it is now. The initiative's row is locked, so that two directors cannot demote each other at once."""
    Initiative.objects.select_for_update().get(pk=membership.initiative_id)
    return Membership.objects.select_related("user", "initiative").get(pk=membership.pk)


def _refuse_last_director(membership, sentence):
    others = membership.initiative.memberships.filter(role=Role.DIRECTOR, user__is_active=True).exclude(
        pk=membership.pk
    )
    if membership.role == Role.DIRECTOR and not others.exists():
        raise ValidationError(sentence)


@transaction.atomic
def change_own(*, membership, values):
    """Write what a member set for themselves: their language and zone, and which mails they want. It is nobody else's history."""
    person = {name: value for name, value in values.items() if name in ("language", "time_zone")}
    own = {name: value for name, value in values.items() if name not in person}
    User.objects.filter(pk=membership.user_id).update(**person)
    if own:
        Membership.objects.filter(pk=membership.pk).update(**own)
