//! Every row of the attack surface for XML, media types, MTOM and SOAP: the right fault, and the
//! next good request is served.

use crate::support;

use model::limits::{
    MTOM_PART_HEADER_BYTES, MTOM_PARTS, SOAP_HEADER_CHARACTERS, SOAP_ROOT_BYTES,
    SOAP_STRANGER_BYTES, XML_DEPTH,
};
use soap::{Endpoint, Fault, Peer, Policy, Request, Response, Service};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use support::*;

/// Each body is answered with a fault of the sender that speaks of `words`.
async fn refused(
    endpoint: &Endpoint<Shelf>,
    kept: &Kept,
    content_type: &str,
    bodies: impl IntoIterator<Item = (impl AsRef<[u8]>, &str)>,
) {
    for (body, words) in bodies {
        let body = body.as_ref();
        let start = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let reply = post(endpoint, content_type, body).await;
        assert!((400..500).contains(&reply.status), "{} for {start}", reply.status);
        let (code, reason) = reply.fault();
        assert!(code.starts_with("Sender"), "{code} {start}");
        assert!(reason.contains(words), "{reason:?} lacks {words:?} for {start}");
        assert!(reply.body.len() < 4_096, "a fault stays small");
        assert!(kept.lock().unwrap().is_empty(), "{start}");
    }
    still_serves(endpoint, kept).await;
}

/// Knows nobody.
struct Closed;

impl Service for Closed {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &["urn:test:Store"]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Err(Fault::sender("nobody is known here").with_status(http::StatusCode::FORBIDDEN))
    }

    async fn call(&self, (): (), _: Request<'_>) -> Result<Response, Fault> {
        panic!("a stranger's message was read")
    }
}

#[tokio::test]
async fn a_strangers_message_is_not_read() {
    let endpoint = Endpoint::new(Closed, Arc::new(CountingIds::default()));
    for content_type in [PLAIN, "multipart/related; boundary=b", "text/nonsense"] {
        let taken = Arc::new(AtomicU64::new(0));
        let count = taken.clone();
        let endless = futures::stream::repeat_with(move || {
            count.fetch_add(1_024, Ordering::Relaxed);
            Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b'<'; 1_024]))
        });
        let request = http::Request::post("/shelf")
            .header("content-type", content_type)
            .body(axum::body::Body::from_stream(endless))
            .unwrap();
        let answer = endpoint.handle(request).await;
        assert_eq!(answer.status(), 403, "{content_type}");
        assert!(taken.load(Ordering::Relaxed) <= SOAP_STRANGER_BYTES + 1_024);
    }
}

#[tokio::test]
async fn envelopes_in_flight_have_a_room_of_their_own() {
    let (endpoint, kept) = endpoint(Policy::default());
    let endpoint = endpoint.with_envelopes_bytes(64 * 1_024);
    let large = envelope("<a:Action>urn:test:Store</a:Action>", &" ".repeat(70_000));
    for content_type in [PLAIN, MTOM] {
        let body = match content_type {
            PLAIN => large.clone(),
            _ => format!(
                "--B\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n\
                 {large}\r\n--B--\r\n"
            ),
        };
        let reply = post(&endpoint, content_type, body).await;
        assert_eq!(reply.status, 503, "{}", reply.text());
        assert!(reply.fault().0.starts_with("Receiver"));
        still_serves(&endpoint, &kept).await;
    }
}

