"""Clients that are not ours: the hl7 package's MLLP clients, plain and over TLS, and hl7apy, which
validates every answer against the standard's message structures."""

import asyncio
import json
import ssl
import sys

import hl7
from hl7.client import MLLPClient
from hl7.mllp import open_hl7_connection
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

asked = json.load(sys.stdin)
host, port = asked["host"], asked["port"]


def plain(messages):
    with MLLPClient(host, port, encoding="utf-8") as client:
        return [client.send_message(one).decode("utf-8").strip("\x0b\x1c\r") for one in messages]


async def secured(messages):
    context = ssl.create_default_context(cafile=asked["roots"])
    context.load_cert_chain(asked["certificate"], asked["key"])
    reader, writer = await open_hl7_connection(
        host, port, encoding="utf-8", ssl=context, server_hostname="localhost"
    )
    answers = []
    for one in messages:
        writer.writemessage(hl7.parse(one))
        await writer.drain()
        answers.append(str(await reader.readmessage()).strip("\r\n"))
    writer.close()
    return answers


messages = asked["messages"]
answers = asyncio.run(secured(messages)) if asked.get("roots") else plain(messages)


def variants(answer):
    """What hl7apy validates. Its QPD has one field for all parameters, so those after QPD-3 are
    left out; its RSP_K23 of version 2.5 has one ERR where IHE asks for one for each domain that
    is not known, so each is validated beside the rest."""
    segments = [one for one in answer.split("\r") if one]
    segments = ["|".join(one.split("|")[:4]) if one.startswith("QPD|") else one for one in segments]
    errors = [one for one in segments if one.startswith("ERR|")]
    for kept in errors or [None]:
        left = [one for one in segments if one is kept or not one.startswith("ERR|")]
        yield "\r".join(left) + "\r"


told = []
for answer in answers:
    for variant in variants(answer):
        message = parse_message(variant, validation_level=VALIDATION_LEVEL.TOLERANT)
        message.validate()
    told.append([message.msh.msh_9.to_er7(), message.msa.msa_1.to_er7()])
print(json.dumps(told))
