"""A client that is not ours: each answer is read by FHIR's definitions (fhir.resources, R4B, whose
resources of identity are those of R4), in JSON and in XML, and both must say the same."""

import json
import sys
import urllib.error
import urllib.request

from fhir.resources.R4B import get_fhir_model_class

base = sys.argv[1]


def ask(method, path, body, accept):
    path = path.replace("|", "%7C")
    request = urllib.request.Request(f"{base}/{path}", method=method, data=body or None)
    request.add_header("Accept", accept)
    request.add_header("Content-Type", "application/fhir+json")
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers, answer.read()


def summary(resource, kind):
    if kind == "Bundle":
        return [
            entry.resource.get_resource_type() + (f" {entry.search.score}" if entry.search.score else "")
            for entry in resource.entry or []
        ]
    if kind == "OperationOutcome":
        return [issue.code for issue in resource.issue]
    if kind == "Parameters":
        return [one.name for one in resource.parameter or []]
    return [kind]


for case in json.load(sys.stdin):
    method, path = case["method"], case["path"]
    body = case["body"].encode()
    status, headers, said = ask(method, path, body, "application/fhir+json")
    assert status == case["status"], (method, path, status, said)
    shown = path if len(path) < 80 else path[:80] + "…"
    if not said:
        print(status, method, shown, "location" if headers["Location"] else "-")
        continue
    assert headers["Content-Type"].startswith("application/fhir+json"), headers
    data = json.loads(said)
    model = get_fhir_model_class(data["resourceType"])
    read = model.model_validate(data)
    if method == "GET" or path.endswith("$match"):
        _, headers, xml = ask(method, path, body, "application/fhir+xml")
        assert headers["Content-Type"].startswith("application/fhir+xml"), headers
        again = model.model_validate_xml(xml)
        mine, other = read.model_dump(), again.model_dump()
        for one in (mine, other):
            one.pop("id", None)
            # Of two answers one may be of the next second.
            one.pop("timestamp", None)
            for entry in one.get("entry", []):
                entry.pop("fullUrl", None)
        assert mine == other, (path, mine, other)
    print(status, method, shown, data["resourceType"], *summary(read, data["resourceType"]))
