"""What the pages of every import of a file do after the door; `imports` are those of `partners.actions.file_imports`."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh


def received(request, imports, form):
    """Keep the file of a valid form, and go to where its check is shown."""
    kept = imports.receive(
        initiative=request.initiative,
        file_name=form.cleaned_data["file"].name,
        content=form.content,
        by=request.user,
    )
    return redirect(kept)


def progress(request, file_import, template):
    if not file_import.is_busy and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, template, {"import": file_import})


def confirm(request, imports, file_import):
    if not imports.confirm(file_import=file_import, by=request.user):
        messages.warning(request, _("This file was confirmed or cancelled before. Nothing was changed."))
    return redirect(file_import)


def cancel(request, imports, file_import):
    if imports.cancel(file_import=file_import, by=request.user):
        messages.success(request, _("The import was cancelled."))
    else:
        messages.warning(request, _("The import had ended already. Nothing was changed."))
    return redirect(file_import)
