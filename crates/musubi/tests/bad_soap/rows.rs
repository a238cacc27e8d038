//! The rows of the attack surface: XML, media types, MTOM, SOAP, ebRIM.

use super::message::*;
use ebrim::PartContent;
use model::hl7::PatientId;
use model::limits::{MTOM_PART_HEADER_BYTES, SOAP_ROOT_BYTES};
use std::net::SocketAddr;

/// What a message is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A fault whose reason, subcode or header holds these words, under this HTTP status.
    Fault(u16, &'static str),
    /// A RegistryResponse or AdhocQueryResponse of Failure with this code.
    Error(&'static str),
    /// It is a good one.
    Success,
}

/// A message.
pub struct Row {
    pub name: String,
    pub path: &'static str,
    pub content_type: String,
    pub body: Vec<u8>,
    pub expected: Expected,
}

const REGISTRY: &str = "/xds/registry";
const REPOSITORY: &str = "/xds/repository";
const UNREAD: &str = "the envelope cannot be read";

fn row(
    name: impl Into<String>,
    path: &'static str,
    content_type: &str,
    body: impl Into<Vec<u8>>,
    expected: Expected,
) -> Row {
    let (name, content_type, body) = (name.into(), content_type.to_owned(), body.into());
    Row { name, path, content_type, body, expected }
}

/// Entities, inclusions and schemas. `trap` is an address that nobody must connect to.
pub fn entities(patient: &PatientId, trap: SocketAddr) -> Vec<Row> {
    let good = query(patient);
    let laughs: String = (1..10)
        .map(|level| format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10)))
        .collect();
    let with = |doctype: String, text: &str| {
        format!("{doctype}{}", good.replace("<e:Body>", &format!("<e:Body>{text}")))
    };
    let doctype = "document type";
    let internal = |text: &str| format!("<!DOCTYPE x [{text}]>");
    let mut bodies = vec![
        ("doctype", with("<!DOCTYPE x>".into(), ""), doctype),
        ("external dtd", with(format!("<!DOCTYPE x SYSTEM 'http://{trap}/x.dtd'>"), ""), doctype),
        ("public dtd", with(format!("<!DOCTYPE x PUBLIC 'x' 'http://{trap}/'>"), ""), doctype),
        ("file", with(internal("<!ENTITY e SYSTEM 'file:///etc/hostname'>"), "&e;"), doctype),
        ("http", with(internal(&format!("<!ENTITY e SYSTEM 'http://{trap}/'>")), "&e;"), doctype),
        (
            "parameter entity",
            with(internal(&format!("<!ENTITY % p SYSTEM 'http://{trap}/'>%p;")), ""),
            doctype,
        ),
        ("laughs", with(internal(&format!("<!ENTITY l0 'ha'>{laughs}")), "&l9;"), doctype),
        ("cyclic", with(internal("<!ENTITY a '&b;'><!ENTITY b '&a;'>"), "&a;"), doctype),
        (
            "quadratic",
            with(internal(&format!("<!ENTITY a '{}'>", "a".repeat(60_000))), &"&a;".repeat(2_000)),
            doctype,
        ),
        ("undeclared entity", with(String::new(), "&e;"), "not well-formed"),
        ("cut", good[..good.len() / 2].to_owned(), UNREAD),
        ("two roots", good.clone() + &good, UNREAD),
        ("text after", good.clone() + "x", UNREAD),
        ("undeclared prefix", good.replace("<e:Body>", "<e:Body><q:x/>"), UNREAD),
        ("nothing", String::new(), UNREAD),
    ];
    let twice = good.replace("<e:Header>", "<e:Header b='' b=''>");
    bodies.push(("attribute twice", twice, UNREAD));
    let mut rows: Vec<Row> = bodies
        .into_iter()
        .flat_map(|(name, body, words)| {
            [REGISTRY, REPOSITORY]
                .map(|path| row(name, path, PLAIN, body.clone(), Expected::Fault(400, words)))
        })
        .collect();
    // Not ours to follow: read over, and the query is answered.
    let follows = format!(
        "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='http://{trap}/' \
         parse='text'/>"
    );
    let included = good.replace("</e:Header>", &format!("{follows}</e:Header>"));
    rows.push(row("xinclude", REGISTRY, PLAIN, included, Expected::Success));
    let located = good.replacen(
        " xmlns:a",
        &format!(
            " xmlns:i='http://www.w3.org/2001/XMLSchema-instance' \
             i:schemaLocation='urn:x http://{trap}/x.xsd' xmlns:a"
        ),
        1,
    );
    rows.push(row("schema location", REGISTRY, PLAIN, located, Expected::Success));
    let styled = format!("<?xml-stylesheet href='http://{trap}/x.xsl'?>{good}");
    rows.push(row("stylesheet", REGISTRY, PLAIN, styled, Expected::Success));
    rows
}

