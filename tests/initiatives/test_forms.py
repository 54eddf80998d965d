from django import forms

from accounts.models import User
from backbone.models import Activity, ActivityFunction
from initiatives.forms import InitiativeForm, InitiativeModelForm
from initiatives.models import Function, Goal, Initiative
from partners.models import Organisation, Seat, Sector
from tests.factories import ContactFactory, GroupFactory, MembershipFactory, OrganisationFactory, SectorFactory


class SeatForm(InitiativeModelForm):
    class Meta:
        model = Seat
        fields = ["group", "holder", "organisation", "sector"]


class ActivityForm(InitiativeModelForm):
    class Meta:
        model = Activity
        fields = ["title", "held_on", "minutes", "people", "partners"]


class SectorForm(InitiativeModelForm):
    class Meta:
        model = Sector
        fields = ["name"]


class AnyForm(InitiativeForm):
    initiative_choice = forms.ModelChoiceField(Initiative.objects.all())
    share = forms.ModelChoiceField(ActivityFunction.objects.all())
    functions = forms.ModelMultipleChoiceField(Function.objects.all())


def choices(form, name):
    return list(form.fields[name].queryset)


def test_choice_lists_show_only_rows_of_their_initiative(initiative, other_initiative):
    here = ContactFactory(initiative=initiative)
    ContactFactory(initiative=other_initiative)
    group, _ = GroupFactory(initiative=initiative), GroupFactory(initiative=other_initiative)
    form = SeatForm(initiative=initiative)
    assert choices(form, "holder") == [here]
    assert choices(form, "organisation") == [here.organisation]
    assert choices(form, "sector") == [here.organisation.sector]
    assert choices(form, "group") == [group]


def test_people_are_offered_by_their_membership(initiative, other_initiative):
    member = MembershipFactory(initiative=initiative)
    MembershipFactory(initiative=other_initiative)
    MembershipFactory(initiative=other_initiative, user=member.user)
    form = ActivityForm(initiative=initiative)
    assert choices(form, "people") == [member.user]
    assert User.objects.count() == 2


def test_declared_choices_are_restricted_by_path_of_any_length(initiative, other_initiative):
    shares = {}
    for owner in (initiative, other_initiative):
        activity = Activity.objects.create(initiative=owner, title="Talk", held_on="2026-03-01", minutes=5)
        shares[owner] = activity.shares.create(function=owner.functions.first())
    form = AnyForm(initiative=initiative)
    assert choices(form, "initiative_choice") == [initiative]
    assert choices(form, "share") == [shares[initiative]]
    assert choices(form, "functions") == list(initiative.functions.all())


def test_foreign_row_is_refused_with_an_error_on_its_field(initiative, other_initiative):
    foreign = OrganisationFactory(initiative=other_initiative)
    form = SeatForm(
        {"group": GroupFactory(initiative=initiative).pk, "organisation": foreign.pk}, initiative=initiative
    )
    assert list(form.errors) == ["organisation"]
    assert Organisation.objects.count() == 1


def test_new_row_starts_in_the_initiative(initiative):
    assert SectorForm(initiative=initiative).instance.initiative == initiative


def test_queryset_keeps_to_the_initiative(initiative, other_initiative):
    kept = initiative.goals.create(title="Read by grade three")
    other_initiative.goals.create(title="Elsewhere")
    assert list(Goal.objects.for_initiative(initiative)) == [kept]


def test_unique_within_the_initiative_is_checked_by_the_form(initiative, other_initiative):
    SectorFactory(initiative=other_initiative, name="Health")

    class FunctionForm(InitiativeModelForm):
        class Meta:
            model = Function
            fields = ["code", "label"]

    assert not FunctionForm({"code": "vision", "label": "Vision"}, initiative=initiative).is_valid()
