from django.urls import path

from backbone.views import action_items, activities, attachments, dashboard, deleted, meetings, results

app_name = "backbone"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("figures/<str:code>/", dashboard.figure_detail, name="dashboard-figure"),
    path("figures/missing/<int:pk>/", dashboard.missing, name="dashboard-missing"),
    path("export/results.csv", results.results_csv, name="results-csv"),
    path("export/results.xlsx", results.results_xlsx, name="results-xlsx"),
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/time/", activities.activity_time, name="activity-time"),
    path("activities/new/", activities.activity_add, name="activity-add"),
    path("activities/<int:pk>/again/", activities.activity_again, name="activity-again"),
    path("activities/<int:pk>/", activities.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/delete/", activities.activity_delete, name="activity-delete"),
    path("meetings/", meetings.meeting_list, name="meeting-list"),
    path("meetings/new/", meetings.meeting_add, name="meeting-add"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<int:pk>/change/", meetings.meeting_edit, name="meeting-edit"),
    path("meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("meetings/<int:pk>/delete/", meetings.meeting_delete, name="meeting-delete"),
    path("deleted/", deleted.deleted_list, name="deleted-list"),
    path("deleted/<str:kind>/<int:pk>/restore/", deleted.deleted_restore, name="deleted-restore"),
    path("activities/<int:pk>/attachments/", attachments.attachment_add, name="attachment-add"),
    path("attachments/<int:pk>/", attachments.attachment_download, name="attachment-download"),
    path("attachments/<int:pk>/delete/", attachments.attachment_delete, name="attachment-delete"),
    path("action-items/", action_items.action_item_list, name="action-item-list"),
    path("action-items/board/", action_items.action_item_board, name="action-item-board"),
    path("action-items/new/", action_items.action_item_add, name="action-item-add"),
    path("action-items/<int:pk>/", action_items.action_item_detail, name="action-item-detail"),
    path("action-items/<int:pk>/edit/", action_items.action_item_edit, name="action-item-edit"),
    path("action-items/<int:pk>/move/", action_items.action_item_move, name="action-item-move"),
    path("action-items/<int:pk>/delete/", action_items.action_item_delete, name="action-item-delete"),
]
