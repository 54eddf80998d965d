from django.db.models import Prefetch

from backbone.entry_files.policy import FILE, item_key_of, key_of
from backbone.models import PolicyStage
from backbone.queries import policy
from backbone.queries.entry_files.words import iso, names, word

AT_ONCE = 500
MODEL = PolicyStage


def items_of(initiative):
    """{key of an item: its primary key}, None where two share the key."""
    items = {}
    for title, jurisdiction, pk in initiative.policy_items.order_by().values_list("title", "jurisdiction", "pk"):
        key = item_key_of(title, jurisdiction)
        items[key] = None if key in items else pk
    return items


def there(initiative):
    """The key of every stage of an item that stands, as often as it is there."""
    stages = PolicyStage.objects.filter(policy_item__initiative=initiative, policy_item__deleted_at=None).order_by()
    told = stages.values_list("policy_item__title", "policy_item__jurisdiction", "stage", "reached_on")
    return (key_of(*values) for values in told.iterator())


def cells(initiative, filters):
    """A row for each stage of an item, in the order in which it went through them; one without stages has a row, too."""
    stages = Prefetch("stages", PolicyStage.objects.order_by("reached_on", "id"))
    found = policy.with_standing(policy.policy_items(initiative), initiative.today())
    found = policy.in_order(policy.filtered(found, **filters)).prefetch_related("target_audiences", stages)
    for item in found.iterator(AT_ONCE):
        for stage in item.stages.all() or [PolicyStage()]:
            yield {
                "title": item.title,
                "jurisdiction": item.jurisdiction,
                "description": item.description,
                "target_audiences": names(item.target_audiences.all()),
                "stage": word(FILE, "stage", stage.stage),
                "alignment": word(FILE, "alignment", stage.alignment),
                "reached_on": iso(stage.reached_on),
                "note": stage.note,
                "source_link": stage.source_link,
            }
