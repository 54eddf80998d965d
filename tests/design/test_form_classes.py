"""Every class that crispy writes into a form is one that our stylesheets know."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Button, Column, Field, Fieldset, Layout, Reset, Row, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.design.styles import classes_in, styled_classes, text_of

CHOICES = [("a", "A"), ("b", "B")]


class StoredFile(SimpleUploadedFile):
    url = "/stored.csv"


class EveryWidgetForm(forms.Form):
    """One field per widget that Django ships and a form of ours could use."""

    text = forms.CharField(help_text="Help")
    email = forms.EmailField()
    address = forms.URLField(assume_scheme="https")
    secret = forms.CharField(widget=forms.PasswordInput)
    search = forms.CharField(widget=forms.TextInput(attrs={"type": "search"}))
    area = forms.CharField(widget=forms.Textarea)
    number = forms.IntegerField()
    day = forms.DateField()
    moment = forms.DateTimeField()
    hour = forms.TimeField()
    two_parts = forms.SplitDateTimeField()
    three_parts = forms.DateField(widget=forms.SelectDateWidget(years=[2026]))
    choice = forms.ChoiceField(choices=CHOICES)
    maybe = forms.NullBooleanField()
    several = forms.MultipleChoiceField(choices=CHOICES)
    boxes = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    radios = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, help_text="Help")
    yes = forms.BooleanField(help_text="Help")
    file = forms.FileField(required=False, initial=StoredFile("stored.csv", b"x"))

    def clean(self):
        raise forms.ValidationError("Something does not fit together.")


def rendered(form, layout=None):
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = layout
    return render_crispy_form(form, helper=helper)


def missing_from(html):
    return sorted(classes_in(html) - styled_classes(text_of()))


def test_empty_form_has_only_classes_we_style():
    html = rendered(EveryWidgetForm())
    assert {"form-control", "form-select", "form-check-input", "form-label", "form-text"} <= classes_in(html)
    assert missing_from(html) == []


def test_form_with_errors_has_only_classes_we_style():
    html = rendered(EveryWidgetForm({"number": "x"}))
    assert {"is-invalid", "invalid-feedback", "alert-danger"} <= classes_in(html)
    assert missing_from(html) == []


def test_layout_objects_have_only_classes_we_style():
    layout = Layout(
        Fieldset("Legend", Row(Column("text"), Column("email", css_class="col-md-6")), Field("choice")),
        Submit("save", "Save"),
        Button("more", "More"),
        Reset("undo", "Undo"),
    )
    html = rendered(EveryWidgetForm(), layout)
    assert {"row", "col-md", "btn-primary"} <= classes_in(html)
    assert missing_from(html) == []


def test_class_that_nobody_styles_is_found():
    assert missing_from('<p class="mb-3 nobody-styles-this">') == ["nobody-styles-this"]
