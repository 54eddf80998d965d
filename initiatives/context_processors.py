from initiatives.permissions import PERMISSIONS_OF_ROLE


def initiative(request):
    """Gives templates `initiative`, `membership` and `can`, the set of permissions by name (`{% if can.partners_edit %}`)."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {"initiative": None, "membership": None, "can": {}}
    granted = PERMISSIONS_OF_ROLE[membership.role]
    return {
        "initiative": request.initiative,
        "membership": membership,
        "can": {permission.value: True for permission in granted},
    }
