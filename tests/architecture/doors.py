"""Reading the running product: its addresses and its models."""

from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey
from django.urls import URLPattern, get_resolver

INITIATIVE_PREFIX = "i/<slug:slug>/"


@dataclass(frozen=True)
class Route:
    path: str
    name: str
    view: object

    @property
    def is_inside(self):
        return self.path.startswith(INITIATIVE_PREFIX)

    @property
    def is_signed_out(self):
        return not getattr(self.view, "login_required", True)


def routes(patterns=None, prefix="", namespace=""):
    """Every route of the product as (path, full name, view); the admin's own are left out."""
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith("admin/"):
            continue
        if isinstance(pattern, URLPattern):
            found.append(Route(path, f"{namespace}{pattern.name or ''}", pattern.callback))
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += routes(pattern.url_patterns, path, inner)
    return found


def models_above_the_door():
    """The models of the apps that belong to an initiative."""
    tenant_apps = settings.LOCAL_APPS[settings.LOCAL_APPS.index("initiatives") :]
    return [model for label in tenant_apps for model in apps.get_app_config(label).get_models()]


def way_to_initiative(model):
    """Follow `initiative_path` of a model: (problem or None). Each step is a foreign key that cannot be null."""
    path = getattr(model, "initiative_path", None)
    if path is None:
        return f"{model._meta.label} has no initiative_path"
    step = model
    for name in filter(None, path.split("__")):
        field = step._meta.get_field(name)
        if not isinstance(field, ForeignKey) or field.null:
            return f"{model._meta.label}.initiative_path: {name} is no foreign key that must be set"
        step = field.related_model
    if step._meta.label != "initiatives.Initiative":
        return f"{model._meta.label}.initiative_path ends at {step._meta.label}"
    return None


def without_permission(found):
    """Names of routes below /i/<slug>/ whose view carries no @requires."""
    return [route.name for route in found if route.is_inside and not hasattr(route.view, "permission")]
