"""Addresses below /i/<slug>/rounds/."""

from django.urls import path

from surveys.views import answers, burden, past, plans, preview, rounds
from surveys.views import round_control as control

app_name = "surveys"
urlpatterns = [
    path("", rounds.round_list, name="round-list"),
    path("new/", rounds.round_add, name="round-add"),
    path("asked/contact/<int:contact_id>/", burden.contact_burden, name="contact-burden"),
    path("asked/organisation/<int:organisation_id>/", burden.organisation_burden, name="organisation-burden"),
    path("repeat/", plans.plan_list, name="plan-list"),
    path("repeat/new/", plans.plan_add, name="plan-add"),
    path("repeat/<int:plan_id>/", plans.plan_edit, name="plan-edit"),
    path("earlier/", past.past_list, name="past-list"),
    path("earlier/answers/", past.past_answers, name="past-answers"),
    path("earlier/figures/", past.past_figures, name="past-figures"),
    path("earlier/figures/template/", past.past_template, name="past-template"),
    path("earlier/<int:import_id>/", past.past_detail, name="past-detail"),
    path("earlier/<int:import_id>/progress/", past.past_progress, name="past-progress"),
    path("earlier/<int:import_id>/columns/", past.past_columns, name="past-columns"),
    path("earlier/<int:import_id>/confirm/", past.past_confirm, name="past-confirm"),
    path("earlier/<int:import_id>/cancel/", past.past_cancel, name="past-cancel"),
    path("<int:round_id>/", rounds.round_detail, name="round-detail"),
    path("<int:round_id>/change/", rounds.round_edit, name="round-edit"),
    path("<int:round_id>/sectors/", rounds.round_clusters, name="round-clusters"),
    path("<int:round_id>/sectors/proposal/", rounds.round_clusters_proposal, name="round-clusters-proposal"),
    path("<int:round_id>/steward/", rounds.round_steward, name="round-steward"),
    path("<int:round_id>/answers/", answers.round_answers, name="round-answers"),
    path("<int:round_id>/answers/request/", answers.release_request, name="release-request"),
    path("<int:round_id>/answers/files/", answers.file_order, name="file-order"),
    path("<int:round_id>/answers/progress/", answers.file_progress, name="file-progress"),
    path("releases/<int:release_id>/", answers.release_decide, name="release-decide"),
    path("files/<str:key>/", answers.file_download, name="file-download"),
    path("texts/<int:text_id>/", rounds.round_text, name="round-text"),
    path("<int:round_id>/test/", control.round_test, name="round-test"),
    path("<int:round_id>/preview/", control.round_preview, name="round-preview"),
    path("<int:round_id>/questions/", preview.round_questions, name="round-questions"),
    path("<int:round_id>/send/", control.round_send, name="round-send"),
    path("<int:round_id>/progress/", control.round_progress, name="round-progress"),
    path("<int:round_id>/pause/", control.round_pause, name="round-pause"),
    path("<int:round_id>/resume/", control.round_resume, name="round-resume"),
    path("<int:round_id>/cancel/", control.round_cancel, name="round-cancel"),
    path("<int:round_id>/unschedule/", control.round_unschedule, name="round-unschedule"),
    path("<int:round_id>/closing-day/", control.round_extend, name="round-extend"),
    path("<int:round_id>/close/", control.round_close, name="round-close"),
    path("notes/<int:invitation_id>/", control.note_decide, name="note-decide"),
    path("mails/<int:mailing_id>/", control.mailing_decide, name="mailing-decide"),
]
