//! Who may associate, how many, and what is done with bytes that are no DICOM.

use crate::archive::{Archive, TITLE, client, dialer, peer_at, start, start_with, storing};
use dicom_dictionary_std::uids;
use dimse::{Client, DimseError, Peer, Proposal, Rejection, Status, Times};
use net::Security;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn echoing() -> Proposal {
    Proposal::plain(&[uids::VERIFICATION])
}

async fn raw(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may close before everything is sent.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    all
}

/// A request to associate for C-ECHO, with these items beside.
pub fn request(items: &[u8]) -> Vec<u8> {
    let item = |kind: u8, value: &[u8]| {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[kind, 0], &length[..], value].concat()
    };
    let context = [
        &[1, 0, 0, 0][..],
        &item(0x30, uids::VERIFICATION.as_bytes()),
        &item(0x40, uids::IMPLICIT_VR_LITTLE_ENDIAN.as_bytes()),
    ]
    .concat();
    let user = item(0x51, &16_384_u32.to_be_bytes());
    let body = [
        &[0, 1, 0, 0][..],
        b"MUSUBI          ",
        b"RAW             ",
        &[0; 32],
        &item(0x10, b"1.2.840.10008.3.1.1.1"),
        &item(0x20, &context),
        &item(0x50, &user),
        items,
    ]
    .concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[1, 0][..], &length, &body].concat()
}

fn abort(reason: u8) -> Vec<u8> {
    vec![7, 0, 0, 0, 0, 4, 0, 0, 2, reason]
}

/// What comes after the A-ASSOCIATE-AC.
fn after_acceptance(answer: &[u8]) -> Vec<u8> {
    assert_eq!(answer.first(), Some(&2), "not accepted: {answer:?}");
    let length = u32::from_be_bytes(answer[2..6].try_into().unwrap()) as usize;
    answer[6 + length..].to_vec()
}