#[tokio::test]
async fn document_types_and_entities() {
    let (endpoint, kept) = endpoint(Policy::default());
    let with = |doctype: &str, text: &str| {
        let body = format!("<t:Store><t:Document id='x'>{text}</t:Document></t:Store>");
        format!("{doctype}{}", envelope("<a:Action>urn:test:Store</a:Action>", &body))
    };
    let laughs: String = (1..10)
        .map(|level| format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10)))
        .collect();
    let bodies = [
        (with("<!DOCTYPE x>", ""), "document type"),
        (with("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>", "&e;"), "document type"),
        (with("<!DOCTYPE x [<!ENTITY e SYSTEM 'http://127.0.0.1:1/'>]>", "&e;"), "document type"),
        (with("<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>", ""), "document type"),
        (with("<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>%p;]>", ""), "document type"),
        (with(&format!("<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]>"), "&l9;"), "document type"),
        (
            with(&format!("<!DOCTYPE x [<!ENTITY a '{}'>]>", "a".repeat(50_000)), &"&a;".repeat(9)),
            "document type",
        ),
        (with("<!DOCTYPE x [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>", "&a;"), "document type"),
        (with("", "&undeclared;"), "not well-formed"),
    ];
    refused(&endpoint, &kept, PLAIN, bodies).await;

    // XInclude and schema locations are nobody's orders.
    let odd = "<t:Store xmlns:xi='http://www.w3.org/2001/XInclude' \
               xmlns:s='http://www.w3.org/2001/XMLSchema-instance' \
               s:schemaLocation='urn:test http://127.0.0.1:1/x.xsd'>\
               <xi:include href='file:///etc/hostname' parse='text'/></t:Store>";
    let reply = post(&endpoint, PLAIN, envelope("<a:Action>urn:test:Store</a:Action>", odd)).await;
    assert_eq!(reply.status, 200);
    assert!(kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn bombs_of_depth_attributes_namespaces_and_nodes() {
    let (endpoint, kept) = endpoint(Policy::default());
    let around = |content: String| envelope("<a:Action>urn:test:Store</a:Action>", &content);
    for size in [1_000_u64, 10_000, 200_000] {
        let times = size as usize;
        let many = |what: &str| -> String {
            (0..size).map(|number| format!(" {what}{number}='x'")).collect()
        };
        let deep = format!("{}{}", "<a>".repeat(times), "</a>".repeat(times));
        assert!(size > XML_DEPTH);
        let bodies = [
            (around(deep), "deeper than the limit"),
            ("<a>".repeat(times), "deeper than the limit"),
            (around(format!("<t:Store{}/>", many("a"))), "more attributes"),
            (around(format!("<t:Store{}/>", many("xmlns:n"))), "more namespaces"),
        ];
        refused(&endpoint, &kept, PLAIN, bodies).await;
    }
    let bodies = [
        (around(format!("<t:Store>{}</t:Store>", "<b/>".repeat(500_001))), "more nodes"),
        (around(format!("<t:Store>{}</t:Store>", "x".repeat(5 * 1024 * 1024))), "text longer"),
        (around(" ".repeat(SOAP_ROOT_BYTES as usize)), "envelope longer"),
    ];
    refused(&endpoint, &kept, PLAIN, bodies).await;
}

#[tokio::test]
async fn media_types_and_character_sets() {
    let (endpoint, kept) = endpoint(Policy::default());
    for (content_type, status) in [
        ("text/plain", 415),
        ("application/json", 415),
        ("", 415),
        (";;;=;", 415),
        ("multipart/mixed; boundary=x", 415),
        ("multipart/related", 400),
        ("multipart/related; boundary=\"\"", 400),
        ("multipart/related; boundary=a; boundary=b", 400),
        ("application/soap+xml; charset=Shift_JIS", 400),
        ("application/soap+xml; charset=UTF-16", 400),
        ("application/soap+xml; charset=UTF-7", 400),
        ("APPLICATION/SOAP+XML;CHARSET=\"utf-8\";action", 200),
        ("application/soap+xml", 200),
    ] {
        let reply = post(&endpoint, content_type, good()).await;
        assert_eq!(reply.status, status, "{content_type}: {}", reply.text());
        kept.lock().unwrap().clear();
    }
    let long = format!("multipart/related; boundary={}", "x".repeat(500));
    assert_eq!(post(&endpoint, &long, good()).await.status, 400);

    let declared = |name: &str| format!("<?xml version='1.0' encoding='{name}'?>{}", good());
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(good().encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let raw = |bytes: &[u8]| {
        let (before, after) =
            good().split_once("Z29v").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    let bodies = [
        (declared("Shift_JIS").into_bytes(), "Shift_JIS is not accepted"),
        (declared("ISO-2022-JP").into_bytes(), "ISO-2022-JP is not accepted"),
        (declared("UTF-16").into_bytes(), "UTF-16 is not accepted"),
        (declared("UTF-7").into_bytes(), "UTF-7 is not accepted"),
        (utf16, "UTF-16BE is not accepted"),
        (raw(b"\x93\x9C"), "not UTF-8"),
        (raw(b"\xC0\xBC"), "not UTF-8"),
        (raw(b"\xF8\x88\x80\x80\x80"), "not UTF-8"),
        (raw(b"\xED\xA0\x80"), "not UTF-8"),
        (raw(b"\0"), "not well-formed"),
    ];
    refused(&endpoint, &kept, PLAIN, bodies).await;
    let reply = post(&endpoint, PLAIN, format!("\u{FEFF}{}", good())).await;
    assert_eq!(reply.status, 200);
}

const XOP: &str = "http://www.w3.org/2004/08/xop/include";
const MTOM: &str = "multipart/related; type=\"application/xop+xml\"; boundary=B; start=\"<root>\"";

/// A message of a root that includes `href`s, and parts with these headers and bytes.
fn mtom(hrefs: &[&str], parts: &[(&str, &str)]) -> String {
    let documents: String = (1..)
        .zip(hrefs)
        .map(|(number, href)| {
            format!(
                "<t:Document id='d{number}'><x:Include xmlns:x='{XOP}' href='{href}'/></t:Document>"
            )
        })
        .collect();
    let store = format!("<t:Store>{documents}</t:Store>");
    let root = envelope("<a:Action>urn:test:Store</a:Action>", &store);
    with_root(&root, parts)
}

fn with_root(root: &str, parts: &[(&str, &str)]) -> String {
    let head = "Content-Type: application/xop+xml\r\nContent-ID: <root>\r\n";
    let mut body = format!("--B\r\n{head}\r\n{root}");
    for (head, bytes) in parts {
        body.push_str(&format!("\r\n--B\r\n{head}\r\n\r\n{bytes}"));
    }
    body + "\r\n--B--\r\n"
}

#[tokio::test]
async fn references_lead_only_to_parts_of_the_same_message() {
    let (endpoint, kept) = endpoint(Policy::default());
    let part = [("Content-ID: <a>", "bytes")];
    let mut bodies: Vec<(String, &str)> = Vec::new();
    for href in [
        "http://127.0.0.1:1/x",
        "https://127.0.0.1:1/x",
        "file:///etc/hostname",
        "ftp://127.0.0.1/x",
        "//127.0.0.1/x",
        "a",
        "",
        "cid:",
        "cid:%",
        "cid:%zz",
        "#root",
    ] {
        bodies.push((mtom(&[href], &part), "only cid: of a part"));
    }
    bodies.push((mtom(&["cid:b"], &part), "no part has the content id"));
    bodies.push((mtom(&["cid:root"], &part), "no part has the content id"));
    bodies.push((mtom(&["cid:a", "cid:a"], &part), "the reference to part"));
    bodies.push((mtom(&["cid:a"], &[part[0], part[0]]), "the content id"));
    bodies.push((mtom(&["cid:a"], &[("Content-ID: <root>", "x")]), "the content id"));
    let mixed = mtom(&["cid:a"], &part).replace("href='cid:a'/>", "href='cid:a'/>YQ==");
    bodies.push((mixed, "only content"));
    let twice = mtom(&["cid:a"], &part).replace("id='d1'", "id=' '");
    bodies.push((twice, "without an id"));
    for (body, words) in bodies {
        // A second part that arrives twice is found after the first was kept by the service's
        // own memory, never by the shelf.
        refused(&endpoint, &kept, MTOM, [(body, words)]).await;
    }

    let escaped = mtom(&["cid:a%2Fb%25"], &[("Content-ID: <a/b%>", "bytes")]);
    assert_eq!(post(&endpoint, MTOM, escaped).await.status, 200);
    assert_eq!(kept.lock().unwrap().get("d1").unwrap(), b"bytes");
    kept.lock().unwrap().clear();

    let plain = envelope(
        "<a:Action>urn:test:Store</a:Action>",
        &format!(
            "<t:Store><t:Document id='d'><x:Include xmlns:x='{XOP}' href='cid:a'/></t:Document></t:Store>"
        ),
    );
    refused(&endpoint, &kept, PLAIN, [(plain, "no part has the content id")]).await;
}

#[tokio::test]
async fn multipart_messages_that_lie() {
    let (endpoint, kept) = endpoint(Policy::default());
    let good = mtom(&["cid:a"], &[("Content-ID: <a>", "bytes")]);
    let cut = good.split("\r\n--B--").next().unwrap().to_owned();
    let header = "X-Long: ".to_owned() + &"x".repeat(MTOM_PART_HEADER_BYTES as usize);
    let encoded = |encoding: &str, bytes: &str| {
        let head = format!("Content-ID: <a>\r\nContent-Transfer-Encoding: {encoding}");
        mtom(&["cid:a"], &[(&head, bytes)])
    };
    let parts: Vec<_> = (0..50_000).map(|_| ("X: y", "")).collect();
    let bodies = [
        (cut.clone(), "no closing boundary"),
        (format!("{cut}\r\n--B-"), "no closing boundary"),
        (String::new(), "no closing boundary"),
        ("--B".to_owned(), "no closing boundary"),
        ("--B--".to_owned(), "no part holds the envelope"),
        ("no boundary at all".to_owned(), "no closing boundary"),
        ("x".repeat(1_000_000), "before the first part"),
        (good.replace("<root>", "<other>"), "no part holds the envelope"),
        (mtom(&["cid:a"], &[(&header, "bytes")]), "headers of a part"),
        (mtom(&["cid:a"], &[("Content-ID: <a>\r\nContent-ID: <b>", "x")]), "twice"),
        (mtom(&["cid:a"], &[("no colon", "x")]), "without a colon"),
        (mtom(&["cid:a"], &parts), "more parts"),
        (encoded("x-uuencode", "x"), "is not known"),
        (encoded("base64", "a*b="), "not well-formed base64"),
        (encoded("base64", "YQ==YQ=="), "not well-formed base64"),
        (encoded("quoted-printable", "=XY"), "not well-formed quoted-printable"),
        (good.clone() + &"x".repeat(1_000_000), "after the last part"),
        (good.replace("application/xop+xml", "image/png"), "root part"),
        (good.replace("application/xop+xml", "application/xop+xml; charset=EUC-JP"), "charset"),
        (with_root(&" ".repeat(SOAP_ROOT_BYTES as usize + 1), &[]), "envelope longer"),
    ];
    assert!(parts.len() as u64 > MTOM_PARTS);
    refused(&endpoint, &kept, MTOM, bodies).await;
    assert_eq!(post(&endpoint, MTOM, &good).await.status, 200, "the control passes");
}

#[tokio::test]
async fn a_boundary_within_data_is_data_unless_it_is_one() {
    let (endpoint, kept) = endpoint(Policy::default());
    for data in [
        "a\r\n--Bx\r\nb",
        "--Bx",
        "\r\n--\r\n--Bb--\r\n",
        "\n--B\r\nx",
        "x--B--\r\n",
        "\r\r\n\r",
        "",
    ] {
        let body = mtom(&["cid:a"], &[("Content-ID: <a>", data)]);
        for step in [1, 3, 1_000_000] {
            let reply = post_in(&endpoint, MTOM, body.as_bytes(), step).await;
            assert_eq!(reply.status, 200, "{data:?}: {}", reply.text());
            assert_eq!(kept.lock().unwrap().get("d1").unwrap(), data.as_bytes(), "{data:?} {step}");
        }
    }
}

#[tokio::test]
async fn an_envelope_after_its_parts_is_found_within_the_limit() {
    let (endpoint, kept) = endpoint(Policy::default());
    let ordinary = mtom(&["cid:a"], &[]);
    let root = ordinary.strip_prefix("--B").unwrap().strip_suffix("--B--\r\n").unwrap();
    let late = format!("--B\r\nContent-ID: <a>\r\n\r\nbytes\r\n--B{root}--B--\r\n");
    assert_eq!(post(&endpoint, MTOM, late).await.status, 200);
    assert_eq!(kept.lock().unwrap().get("d1").unwrap(), b"bytes");
    kept.lock().unwrap().clear();
    let much = "x".repeat(9 * 1024 * 1024);
    let late = format!("--B\r\nContent-ID: <a>\r\n\r\n{much}\r\n--B{root}--B--\r\n");
    refused(&endpoint, &kept, MTOM, [(late, "before the envelope")]).await;
}

#[tokio::test]
async fn a_message_with_bare_line_feeds_is_read() {
    let (endpoint, kept) = endpoint(Policy::default());
    let body = mtom(&["cid:a"], &[("Content-ID: <a>", "bytes\r")]).replace("\r\n", "\n");
    assert_eq!(post(&endpoint, MTOM, body).await.status, 200);
    assert_eq!(
        kept.lock().unwrap().get("d1").unwrap(),
        b"bytes\r",
        "its own carriage return stays"
    );
}

#[tokio::test]
async fn envelopes_that_are_none() {
    let (endpoint, kept) = endpoint(Policy::default());
    let action = "<a:Action>urn:test:Store</a:Action>";
    let huge = "x".repeat(SOAP_HEADER_CHARACTERS as usize + 1);
    let bodies = [
        ("<a/>".to_owned(), "no soap envelope"),
        (String::new(), "ends with"),
        (envelope(action, ""), "body is empty"),
        (envelope(action, "<t:Store/><t:Store/>"), "more than one"),
        (envelope(action, "<t:Store/>").replace("e:Body", "e:Corpse"), "no body"),
        (envelope(action, "<t:Store/>").replace("</e:Body>", "</e:Body><e:Body/>"), "goes on"),
        (envelope(&format!("{action}{action}"), "<t:Store/>"), "twice"),
        (envelope(&format!("<a:Action>{huge}</a:Action>"), "<t:Store/>"), "longer than"),
        (
            envelope(&format!("{action}<a:MessageID>{huge}</a:MessageID>"), "<t:Store/>"),
            "longer than",
        ),
        (envelope(&format!("{action}<a:To>{huge}</a:To>"), "<t:Store/>"), "longer than"),
    ];
    refused(&endpoint, &kept, PLAIN, bodies).await;

    let many = "<x:y xmlns:x='urn:x' e:mustUnderstand='1'/>".repeat(10_000);
    let reply = post(&endpoint, PLAIN, envelope(&many, "<t:Store/>")).await;
    assert_eq!(reply.fault().0, "MustUnderstand");
    assert!(reply.body.len() < 8_192, "{} bytes", reply.body.len());
}

#[tokio::test]
async fn another_version_of_soap_is_named() {
    let (endpoint, kept) = endpoint(Policy::default());
    let old = good().replace(ENVELOPE, "http://schemas.xmlsoap.org/soap/envelope/");
    for content_type in ["text/xml; charset=utf-8", PLAIN] {
        let reply = post(&endpoint, content_type, &old).await;
        assert_eq!(reply.fault().0, "VersionMismatch");
        assert_eq!(reply.status, 500);
        assert!(
            reply.text().contains("<env:Upgrade><env:SupportedEnvelope qname=\"env:Envelope\"/>")
        );
    }
    still_serves(&endpoint, &kept).await;
}

#[tokio::test]
async fn a_message_that_stops_coming_is_given_up() {
    let (endpoint, kept) = endpoint(Policy::default());
    let endpoint = endpoint.with_idle_ms(20);
    for content_type in [PLAIN, MTOM] {
        let first = [Ok::<_, std::io::Error>(bytes::Bytes::from("--B\r\n"))];
        let never = futures::stream::iter(first);
        let never = futures::StreamExt::chain(never, futures::stream::pending());
        let request = http::Request::post("/shelf").header("content-type", content_type);
        let body = axum::body::Body::from_stream(never);
        let answer = endpoint.handle(request.body(body).unwrap()).await;
        assert_eq!(answer.status(), 408);
    }
    still_serves(&endpoint, &kept).await;
}

#[tokio::test]
async fn compressed_messages_are_refused_by_name() {
    let (endpoint, kept) = endpoint(Policy::default());
    let request = http::Request::post("/shelf")
        .header("content-type", PLAIN)
        .header("content-encoding", "gzip")
        .body(axum::body::Body::from(good()))
        .unwrap();
    assert_eq!(endpoint.handle(request).await.status(), 415);
    still_serves(&endpoint, &kept).await;
}
