from django import forms

from surveys.models import AnswersFile


class FileForm(forms.ModelForm):
    class Meta:
        model = AnswersFile
        fields = ["format"]
        widgets = {"format": forms.RadioSelect}
