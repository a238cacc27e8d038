"""A client that is not ours: zeep with the description that the centre serves. Where HL7's schemas
are at hand, every question and answer is validated against them."""

import json
import pathlib
import sys

import zeep
from lxml import etree
from zeep.plugins import HistoryPlugin, Plugin

base, schemas_folder = sys.argv[1:3]
HL7 = "urn:hl7-org:v3"
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
HOSPITAL, DEVICE, SENDER = "1.2.392.9.101", "1.2.392.9.4", "1.2.392.77.1"
PREFECTURAL = "1.2.392.9.102"
schemas, validated, count = {}, 0, 0


class Payload(Plugin):
    """Puts a message of HL7 v3 into the body: the description gives elements no types."""

    message = None

    def egress(self, envelope, http_headers, operation, binding_options):
        body = envelope.find(f"{{{ENVELOPE}}}Body")
        body[:] = [self.message]
        return envelope, http_headers


def validate(element):
    global validated
    if schemas_folder == "-":
        return
    name = etree.QName(element).localname.replace("_Cancel", "")
    if name not in schemas:
        path = pathlib.Path(schemas_folder) / "multicacheschemas" / f"{name}.xsd"
        schemas[name] = etree.XMLSchema(etree.parse(str(path)))
    # Out of its envelope, as a message by itself.
    schemas[name].assertValid(etree.fromstring(etree.tostring(element)))
    validated += 1


class Service:
    def __init__(self, path):
        self.payload, self.history = Payload(), HistoryPlugin()
        settings = zeep.Settings(strict=False)
        plugins = [self.payload, self.history]
        self.client = zeep.Client(f"{base}{path}?wsdl", plugins=plugins, settings=settings)

    def ask(self, operation, message):
        self.payload.message = message
        if not etree.QName(message).localname.endswith("_Cancel"):
            validate(message)
        getattr(self.client.service, operation)()
        answer = self.history.last_received["envelope"].find(f"{{{ENVELOPE}}}Body")[0]
        validate(answer)
        return answer


def message(interaction, control_act, root=None):
    global count
    count += 1
    trigger = interaction.replace("_IN", "_TE")
    return etree.fromstring(
        f"""<{root or interaction} xmlns="{HL7}" ITSVersion="XML_1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="{SENDER}" extension="z{count}"/><creationTime value="20260101120000"/>
<interactionId root="2.16.840.1.113883.1.6" extension="{interaction}"/>
<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>
<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">
<id root="{DEVICE}"/></device></receiver>
<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">
<id root="{SENDER}"/></device></sender>
<controlActProcess classCode="CACT" moodCode="EVN">
<code code="{trigger}" codeSystem="2.16.840.1.113883.1.6"/>{control_act}</controlActProcess>
</{root or interaction}>"""
    )


def record(interaction, ids, person, after=""):
    ids = "".join(f'<id root="{root}" extension="{one}"/>' for root, one in ids)
    return message(
        interaction,
        f"""<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN">
<id nullFlavor="NA"/><statusCode code="active"/><subject1 typeCode="SBJ">
<patient classCode="PAT">{ids}<statusCode code="active"/>
<patientPerson classCode="PSN" determinerCode="INSTANCE">{person}</patientPerson>
<providerOrganization classCode="ORG" determinerCode="INSTANCE"><id root="{HOSPITAL}"/>
<contactParty classCode="CON"/></providerOrganization></patient></subject1>
<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="{SENDER}"/>
</assignedEntity></custodian>{after}</registrationEvent></subject>""",
    )


def query(interaction, name, parameters, initial=""):
    modality = '<responseModalityCode code="R"/>' if initial is not None else ""
    return message(
        interaction,
        f"""<queryByParameter><queryId root="{SENDER}" extension="{name}"/>
<statusCode code="new"/>{modality}<responsePriorityCode code="I"/>{initial or ""}
<parameterList>{parameters}</parameterList></queryByParameter>""",
    )


def value(answer, path, attribute="code"):
    found = answer.find("/".join(f"{{{HL7}}}{part}" for part in path.split("/")))
    return None if found is None else found.get(attribute)


def outcome(answer):
    ack = value(answer, "acknowledgement/typeCode")
    response = value(answer, "controlActProcess/queryAck/queryResponseCode")
    return ack if response is None else f"{ack} {response}"


def found(answer):
    ids = answer.iterfind(f".//{{{HL7}}}patient/{{{HL7}}}id")
    return [one.get("extension") for one in ids]


hanako = """<name use="L IDE"><family>山田</family><given>花子</given></name>
<name use="L SYL"><family>ヤマダ</family><given>ハナコ</given></name>
<telecom use="HP" value="tel:03-1234-5678"/>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19570612"/>
<addr use="H"><postalCode>1000001</postalCode><state>東京都</state><city>千代田区</city></addr>"""
manager, supplier = Service("/pix/manager"), Service("/pdq/supplier")
seen = []

