"""Which addresses there are to look at: every link a role finds, and the routes that nobody has linked yet."""

import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from django.urls import resolve

HREF = re.compile(r"^[^#]")
# Downloads are no pages.
NO_PAGES = {
    "partners:import-template",
    "partners:export",
    "partners:commitment-export",
    "backbone:participation-export",
    "backbone:meeting-file",
    "backbone:results-csv",
    "backbone:decision-export",
    "backbone:history-export",
    "backbone:results-xlsx",
    "backbone:attachment-download",
    "backbone:evidence-file",
    "backbone:milestone-file",
    "backbone:milestone-review-file",
    "backbone:activity-csv",
    "backbone:activity-xlsx",
    "backbone:activity-import-template",
    *(f"backbone:{kind}-{form}" for kind in ("evidence", "policy", "resource") for form in ("csv", "xlsx")),
    *(f"backbone:{kind}-import-template" for kind in ("evidence", "policy", "resources")),
    "surveys:past-template",
    "surveys:file-download",
    "surveys:instrument-file",
}


def route_of(address):
    found = resolve(urlsplit(address).path)
    return found.view_name


def walk(client, *starts):
    """{route: address}: the first address of each route that `client` reaches by links from `starts`, all answering 200."""
    found, waiting, seen = {}, list(starts), set()
    while waiting:
        address = waiting.pop(0)
        if address in seen or urlsplit(address).netloc:
            continue
        seen.add(address)
        route = route_of(address)
        if route in found or route in NO_PAGES or route.startswith("admin:"):
            continue
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append(urljoin(address, answer["Location"]))
            continue
        assert answer.status_code == 200, (address, answer.status_code)
        found[route] = address
        page = BeautifulSoup(answer.content, "html.parser")
        waiting += [urljoin(address, link["href"]) for link in page.find_all("a", href=HREF)]
    return found
