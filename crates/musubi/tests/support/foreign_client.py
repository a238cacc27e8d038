"""A client that is not ours: zeep with IHE's WSDLs, each answer validated against the schemas."""

import json
import sys

import zeep
from lxml import etree
from zeep.plugins import HistoryPlugin

wsdl, base, patient = sys.argv[1:4]
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
XDSB = "urn:ihe:iti:xds-b:2007"
# libxml2 takes one schema of a namespace only; here it has two files.
BOTH = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{XDSB}">
<xs:include schemaLocation="{wsdl}/schema/IHE/xcf.xsd"/>
<xs:include schemaLocation="{wsdl}/schema/IHE/IHEXDSB.xsd"/></xs:schema>"""
schemas = {
    "query": etree.XMLSchema(etree.parse(f"{wsdl}/schema/ebRS30/query.xsd")),
    "xdsb": etree.XMLSchema(etree.fromstring(BOTH)),
}
validated = 0


def client(name, path):
    history = HistoryPlugin()
    made = zeep.Client(
        f"{wsdl}/{name}.wsdl",
        plugins=[history],
        settings=zeep.Settings(strict=False, xml_huge_tree=True),
    )
    binding = next(iter(made.wsdl.bindings))
    return history, made, made.create_service(binding, base + path)


def validate(history, schema):
    global validated
    envelope = history.last_received["envelope"]
    body = envelope.find("{http://www.w3.org/2003/05/soap-envelope}Body")[0]
    schemas[schema].assertValid(etree.fromstring(etree.tostring(body)))
    validated += 1
    return body


def operation(made, service, contains):
    binding = service._binding
    name = next(name for name in binding._operations if contains.lower() in name.lower())
    return getattr(service, name)


def ask(query, slots, returns):
    history, made, service = client("iti18", "/xds/registry")
    slot_type = made.get_type(f"{{{RIM}}}SlotType1")
    values_type = made.get_type(f"{{{RIM}}}ValueListType")
    made_slots = [
        slot_type(name=name, ValueList=values_type(_value_1=[{"Value": value}]))
        for name, value in slots
    ]
    operation(made, service, "query")(
        ResponseOption={"returnComposedObjects": True, "returnType": returns},
        AdhocQuery={"id": query, "Slot": made_slots},
    )
    return validate(history, "query")


find = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
slots = [("$XDSDocumentEntryPatientId", f"'{patient}'"), ("$XDSDocumentEntryStatus", approved)]
leaves = ask(find, slots, "LeafClass").findall(f".//{{{RIM}}}ExtrinsicObject")
refs = ask(find, slots, "ObjectRef").findall(f".//{{{RIM}}}ObjectRef")
assert len(leaves) == len(refs), (len(leaves), len(refs))
everything = ask(
    "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3",
    [("$patientId", f"'{patient}'")]
    + [(f"$XDS{kind}Status", approved) for kind in ("DocumentEntry", "SubmissionSet", "Folder")],
    "LeafClass",
)
assert len(everything.findall(f".//{{{RIM}}}Association")) >= len(leaves)
# A required parameter is missing: an error list, still valid.
refused = ask(find, slots[:1], "LeafClass")
assert "Failure" in refused.get("status"), refused.get("status")


def value(entry, slot):
    return entry.find(f"{{{RIM}}}Slot[@name='{slot}']/{{{RIM}}}ValueList/{{{RIM}}}Value").text


def unique_id(entry):
    scheme = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
    return entry.find(f"{{{RIM}}}ExternalIdentifier[@identificationScheme='{scheme}']").get("value")


history, made, service = client("iti43", "/xds/repository")
wanted = [
    {"RepositoryUniqueId": value(entry, "repositoryUniqueId"), "DocumentUniqueId": unique_id(entry)}
    for entry in leaves[:5]
]
operation(made, service, "retrieve")(DocumentRequest=wanted)
given = validate(history, "xdsb").findall(f".//{{{XDSB}}}DocumentResponse")
assert len(given) == len(wanted)
print(json.dumps({"found": len(leaves), "retrieved": len(given), "validated": validated}))