/// Depth, attributes, namespaces, nodes, texts.
pub fn bombs() -> Vec<Row> {
    let around = |content: &str| envelope(&action(QUERY), content);
    let mut rows = Vec::new();
    for times in [1_000_usize, 10_000, 100_000] {
        let many = |what: &str| (0..times).map(|n| format!(" {what}{n}='x'")).collect::<String>();
        let deep = format!("{}{}", "<a>".repeat(times), "</a>".repeat(times));
        let scopes: String = (0..times).map(|n| format!("<a xmlns:n{n}='u{n}'>")).collect();
        for (name, body, words) in [
            ("deep", around(&deep), "deeper than the limit"),
            ("deep and open", "<a>".repeat(times), "deeper than the limit"),
            ("attributes", around(&format!("<b{}/>", many("a"))), "more attributes"),
            ("namespaces", around(&format!("<b{}/>", many("xmlns:n"))), "more namespaces"),
            ("nested namespaces", around(&scopes), "the envelope cannot be read"),
        ] {
            let expected = Expected::Fault(400, words);
            rows.push(row(format!("{times} {name}"), REGISTRY, PLAIN, body, expected));
        }
    }
    let whole = usize::try_from(SOAP_ROOT_BYTES).unwrap();
    for (name, body, status, words) in [
        ("nodes", around(&format!("<b>{}</b>", "<c/>".repeat(500_001))), 400, "more nodes"),
        ("comments", around(&"<!---->".repeat(500_001)), 400, "more nodes"),
        ("text", around(&format!("<b>{}</b>", "x".repeat(5 << 20))), 400, "text longer"),
        ("attribute", around(&format!("<b a='{}'/>", "x".repeat(5 << 20))), 400, "text longer"),
        ("blanks", around(&" ".repeat(whole)), 413, "envelope longer"),
        ("much more", " ".repeat(64 << 20), 413, "envelope longer"),
    ] {
        for path in [REGISTRY, REPOSITORY] {
            rows.push(row(name, path, PLAIN, body.clone(), Expected::Fault(status, words)));
        }
    }
    rows
}

