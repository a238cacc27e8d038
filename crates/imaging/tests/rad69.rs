//! RAD-69: images by UID as documents of one answer.

use crate::support::{STUDY, TARO, World, on_each_engine, sent, slice};
use imaging::rad69::{ACTION, ImagingRetrieval};
use ports::{Caller, PeerCaller};
use soap::{Endpoint, Fault, Peer, Request, Response, Service};
use std::sync::Arc;
use testkit::{CountingIds, message};
use xml::Document;

const REPOSITORY: &str = "1.2.392.99.6";
const XDSB: &str = "urn:ihe:iti:xds-b:2007";

struct Desk {
    retrieval: ImagingRetrieval,
    caller: Caller,
}

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[ACTION]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, _: (), request: Request<'_>) -> Result<Response, Fault> {
        self.retrieval.retrieve_imaging_document_set(&self.caller, request).await
    }
}

fn desk(world: &World, caller: Caller) -> Desk {
    let (store, clock) = (world.store().clone(), world.clock.clone());
    Desk { retrieval: ImagingRetrieval::new(store, clock, REPOSITORY.into()), caller }
}

fn document(uid: &str, repository: &str) -> String {
    format!(
        "<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>\
         <x:DocumentUniqueId>{uid}</x:DocumentUniqueId></x:DocumentRequest>"
    )
}

fn request(documents: &str, syntaxes: &[&str]) -> String {
    let syntaxes: String = syntaxes
        .iter()
        .map(|one| format!("<r:TransferSyntaxUID>{one}</r:TransferSyntaxUID>"))
        .collect();
    format!(
        "<r:RetrieveImagingDocumentSetRequest xmlns:r='urn:ihe:rad:xdsi-b:2009' xmlns:x='{XDSB}'>\
         <r:StudyRequest studyInstanceUID='{STUDY}'><r:SeriesRequest seriesInstanceUID='{STUDY}.1'>\
         {documents}</r:SeriesRequest></r:StudyRequest>\
         <r:TransferSyntaxUIDList>{syntaxes}</r:TransferSyntaxUIDList>\
         </r:RetrieveImagingDocumentSetRequest>"
    )
}

/// Status, error codes, and the documents by UID.
async fn ask(
    world: &World,
    caller: Caller,
    body: &str,
) -> (String, Vec<String>, Vec<(String, Vec<u8>)>) {
    let body = message::begin(desk(world, caller), ACTION, body.as_bytes()).await;
    let bytes = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let envelope = Document::parse(&text).unwrap();
    let answer = message::content(&envelope);
    let (outcome, documents) = ebrim::retrieve::read_retrieved(answer).unwrap();
    let codes = outcome.errors.iter().map(|one| one.code.clone()).collect();
    let documents = documents.into_iter().map(|one| match one.content {
        ebrim::PartContent::Inline(base64) => (one.request.unique_id, message::decoded(&base64)),
        other => panic!("{other:?}"),
    });
    (format!("{:?}", outcome.status), codes, documents.collect())
}

async fn fill(world: &World, count: i64) {
    for number in 1..=count {
        world.send(&slice(TARO, number)).await.unwrap();
    }
}

#[test]
fn images_come_back_as_the_pacs_sent_them_few_or_many() {
    on_each_engine(async |world| {
        fill(world, 20).await;
        for count in [1, 20] {
            let asked: String =
                (1..=count).map(|one| document(&format!("{STUDY}.1.{one}"), REPOSITORY)).collect();
            let syntaxes = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"];
            let (status, codes, documents) =
                ask(world, Caller::Trusted, &request(&asked, &syntaxes)).await;
            assert_eq!((status.as_str(), codes.len()), ("Success", 0));
            assert_eq!(documents.len(), usize::try_from(count).unwrap());
            for (number, (uid, bytes)) in (1..).zip(documents) {
                assert_eq!(uid, format!("{STUDY}.1.{number}"));
                assert!(bytes.ends_with(&sent(&slice(TARO, number))));
            }
        }
    });
}

#[test]
fn what_is_not_held_or_cannot_be_given_is_told_beside_the_rest() {
    on_each_engine(async |world| {
        fill(world, 1).await;
        let own = document(&format!("{STUDY}.1.1"), REPOSITORY);
        let both = format!("{own}{}", document(&format!("{STUDY}.1.9"), REPOSITORY));
        let (status, codes, documents) = ask(world, Caller::Trusted, &request(&both, &[])).await;
        assert_eq!((status.as_str(), documents.len()), ("PartialSuccess", 1));
        assert_eq!(codes, ["XDSDocumentUniqueIdError"]);
        let cases = [
            (document(&format!("{STUDY}.1.1"), "1.2.3"), vec![], "XDSUnknownRepositoryId"),
            (document("../x", REPOSITORY), vec![], "XDSDocumentUniqueIdError"),
            (own, vec!["1.2.840.10008.1.2.4.50"], "XDSRepositoryError"),
            (String::new(), vec![], "XDSRepositoryError"),
        ];
        for (documents, syntaxes, code) in cases {
            let (status, codes, given) =
                ask(world, Caller::Trusted, &request(&documents, &syntaxes)).await;
            assert_eq!((status.as_str(), given.len()), ("Failure", 0), "{documents}");
            assert_eq!(codes, [code], "{documents}");
        }
    });
}

#[test]
fn what_a_peer_may_not_see_is_answered_as_what_is_not_there() {
    on_each_engine(async |world| {
        fill(world, 1).await;
        let stranger = || Caller::Peer(PeerCaller { name: "x".into(), ..PeerCaller::default() });
        let hidden = document(&format!("{STUDY}.1.1"), REPOSITORY);
        let missing = document(&format!("{STUDY}.1.9"), REPOSITORY);
        let (status, codes, given) = ask(world, stranger(), &request(&hidden, &[])).await;
        assert_eq!((status.as_str(), given.len()), ("Failure", 0));
        let nothing = ask(world, stranger(), &request(&missing, &[])).await;
        assert_eq!((status, codes, given), nothing);
        let rows = world.store().read(|tx| store::audit::recent(tx, i64::MAX, 10)).await.unwrap();
        assert!(rows.iter().any(|row| row.action == "denied" && row.actor == "x"));
    });
}

#[test]
fn the_description_names_the_transaction() {
    on_each_engine(async |world| {
        let endpoint = Endpoint::new(desk(world, Caller::Trusted), Arc::new(CountingIds::new()))
            .with_wsdl(soap::Wsdl::new(imaging::rad69::WSDL));
        let request = http::Request::builder().uri("/xds/images?wsdl");
        let answer = endpoint.handle(request.body(axum::body::Body::empty()).unwrap()).await;
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains(ACTION) && Document::parse(&text).is_ok());
    });
}
