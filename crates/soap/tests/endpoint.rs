//! What peers send and what they are answered, message by message.

use crate::support;

use http_body_util::BodyExt;
use soap::mtom::{Event, Splitter};
use soap::{ContentType, Policy, SecurityPolicy, Wsdl};
use support::*;

#[tokio::test]
async fn the_messages_of_four_stacks_are_understood_in_pieces_of_any_size() {
    for (name, ids) in [
        ("axis2", &["urn:uuid:8748178E8DDF2D1A3B1321348412727"][..]),
        ("cxf", &["urn:uuid:0a1b2c3d-0000-4000-8000-000000000001", "second"]),
        ("dotnet", &["urn:uuid:6f1e2d3c-0000-4000-8000-000000000002"]),
        ("node-soap", &["no uuid at all: 17"]),
    ] {
        let (content_type, body) = fixture(name);
        for step in [1, 7, 64, 1_000_000] {
            let (endpoint, kept) = endpoint(Policy::default());
            let reply = post_in(&endpoint, &content_type, &body, step).await;
            assert_eq!(reply.status, 200, "{name}: {}", reply.text());
            let kept = kept.lock().unwrap();
            assert_eq!(kept.get("Document01").unwrap(), b"first document", "{name} {step}");
            assert_eq!(kept.len(), ids.len(), "{name}");
            if ids.len() > 1 {
                assert_eq!(kept.get("Document02").unwrap(), b"second document");
            }
            let multipart = content_type.starts_with("multipart");
            assert_eq!(reply.content_type.starts_with("multipart/related"), multipart, "{name}");
            let relates_to = format!("<wsa:RelatesTo>{}</wsa:RelatesTo>", ids[0]);
            assert!(reply.text().contains(&relates_to), "{name}: {}", reply.text());
            assert!(reply.text().contains(">urn:test:StoreResponse</wsa:Action>"));
        }
    }
}

