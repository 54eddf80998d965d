"""People who can sign in. What they may do is a membership, one floor up."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from core.statements import CompiledRead, columns_of


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, may_start_initiatives=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())

    def get(self, *args, **wanted):
        """As ever; by the key alone, which every request of a signed-in person asks for, with SQL that was written once."""
        if args or list(wanted) != ["pk"] or not isinstance(wanted["pk"], int):
            return super().get(*args, **wanted)
        row = _by_key.first(wanted["pk"])
        if row is None:
            raise User.DoesNotExist("User matching query does not exist.")
        return User.from_db(self.db, columns_of(User), row)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with a code sent by mail; passwords are never set."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Empty: where the initiative is.
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(_("can sign in"), default=True)
    may_start_initiatives = models.BooleanField(_("may start initiatives"), default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return self.name.split(" ")[0] if self.name else self.email


_by_key = CompiledRead(lambda key: User.objects.filter(pk=key).values_list(*columns_of(User)), parameters=(int,))


class SetupLink(models.Model):
    """The one-time link through which the first director comes in. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="setup_links")

    def __str__(self):
        return f"setup link of {self.created_at:%Y-%m-%d}"


class SignInLink(models.Model):
    """A one-time link for one person, for when mail is down. Only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"sign-in link of {self.user}"


class Installation(models.Model):
    """One row that says whether setting up is over. Stored, so that deleting people never opens setup again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    setup_closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]

    def __str__(self):
        return "installation"
