"""The addresses of files of evidence, policy and resources: for each kind the same, behind its own permission."""

from django.urls import path

from backbone.views import entry_files as views

# In addresses of lists and files a resource is one.
LISTED = {"evidence": "evidence", "policy": "policy", "resources": "resource"}
urlpatterns = [
    pattern
    for kind, listed in LISTED.items()
    for base, name in [(f"entries/{kind}", f"{kind}-import")]
    for pattern in (
        path(f"{base}/export.csv", views.export_csv[kind], name=f"{listed}-csv"),
        path(f"{base}/export.xlsx", views.export_xlsx[kind], name=f"{listed}-xlsx"),
        path(f"{base}/import/", views.import_new[kind], name=name),
        path(f"{base}/import/template.csv", views.import_template[kind], name=f"{name}-template"),
        path(f"{base}/import/<int:pk>/", views.import_detail[kind], name=f"{name}-detail"),
        path(f"{base}/import/<int:pk>/progress/", views.import_progress[kind], name=f"{name}-progress"),
        path(f"{base}/import/<int:pk>/confirm/", views.import_confirm[kind], name=f"{name}-confirm"),
        path(f"{base}/import/<int:pk>/cancel/", views.import_cancel[kind], name=f"{name}-cancel"),
    )
]