/// Media types and character sets.
pub fn media_types(patient: &PatientId) -> Vec<Row> {
    let good = query(patient);
    let mut rows = Vec::new();
    for (content_type, status) in [
        ("text/plain", 415),
        ("application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/mixed; boundary=x", 415),
        ("multipart/form-data; boundary=x", 415),
        (";;;=;", 415),
        ("multipart/related", 400),
        ("multipart/related; boundary=\"\"", 400),
        ("multipart/related; boundary=a; boundary=b", 400),
        ("application/soap+xml; charset=Shift_JIS", 400),
        ("application/soap+xml; charset=ISO-2022-JP", 400),
        ("application/soap+xml; charset=UTF-16", 400),
        ("application/soap+xml; charset=UTF-7", 400),
        ("application/soap+xml; charset=nonsense", 400),
    ] {
        let expected = Expected::Fault(status, "");
        rows.push(row(content_type, REGISTRY, content_type, good.clone(), expected));
    }
    let long = format!("multipart/related; boundary={}", "x".repeat(5_000));
    rows.push(row("long boundary", REGISTRY, &long, good.clone(), Expected::Fault(400, "")));
    for content_type in [
        "application/soap+xml",
        "APPLICATION/SOAP+XML;CHARSET=\"utf-8\";action",
        "application/soap+xml; charset=utf-8; action=\"\"",
        "application/soap+xml; charset=utf-8; action=\"urn:something:else\"",
    ] {
        rows.push(row(content_type, REGISTRY, content_type, good.clone(), Expected::Success));
    }
    let declared =
        |name: &str| format!("<?xml version='1.0' encoding='{name}'?>{good}").into_bytes();
    let raw = |bytes: &[u8]| {
        let (before, after) = good.split_once("<e:Body>").unwrap();
        [before.as_bytes(), b"<!--", bytes, b"--><e:Body>", after.as_bytes()].concat()
    };
    let utf16 = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(good.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (name, body, words) in [
        ("declared Shift_JIS", declared("Shift_JIS"), "Shift_JIS is not accepted"),
        ("declared ISO-2022-JP", declared("ISO-2022-JP"), "ISO-2022-JP is not accepted"),
        ("declared EUC-JP", declared("EUC-JP"), "EUC-JP is not accepted"),
        ("declared UTF-16", declared("UTF-16"), "UTF-16 is not accepted"),
        ("declared UTF-7", declared("UTF-7"), "UTF-7 is not accepted"),
        ("UTF-16BE", utf16(true), "UTF-16BE is not accepted"),
        ("UTF-16LE", utf16(false), "UTF-16LE is not accepted"),
        ("Shift_JIS", raw(b"\x93\x9C"), "not UTF-8"),
        ("overlong", raw(b"\xC0\xBC"), "not UTF-8"),
        ("five bytes", raw(b"\xF8\x88\x80\x80\x80"), "not UTF-8"),
        ("surrogate", raw(b"\xED\xA0\x80"), "not UTF-8"),
        ("ISO-2022-JP", raw(b"\x1B$B!!\x1B(B"), UNREAD),
    ] {
        rows.push(row(name, REGISTRY, PLAIN, body, Expected::Fault(400, words)));
    }
    let marked = format!("\u{FEFF}{good}");
    rows.push(row("mark", REGISTRY, PLAIN, marked, Expected::Success));
    rows
}

/// Parts, references and boundaries. None of them is registered.
pub fn mtom(patient: &PatientId, trap: SocketAddr) -> Vec<Row> {
    let part = ("Content-ID: <a>", "bytes");
    let send = |href: &str, parts: &[(&str, &str)]| provide(patient, 900, href, parts);
    let mut bodies: Vec<(String, String, u16, &str)> = Vec::new();
    for href in [
        format!("http://{trap}/x"),
        format!("https://{trap}/x"),
        format!("//{trap}/x"),
        format!("jar:http://{trap}/x!/y"),
        "file:///etc/hostname".into(),
        "/etc/hostname".into(),
        "a".into(),
        "cid:".into(),
        "cid:%zz".into(),
        "#root".into(),
    ] {
        bodies.push((href.clone(), send(&href, &[part]), 400, "only cid: of a part"));
    }
    let many: Vec<_> = (0..50_000).map(|_| ("X: y", "")).collect();
    let header = format!("X: {}", "x".repeat(usize::try_from(MTOM_PART_HEADER_BYTES).unwrap()));
    let good = send("cid:a", &[part]);
    let cut = good.split("\r\n--B--").next().unwrap().to_owned();
    let coded = |encoding: &str, bytes: &str| {
        let head = format!("Content-ID: <a>\r\nContent-Transfer-Encoding: {encoding}");
        send("cid:a", &[(&head, bytes)])
    };
    let mixed = good.replacen("href=\"cid:a\"/>", "href=\"cid:a\"/>YQ==", 1);
    assert_ne!(mixed, good);
    let plain = envelope(
        &action(PROVIDE),
        &provide_body(patient, 900, PartContent::Include("cid:a".into())),
    );
    for (name, body, status, words) in [
        ("absent", send("cid:b", &[part]), 400, "no part has the content id"),
        ("itself", send("cid:root", &[part]), 400, "no part has the content id"),
        ("id twice", send("cid:a", &[part, part]), 400, "the content id"),
        ("id of the root", send("cid:a", &[("Content-ID: <root>", "x")]), 400, "the content id"),
        ("mixed", mixed, 400, "only content"),
        ("cut", cut.clone(), 400, "no closing boundary"),
        ("half a boundary", cut + "\r\n--B-", 400, "no closing boundary"),
        ("nothing", String::new(), 400, "no closing boundary"),
        ("no boundary", "x".repeat(1 << 20), 400, "before the first part"),
        ("no part", "--B--".into(), 400, "no part holds the envelope"),
        ("other start", good.replace("<root>", "<other>"), 400, "no part holds the envelope"),
        ("header bomb", send("cid:a", &[(&header, "x")]), 400, "headers of a part"),
        ("no colon", send("cid:a", &[("nothing", "x")]), 400, "without a colon"),
        ("50,000 parts", send("cid:a", &many), 400, "more parts"),
        ("bad base64", coded("base64", "a*b="), 400, "not well-formed base64"),
        ("bad quoted-printable", coded("quoted-printable", "=XY"), 400, "not well-formed"),
        ("unknown encoding", coded("x-uuencode", "x"), 400, "is not known"),
        ("epilogue", good.clone() + &"x".repeat(1 << 20), 400, "after the last part"),
        ("root type", good.replacen("application/xop+xml", "image/png", 1), 400, "root part"),
        ("root charset", good.replacen("charset=UTF-8", "charset=EUC-JP", 1), 400, "charset"),
        ("long root", with_root(&" ".repeat(9 << 20), &[]), 413, "envelope longer"),
    ] {
        bodies.push((name.to_owned(), body, status, words));
    }
    let mut rows: Vec<Row> = bodies
        .into_iter()
        .map(|(name, body, status, words)| {
            row(name, REPOSITORY, MTOM, body, Expected::Fault(status, words))
        })
        .collect();
    let absent = Expected::Fault(400, "no part has the content id");
    rows.push(row("include without mtom", REPOSITORY, PLAIN, plain, absent));
    rows
}

/// Headers and bodies.
pub fn soap(patient: &PatientId, trap: SocketAddr) -> Vec<Row> {
    let good = query(patient);
    let body = query_body(patient);
    let headers = action(QUERY);
    let with = |more: &str| envelope(&format!("{headers}{more}"), &body);
    let reply = |name: &str, address: &str| {
        with(&format!("<a:{name}><a:Address>{address}</a:Address></a:{name}>"))
    };
    let away = format!("http://{trap}/");
    let huge = "x".repeat(5_000);
    let old = good.replace(ENVELOPE, "http://schemas.xmlsoap.org/soap/envelope/");
    let only = "wsa:OnlyAnonymousAddressSupported";
    let security =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let mandatory = |namespace: &str, name: &str| {
        with(&format!("<x:{name} xmlns:x='{namespace}' e:mustUnderstand='1'/>"))
    };
    let no_header = good.replace(&format!("<e:Header>{headers}</e:Header>"), "");
    let mut rows: Vec<Row> = [
        ("reply to elsewhere", reply("ReplyTo", &away), 400, only),
        ("faults to elsewhere", reply("FaultTo", &away), 400, only),
        ("reply to a file", reply("ReplyTo", "file:///tmp/x"), 400, only),
        ("reply to nothing", reply("ReplyTo", ""), 400, only),
        ("two actions", with(&headers), 400, "wsa:InvalidCardinality"),
        ("unknown mandatory", mandatory("urn:x", "y"), 500, "MustUnderstand"),
        ("mandatory security", mandatory(security, "Security"), 500, "MustUnderstand"),
        (
            "10,000 headers",
            with(&"<x:y xmlns:x='u' e:mustUnderstand='1'/>".repeat(10_000)),
            500,
            "MustUnderstand",
        ),
        ("huge action", envelope(&action(&huge), &body), 400, "longer than"),
        ("huge id", with("").replace("urn:uuid:1<", &format!("{huge}<")), 400, "longer than"),
        ("huge to", with(&format!("<a:To>{huge}</a:To>")), 400, "longer than"),
        ("no action", no_header, 400, "wsa:MessageAddressingHeaderRequired"),
        ("unknown action", envelope(&action("urn:x"), &body), 400, "wsa:ActionNotSupported"),
        ("action of the other", envelope(&action(PROVIDE), &body), 400, "wsa:ActionNotSupported"),
        ("soap 1.1", old, 500, "VersionMismatch"),
        ("no envelope", body.clone(), 400, "no soap envelope"),
        ("empty body", envelope(&headers, ""), 400, "body is empty"),
        ("two bodies", good.replace("</e:Body>", "</e:Body><e:Body/>"), 400, "goes on"),
        ("two contents", envelope(&headers, &format!("{body}{body}")), 400, "more than one"),
    ]
    .into_iter()
    .map(|(name, body, status, words)| {
        row(name, REGISTRY, PLAIN, body, Expected::Fault(status, words))
    })
    .collect();
    // What the header of HTTP says does not change what the envelope asks for.
    let spoofed = "application/soap+xml; action=\"urn:ihe:iti:2010:DeleteDocumentSet\"";
    rows.push(row("spoofed action", REGISTRY, spoofed, good, Expected::Success));
    let anonymous = reply("ReplyTo", &format!("{ADDRESSING}/anonymous"));
    rows.push(row("anonymous", REGISTRY, PLAIN, anonymous, Expected::Success));
    let odd = with("").replace("urn:uuid:1<", "not a uri &lt;&amp;><");
    rows.push(row("odd id", REGISTRY, PLAIN, odd, Expected::Success));
    let passing = with(&format!("<x:Security xmlns:x='{security}'><x:y/></x:Security>"));
    rows.push(row("optional security", REGISTRY, PLAIN, passing, Expected::Success));
    rows
}

/// Good envelopes around what is no good request.
pub fn requests(patient: &PatientId) -> Vec<Row> {
    let body = query_body(patient);
    let send = |body: &str| envelope(&action(QUERY), body);
    let inline = |text: &str| {
        let content = PartContent::Inline(text.to_owned());
        envelope(&action(PROVIDE), &provide_body(patient, 901, content))
    };
    let other = patient.authority.oid.clone() + ".77";
    let registry = [
        ("no request", send("<x/>"), "XDSRegistryError"),
        ("unknown query", send(&body.replace("14d4debf", "00000000")), "XDSUnknownStoredQuery"),
        ("open quote", send(&body.replace("'</", "</")), "XDSRegistryError"),
        ("return type", send(&body.replace("LeafClass", "Everything")), "XDSRegistryError"),
        (
            "no patient",
            send(&body.replace("$XDSDocumentEntryPatientId", "$Other")),
            "XDSStoredQueryMissingParam",
        ),
    ];
    let repository = [
        ("no submission", envelope(&action(PROVIDE), "<x/>"), "XDSRegistryMetadataError"),
        ("no document", without_document(&inline("YQ==")), "XDSMissingDocument"),
        (
            "foreign patient",
            inline("YQ==").replace(&patient.authority.oid, &other),
            "XDSUnknownPatientId",
        ),
        ("no title set", inline("YQ==").replace("1.2.5.901", "x y"), "XDSRegistryMetadataError"),
    ];
    let injected = body.replace(&patient.id, "x''; DROP TABLE document; --");
    let mut rows: Vec<Row> = registry
        .into_iter()
        .map(|(name, body, code)| row(name, REGISTRY, PLAIN, body, Expected::Error(code)))
        .collect();
    rows.extend(
        repository
            .into_iter()
            .map(|(name, body, code)| row(name, REPOSITORY, PLAIN, body, Expected::Error(code))),
    );
    rows.push(row("injection", REGISTRY, PLAIN, send(&injected), Expected::Success));
    let damaged = Expected::Fault(400, "not well-formed base64");
    rows.push(row("inline base64", REPOSITORY, PLAIN, inline("*"), damaged));
    rows
}

/// A submission whose document was taken out.
fn without_document(message: &str) -> String {
    let (before, rest) = message.split_once("<xds:Document ").unwrap();
    let (_, after) = rest.split_once("</xds:Document>").unwrap();
    before.to_owned() + after
}
