from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from core import csv
from initiatives.permissions import Permission, requires
from partners import queries


@require_safe
@requires(Permission.PARTNERS_EXPORT)
def export(request):
    lines = csv.write(queries.export_rows(request.initiative))
    name = f"partners-{request.initiative.slug}-{request.initiative.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