for one in ["1", "2", "3"]:
    ids = [(HOSPITAL, one)] + ([(PREFECTURAL, "9")] if one == "1" else [])
    answer = manager.ask(
        "PIXManager_PRPA_IN201301UV02", record("PRPA_IN201301UV02", ids, hanako)
    )
    seen.append(outcome(answer))
revised = record("PRPA_IN201302UV02", [(HOSPITAL, "2")], hanako.replace("花子", "華子"))
seen.append(outcome(manager.ask("PIXManager_PRPA_IN201302UV02", revised)))
unknown = record("PRPA_IN201301UV02", [("1.9.9", "1")], hanako)
seen.append(outcome(manager.ask("PIXManager_PRPA_IN201301UV02", unknown)))


def identifiers(one, sources=""):
    parameters = f"""{sources}<patientIdentifier><value root="{HOSPITAL}" extension="{one}"/>
<semanticsText>Patient.id</semanticsText></patientIdentifier>"""
    asked = query("PRPA_IN201309UV02", f"p{one}", parameters, None)
    return manager.ask("PIXManager_PRPA_IN201309UV02", asked)


def source(oid):
    value = f'<value root="{oid}"/><semanticsText>DataSource.id</semanticsText>'
    return f"<dataSource>{value}</dataSource>"


partners = identifiers("1", source(PREFECTURAL))
seen.append(outcome(partners))
assert found(partners) == ["9"], found(partners)
seen.append(outcome(identifiers("3", source(PREFECTURAL))))
seen.append(outcome(identifiers("404")))
seen.append(outcome(identifiers("1", source("1.9.9") + source(PREFECTURAL))))

prior = f"""<replacementOf typeCode="RPLC"><priorRegistration classCode="REG" moodCode="EVN">
<statusCode code="obsolete"/><subject1 typeCode="SBJ"><priorRegisteredRole classCode="PAT">
<id root="{HOSPITAL}" extension="3"/></priorRegisteredRole></subject1></priorRegistration>
</replacementOf>"""
merged = record("PRPA_IN201304UV02", [(HOSPITAL, "2")], '<name nullFlavor="NA"/>', prior)
seen.append(outcome(manager.ask("PIXManager_PRPA_IN201304UV02", merged)))
seen.append(outcome(identifiers("3")))

born = """<livingSubjectBirthTime><value><low value="19570101"/><high value="19571231"/></value>
<semanticsText>LivingSubject.birthTime</semanticsText></livingSubjectBirthTime>
<livingSubjectName><value use="SRCH"><family>ヤマ</family></value>
<semanticsText>LivingSubject.name</semanticsText></livingSubjectName>"""
scope = f"""<otherIDsScopingOrganization><value root="{HOSPITAL}"/>
<semanticsText>OtherIDs.scopingOrganization.id</semanticsText></otherIDsScopingOrganization>"""
first = supplier.ask(
    "PDSupplier_PRPA_IN201305UV02",
    query("PRPA_IN201305UV02", "d1", born + scope, '<initialQuantity value="1"/>'),
)
seen.append(outcome(first))
assert found(first) == ["1"], found(first)
remaining = "controlActProcess/queryAck/resultRemainingQuantity"
assert value(first, remaining, "value") == "1", etree.tostring(first)
assert "花子" in etree.tostring(first, encoding="unicode")


def more(inside, root=None):
    last = value(first, "id", "extension")
    asked = message("QUQI_IN000003UV01", "", root)
    act = asked.find(f"{{{HL7}}}controlActProcess")
    act.find(f"{{{HL7}}}code").set("code", "PRPA_TE000003UV01")
    ack = etree.fromstring(
        f"""<acknowledgement xmlns="{HL7}"><typeCode code="AA"/><targetMessage>
<id root="{DEVICE}" extension="{last}"/></targetMessage></acknowledgement>"""
    )
    asked.insert(asked.index(act), ack)
    act.append(
        etree.fromstring(
            f"""<queryContinuation xmlns="{HL7}"><queryId root="{SENDER}" extension="d1"/>
{inside}</queryContinuation>"""
        )
    )
    return asked


going_on = '<continuationQuantity value="5"/><statusCode code="waitContinuedQueryResponse"/>'
rest = supplier.ask("PDSupplier_QUQI_IN000003UV01_Continue", more(going_on))
seen.append(outcome(rest))
assert found(rest) == ["2"], found(rest)
assert "華子" in etree.tostring(rest, encoding="unicode")
ending = '<continuationQuantity value="0"/><statusCode code="aborted"/>'
cancelled = more(ending, "QUQI_IN000003UV01_Cancel")
seen.append(outcome(supplier.ask("PDSupplier_QUQI_IN000003UV01_Cancel", cancelled)))
seen.append(outcome(supplier.ask("PDSupplier_QUQI_IN000003UV01_Continue", more(going_on))))
print(json.dumps({"seen": seen, "validated": validated}))
