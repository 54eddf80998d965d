"""Stories for tests: two partners with a contact each, agreed and shared as far as a test wants."""

from backbone.actions import stories
from backbone.queries.stories import partners_of
from tests.factories import ContactFactory, OrganisationFactory, UserFactory

TITLE, TEXT = "Buses at dawn", "The bus company moved its first bus to five."


def partner(initiative, partner_name, **fields):
    """A contact at a partner of that name."""
    organisation = OrganisationFactory(initiative=initiative, name=partner_name)
    address = f"{partner_name.lower().replace(' ', '.')}@partner.example"
    fields = {"name": f"{partner_name} Contact", "email": address} | fields
    return ContactFactory(initiative=initiative, organisation=organisation, is_lead=True, **fields)


def make_story(initiative, *contacts, by=None, title=TITLE, text=TEXT, evidence=()):
    values = {"title": title, "text": text, "evidence": evidence}
    partners = {contact.organisation: contact for contact in contacts}
    return stories.write(initiative=initiative, values=values | {"partners": partners}, by=by or UserFactory())


def agree_all(story):
    for sign_off in story.sign_offs.select_related("contact"):
        assert stories.agree(sign_off=sign_off, version=story.version, contact=sign_off.contact)


def shared_story(initiative, *contacts, **fields):
    story = make_story(initiative, *contacts, **fields)
    agree_all(story)
    assert stories.share(story=story, by=UserFactory())
    story.refresh_from_db()
    return story


def changed(story, **values):
    """The story with other words, partners or evidence."""
    now = {
        "title": story.title,
        "text": story.text,
        "evidence": list(story.evidence.all()),
        "partners": partners_of(story),
    }
    story.refresh_from_db()
    return stories.change(story=story, edits=story.edits, values=now | values, by=UserFactory())