#[tokio::test]
async fn an_answer_in_mtom_is_an_envelope_and_a_part_for_each_document() {
    let (endpoint, kept) = endpoint(Policy::default());
    let long = vec![b'x'; 300_000];
    kept.lock().unwrap().insert("a".to_owned(), long.clone());
    kept.lock().unwrap().insert("b".to_owned(), Vec::new());
    let (content_type, body) = fixture("cxf");
    let body = String::from_utf8(body).unwrap().replace("urn:test:Store<", "urn:test:Fetch<");
    let reply = post(&endpoint, &content_type, body).await;
    assert_eq!(reply.status, 200);

    let mut splitter = Splitter::new(&ContentType::parse(&reply.content_type)).unwrap();
    splitter.push(&reply.body);
    splitter.finish();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    while let Some(event) = splitter.next_event().unwrap() {
        match event {
            Event::Begin(head) => parts.push((head.content_id.unwrap(), Vec::new())),
            Event::Data(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
            Event::End | Event::Close => {}
        }
    }
    assert_eq!(parts.len(), 3);
    let start = ContentType::parse(&reply.content_type);
    assert_eq!(start.parameter("start").unwrap(), format!("<{}>", parts[0].0));
    let root = String::from_utf8(parts[0].1.clone()).unwrap();
    assert!(root.contains(&format!("href=\"cid:{}\"", parts[1].0)), "{root}");
    assert_eq!((&parts[1].1, &parts[2].1), (&long, &Vec::new()));
}

#[tokio::test]
async fn an_answer_in_plain_soap_holds_its_documents_as_base64() {
    let (endpoint, kept) = endpoint(Policy::default());
    kept.lock().unwrap().insert("a".to_owned(), "糖尿病".into());
    let asked = envelope("<a:Action>urn:test:Fetch</a:Action>", "<t:Fetch/>");
    let reply = post(&endpoint, PLAIN, asked).await;
    assert!(reply.content_type.starts_with("application/soap+xml"), "{}", reply.content_type);
    assert!(reply.text().contains("<t:Document id='a'>57OW5bC/55eF</t:Document>"));
}

#[tokio::test]
async fn an_answer_made_while_it_is_sent_arrives_whole() {
    let (endpoint, _) = endpoint(Policy::default());
    let asked = envelope("<a:Action>urn:test:Count</a:Action>", "<t:Count to='1000'/>");
    let reply = post(&endpoint, PLAIN, asked).await;
    let document = xml::Document::parse_bytes(&reply.body).unwrap();
    let body = document.root().child(ENVELOPE, "Body").unwrap();
    assert_eq!(body.child("urn:test", "Counted").unwrap().children().count(), 1000);
}

#[tokio::test]
async fn the_action_decides_and_the_media_type_only_where_it_is_absent() {
    let (endpoint, _) = endpoint(Policy::default());
    let body = "<t:Store/>";
    let typed = |action: &str| format!("application/soap+xml; action=\"{action}\"");

    let spoofed = envelope("<a:Action>urn:test:Store</a:Action>", body);
    let reply = post(&endpoint, &typed("urn:test:Fail"), &spoofed).await;
    assert_eq!(reply.status, 200, "the header wins: {}", reply.text());

    let reply = post(&endpoint, &typed("urn:test:Store"), envelope("", body)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("RelatesTo"), None, "there was no message id");

    let reply = post(&endpoint, &typed(""), envelope("", body)).await;
    assert_eq!(reply.fault().0, "Sender/MessageAddressingHeaderRequired");
    assert_eq!(reply.status, 400);

    let unknown = envelope("<a:Action>urn:test:Nothing</a:Action>", body);
    let reply = post(&endpoint, &typed("urn:test:Store"), unknown).await;
    assert_eq!(reply.fault().0, "Sender/ActionNotSupported");
    assert_eq!(reply.header("Action").unwrap(), "http://www.w3.org/2005/08/addressing/fault");
}

#[tokio::test]
async fn headers_that_must_be_understood_are_or_nothing_is_done() {
    let (endpoint, kept) = endpoint(Policy::default());
    let action = "<a:Action e:mustUnderstand='true'>urn:test:Store</a:Action>\
                  <a:MessageID>urn:uuid:1</a:MessageID>";
    let store = "<t:Store><t:Document id='x'>YQ==</t:Document></t:Store>";
    let unknown = format!("{action}<x:Odd xmlns:x='urn:odd' e:mustUnderstand='1'/>");
    let reply = post(&endpoint, PLAIN, envelope(&unknown, store)).await;
    assert_eq!(reply.fault().0, "MustUnderstand");
    assert_eq!(reply.status, 500);
    assert_eq!(reply.header("RelatesTo").as_deref(), Some("urn:uuid:1"));
    assert_eq!(reply.header("Action").unwrap(), "http://www.w3.org/2005/08/addressing/soap/fault");
    assert!(
        reply.text().contains("<env:NotUnderstood xmlns:header=\"urn:odd\" qname=\"header:Odd\"/>")
    );
    assert!(kept.lock().unwrap().is_empty(), "nothing was done");

    for tolerated in [
        "<x:Odd xmlns:x='urn:odd'/>",
        "<x:Odd xmlns:x='urn:odd' e:mustUnderstand='0'/>",
        "<x:Odd xmlns:x='urn:odd' e:mustUnderstand='1' e:role='http://elsewhere/'/>",
        "<a:From><a:Address>urn:x</a:Address></a:From>",
    ] {
        let reply = post(&endpoint, PLAIN, envelope(&format!("{action}{tolerated}"), store)).await;
        assert_eq!(reply.status, 200, "{tolerated}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_security_header_follows_the_policy_of_the_listener() {
    let namespace =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let action = "<a:Action>urn:test:Store</a:Action>";
    let plain = format!("<w:Security xmlns:w='{namespace}'/>");
    let must = format!("<w:Security xmlns:w='{namespace}' e:mustUnderstand='true'/>");
    let twice = format!("{plain}{plain}");
    use SecurityPolicy::{Ignore, Keep, Require};
    for (policy, header, answer) in [
        (Ignore, "", 200),
        (Ignore, plain.as_str(), 200),
        (Ignore, must.as_str(), 500),
        (Keep, "", 200),
        (Keep, must.as_str(), 200),
        (Keep, twice.as_str(), 400),
        (Require, "", 400),
        (Require, must.as_str(), 200),
    ] {
        let (endpoint, _) = endpoint(Policy { security: policy, ..Policy::default() });
        let reply =
            post(&endpoint, PLAIN, envelope(&format!("{action}{header}"), "<t:Store/>")).await;
        assert_eq!(reply.status, answer, "{policy:?} {header}: {}", reply.text());
    }
}

#[tokio::test]
async fn answers_go_nowhere_but_back() {
    let allowed = "https://allowed.example/reply".to_owned();
    let policy = Policy { reply_addresses: vec![allowed.clone()], ..Policy::default() };
    let (endpoint, kept) = endpoint(policy);
    let with = |name: &str, address: &str| {
        let headers = format!(
            "<a:Action>urn:test:Store</a:Action>\
             <a:{name}><a:Address>{address}</a:Address></a:{name}>"
        );
        envelope(&headers, "<t:Store><t:Document id='x'>YQ==</t:Document></t:Store>")
    };
    for name in ["ReplyTo", "FaultTo"] {
        for address in [
            "http://127.0.0.1:1/x",
            "http://169.254.169.254/latest/",
            "file:///etc/hostname",
            "https://allowed.example/reply/../x",
            "",
            "ANONYMOUS",
        ] {
            let reply = post(&endpoint, PLAIN, with(name, address)).await;
            assert_eq!(
                reply.fault().0,
                "Sender/InvalidAddressingHeader/OnlyAnonymousAddressSupported",
                "{name} {address}"
            );
            assert!(kept.lock().unwrap().is_empty());
        }
        let reply = post(&endpoint, PLAIN, with(name, &allowed)).await;
        assert_eq!(reply.status, 200);
        kept.lock().unwrap().clear();
    }
    let none = "http://www.w3.org/2005/08/addressing/none";
    let reply = post(&endpoint, PLAIN, with("ReplyTo", none)).await;
    assert_eq!((reply.status, reply.body.len()), (202, 0));
    assert_eq!(kept.lock().unwrap().len(), 1, "it was done, and nobody is told");
}

#[tokio::test]
async fn a_fault_says_nothing_of_our_inside() {
    let (endpoint, kept) = endpoint(Policy::default());
    for action in ["urn:test:Fail", "urn:test:Panic"] {
        let asked = envelope(&format!("<a:Action>{action}</a:Action>"), "<t:x/>");
        let reply = post(&endpoint, PLAIN, asked).await;
        assert_eq!(reply.fault().0, "Receiver");
        assert_eq!(reply.status, 500);
        for inside in ["panic", "asked to", ".rs", "unwrap", "src/"] {
            assert!(!reply.text().contains(inside), "{inside}: {}", reply.text());
        }
    }
    still_serves(&endpoint, &kept).await;
}

#[tokio::test]
async fn the_description_is_served_with_the_address_it_was_asked_at() {
    let (endpoint, _) = endpoint(Policy::default());
    let endpoint = endpoint.with_wsdl(Wsdl::new("<a:address location='http://old'/>"));
    let get = |path: &'static str| {
        let request =
            http::Request::get(path).header("host", "h:1\"<&").body(axum::body::Body::empty());
        endpoint.handle(request.unwrap())
    };
    let answer = get("/shelf?wsdl").await;
    assert_eq!(answer.status(), 200);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "<a:address location=\"http://h:1&quot;&lt;&amp;/shelf\"/>");
    let request = http::Request::get("/shelf?wsdl").header("host", "centre.example.jp:8443");
    let request = request.extension(net::Scheme::Https).body(axum::body::Body::empty()).unwrap();
    let text = endpoint.handle(request).await.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "<a:address location=\"https://centre.example.jp:8443/shelf\"/>");
    assert_eq!(get("/shelf").await.status(), 404);
    let request = http::Request::put("/shelf").body(axum::body::Body::empty()).unwrap();
    assert_eq!(endpoint.handle(request).await.status(), 405);
}