#[tokio::test]
async fn titles_are_the_services_decision_and_each_refusal_has_its_reason() {
    let running = start().await;
    let connect = async |calling: &str, called: &str| {
        let peer = Peer {
            called: called.to_owned(),
            calling: calling.to_owned(),
            ..peer_at(running.address)
        };
        Client::connect(&dialer(), &peer, &echoing()).await
    };
    let rejected = |result: Result<Client, DimseError>| match result {
        Err(DimseError::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    };
    assert_eq!(rejected(connect("TESTS", "OTHER").await), Rejection::CALLED_AE_TITLE);
    let elsewhere = "127.0.0.9".parse().unwrap();
    running.archive.0.addresses.lock().unwrap().insert("CT1".to_owned(), elsewhere);
    assert_eq!(rejected(connect("CT1", TITLE).await), Rejection::CALLING_AE_TITLE);
    for title in ["", "A TITLE THAT IS TOO LONG", "山田", "A\\B", "   "] {
        let failed = connect(title, TITLE).await;
        assert!(matches!(failed, Err(DimseError::Unsendable(_))), "{title}: {failed:?}");
    }
    assert!(connect("CT2", TITLE).await.is_ok());
}

#[tokio::test]
async fn too_many_associations_are_refused_and_the_others_go_on() {
    let running =
        start_with(Archive::default(), Security::Plain, |server| server.with_associations(5, 3))
            .await;
    let mut first = Vec::new();
    for _ in 0..3 {
        first.push(client(&running, echoing()).await);
    }
    let fourth = Client::connect(&dialer(), &peer_at(running.address), &echoing()).await;
    let limit = Rejection::LIMIT_EXCEEDED;
    assert!(matches!(fourth, Err(DimseError::Rejected(found)) if found == limit), "{fourth:?}");
    first.pop().unwrap().release().await.unwrap();
    // The place is free once the server has seen the end; its next answer comes after it.
    for client in &mut first {
        assert_eq!(client.echo().await.unwrap(), Status::SUCCESS);
    }
}

#[tokio::test]
async fn bytes_that_are_no_dicom_get_the_abort_that_fits_and_a_good_peer_is_served() {
    let running = start().await;
    let mut good = client(&running, echoing()).await;
    let associated = |more: &[u8]| [&request(&[])[..], more].concat();
    let value = |length: u32, context: u8, control: u8, data: &[u8]| {
        let inner = [&length.to_be_bytes()[..], &[context, control], data].concat();
        let outer = u32::try_from(inner.len()).unwrap().to_be_bytes();
        [&[4, 0][..], &outer, &inner].concat()
    };
    // Before an association: HTTP, data, a length that lies.
    assert_eq!(raw(running.address, b"GET / HTTP/1.1\r\n\r\n").await, abort(1));
    assert_eq!(raw(running.address, &value(4, 1, 3, b"ab")).await, abort(2));
    assert_eq!(raw(running.address, &[1, 0, 0xFF, 0xFF, 0xFF, 0xFF]).await, abort(6));
    let mut cut = request(&[]);
    cut[5] -= 2;
    assert_eq!(raw(running.address, &cut).await, abort(6));
    let even = {
        let mut even = request(&[]);
        let place = even.windows(4).position(|four| four == [0x20, 0, 0, 46]).unwrap();
        even[place + 4] = 2;
        even
    };
    assert_eq!(raw(running.address, &even).await, abort(6));
    // On one.
    let cases: Vec<(Vec<u8>, u8)> = vec![
        (associated(&[9, 0, 0, 0, 0, 0]), 1),
        (associated(&request(&[])), 2),
        (associated(&[4, 0, 0x7F, 0, 0, 0]), 6),
        (associated(&[4, 0, 0, 0, 0, 0]), 6),
        (associated(&value(1, 1, 3, b"")), 6),
        (associated(&value(0, 1, 3, b"")), 6),
        (associated(&value(400, 1, 3, b"ab")), 6),
        (associated(&value(4, 3, 3, b"ab")), 6),
        (associated(&value(4, 2, 3, b"ab")), 6),
        (associated(&value(4, 1, 2, b"ab")), 5),
        (associated(&value(4, 1, 3, b"ab")), 0),
        (associated(&value(2, 1, 3, b"")), 0),
        (associated(&value(20_002, 1, 1, &[0; 20_000])), 0),
    ];
    for (bytes, reason) in cases {
        let answer = raw(running.address, &bytes).await;
        assert_eq!(after_acceptance(&answer), abort(reason), "{:?}", &bytes[bytes.len() - 12..]);
        assert_eq!(good.echo().await.unwrap(), Status::SUCCESS);
    }
}

#[tokio::test]
async fn a_million_items_are_refused_at_once_and_unknown_ones_passed_over() {
    let running = start().await;
    let unknown = [0x77, 0, 0, 1, 0x55];
    let answer = raw(running.address, &request(&unknown)).await;
    assert_eq!(answer.first(), Some(&2), "an unknown item is no reason to refuse");
    let many: Vec<u8> = [0x77_u8, 0, 0, 0].repeat(1_000_000);
    assert_eq!(raw(running.address, &request(&many)).await, abort(6));
    let context = [0x20_u8, 0, 0, 4, 3, 0, 0, 0].repeat(200);
    assert_eq!(raw(running.address, &request(&context)).await, abort(6));
    let inner: Vec<u8> = [0x54_u8, 0, 0, 0].repeat(1_000);
    let user = [&[0x50, 0][..], &4_000_u16.to_be_bytes(), &inner].concat();
    assert_eq!(raw(running.address, &request(&user)).await, abort(6));
}

#[tokio::test]
async fn whoever_says_nothing_or_stops_in_the_middle_is_let_go() {
    let times = Times { associate_ms: 30, idle_ms: 40, data_ms: 20, ..Times::default() };
    let change = |server: dimse::Server<Archive>| server.with_times(times);
    let running = start_with(Archive::default(), Security::Plain, change).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    let mut rest = Vec::new();
    silent.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty(), "no association, no abort");
    // Half a request, then nothing.
    let mut half = TcpStream::connect(running.address).await.unwrap();
    half.write_all(&request(&[])[..50]).await.unwrap();
    half.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    idle.write_all(&request(&[])).await.unwrap();
    idle.read_to_end(&mut rest).await.unwrap();
    assert_eq!(after_acceptance(&rest), [7, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    // A command set that announces a data set which never comes.
    let mut announced = dimse::Command::request(dimse::field::C_STORE, 1, uids::VERIFICATION);
    (announced.has_data_set, announced.affected_instance) = (true, Some("1.2".to_owned()));
    let set = announced.write();
    let length = u32::try_from(set.len()).unwrap();
    let header = [&[4, 0][..], &(length + 6).to_be_bytes(), &(length + 2).to_be_bytes(), &[1, 3]];
    let mut never = TcpStream::connect(running.address).await.unwrap();
    never.write_all(&[&request(&[])[..], &header.concat(), &set].concat()).await.unwrap();
    rest.clear();
    never.read_to_end(&mut rest).await.unwrap();
    assert_eq!(after_acceptance(&rest), [7, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    assert!(running.archive.kept().is_empty());
}

#[tokio::test]
async fn a_good_peer_is_served_among_half_open_associations_and_a_storm_of_aborts() {
    let running = start().await;
    let mut silent = Vec::new();
    for number in 0..600 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(&request(&[])[..40]).await.unwrap();
        }
        silent.push(stream);
    }
    let mut good = client(&running, storing()).await;
    for number in 1..=200_u32 {
        let aborting = [&request(&[])[..], &[7, 0, 0, 0, 0, 4, 0, 0, 0, 0]].concat();
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(&aborting).await.unwrap();
        let kept = crate::archive::slice(number, 1_000);
        let bytes = crate::archive::body(kept.bytes.clone());
        let status = good.store(&crate::archive::outgoing(&kept), bytes).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    let half = request(&[]);
    let mut first = silent.swap_remove(0);
    first.write_all(&half[40..]).await.unwrap();
    assert_eq!(first.read_u8().await.unwrap(), 2, "none was given up");
}

#[tokio::test]
async fn a_shutdown_aborts_what_is_idle_and_takes_nothing_more() {
    let running = start().await;
    let mut idle = client(&running, echoing()).await;
    assert_eq!(idle.echo().await.unwrap(), Status::SUCCESS);
    running.stop.send(()).unwrap();
    running.task.await.unwrap();
    let ended = idle.echo().await;
    assert!(
        matches!(
            ended,
            Err(DimseError::Aborted { .. } | DimseError::Closed | DimseError::Broken(_))
        ),
        "{ended:?}"
    );
    assert!(TcpStream::connect(running.address).await.is_err());
}
