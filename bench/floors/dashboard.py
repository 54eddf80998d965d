"""Floor of the committee's page: one query for the results, formatted before the template, which only places them."""

from django.template import Context, Engine

QUERY = """SELECT code, breakdown, cell, is_shown, n, shown FROM indicators_result WHERE publication_id = %s
  ORDER BY id LIMIT 324"""
TEMPLATE = Engine().from_string(
    "<!doctype html><html lang=en><title>Results</title><table>{% for row in rows %}<tr><th>{{ row.code }}</th>"
    "<td>{{ row.cell }}</td><td>{{ row.figure }}</td><td>{{ row.words }}</td></tr>{% endfor %}</table></html>"
)


def page(connection, publication):
    rows = [_formatted(*row) for row in connection.execute(QUERY, (publication,))]
    return TEMPLATE.render(Context({"rows": rows}))


def _formatted(code, breakdown, cell, is_shown, n, shown):
    if not is_shown or "count" not in shown:
        return {"code": code, "cell": cell, "figure": "–", "words": "too few answers to show"}
    return {
        "code": code,
        "cell": cell,
        "figure": f"{shown['count']} of {n}",
        "words": f"{shown['percent']} % favourable",
    }
