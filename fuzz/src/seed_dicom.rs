//! Associations of DICOM to begin with: requests, answers, messages in fragments, and the ends.

use dimse::{Command, field};

const VERIFICATION: &str = "1.2.840.10008.1.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const FIND: &str = "1.2.840.10008.5.1.4.1.2.1.1";
const RELEASE: [u8; 10] = [5, 0, 0, 0, 0, 4, 0, 0, 0, 0];
const RELEASED: [u8; 10] = [6, 0, 0, 0, 0, 4, 0, 0, 0, 0];
const ABORT: [u8; 10] = [7, 0, 0, 0, 0, 4, 0, 0, 2, 1];
const REJECT: [u8; 10] = [3, 0, 0, 0, 0, 4, 0, 2, 3, 2];

/// The first byte is the receiving side: 0 who is asked, 1 who asked, 2 who is associated already.
pub fn associations() -> Vec<Vec<u8>> {
    let request = request();
    let (echo, store, find) = (echo(), store(), find());
    let mut all = vec![
        [&[0][..], &request, &echo, &RELEASE].concat(),
        [&[0][..], &request, &store, &find, &ABORT].concat(),
        [&[0][..], &request[..60]].concat(),
        [&[0][..], &echo].concat(),
        [&[1][..], &answer(), &echo, &RELEASED].concat(),
        [&[1][..], &REJECT].concat(),
        [&[2][..], &store, &store, &find].concat(),
        [&[2][..], &find, &cancel(), &RELEASE].concat(),
        [&[2][..], &two_values(), &echo].concat(),
        [&[2][..], &interleaved()].concat(),
        b"\0GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        vec![2, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF],
    ];
    all.push([&[0][..], &request, &[4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 1, 3]].concat());
    all
}

fn item(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[kind, 0], &length[..], value].concat()
}

fn pdu(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[kind, 0], &length[..], body].concat()
}

fn associate(kind: u8, contexts: &[Vec<u8>], user: &[Vec<u8>]) -> Vec<u8> {
    let body = [
        &[0, 1, 0, 0][..],
        b"MUSUBI          ",
        b"CT1             ",
        &[0; 32],
        &item(0x10, b"1.2.840.10008.3.1.1.1"),
        &contexts.concat(),
        &item(0x50, &user.concat()),
    ];
    pdu(kind, &body.concat())
}

fn request() -> Vec<u8> {
    let classes = [VERIFICATION, CT, FIND].map(str::to_owned).into_iter();
    let others = (1..=24).map(|number| format!("1.2.840.10008.5.1.4.1.1.{number}"));
    let contexts: Vec<_> = (1..=u8::MAX)
        .step_by(2)
        .zip(classes.chain(others))
        .map(|(id, class)| {
            let syntax = item(0x40, IMPLICIT.as_bytes());
            item(0x20, &[&[id, 0, 0, 0][..], &item(0x30, class.as_bytes()), &syntax].concat())
        })
        .collect();
    let length = u16::try_from(CT.len()).unwrap_or_default().to_be_bytes();
    let role = [&length[..], CT.as_bytes(), &[0, 1]].concat();
    let user = [
        item(0x51, &16_384_u32.to_be_bytes()),
        item(0x52, b"1.2.3.4"),
        item(0x54, &role),
        item(0x55, b"SEED"),
        item(0x58, &[1, 0, 0, 1, b'u', 0, 0]),
        item(0x77, b"unknown"),
    ];
    associate(1, &contexts, &user)
}

fn answer() -> Vec<u8> {
    let accepted = item(0x21, &[&[1, 0, 0, 0][..], &item(0x40, IMPLICIT.as_bytes())].concat());
    let refused = item(0x21, &[3, 0, 3, 0]);
    associate(2, &[accepted, refused], &[item(0x51, &0_u32.to_be_bytes())])
}

/// A presentation data value: control 1 is a command, 2 the last fragment.
fn value(context: u8, control: u8, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len() + 2).unwrap_or(u32::MAX).to_be_bytes();
    [&length[..], &[context, control], data].concat()
}

fn echo() -> Vec<u8> {
    pdu(4, &value(1, 3, &Command::request(field::C_ECHO, 1, VERIFICATION).write()))
}

fn store() -> Vec<u8> {
    let mut command = Command::request(field::C_STORE, 2, CT);
    (command.has_data_set, command.affected_instance) = (true, Some("1.2.3.4.5".to_owned()));
    command.move_originator = Some("MOVER".to_owned());
    let set = command.write();
    let (first, second) = set.split_at(20);
    [
        pdu(4, &value(3, 1, first)),
        pdu(4, &value(3, 3, second)),
        pdu(4, &value(3, 0, &[8, 0, 0x18, 0, 4, 0, 0, 0])),
        pdu(4, &value(3, 2, b"1.2\0")),
    ]
    .concat()
}

fn find() -> Vec<u8> {
    let mut command = Command::request(field::C_FIND, 3, FIND);
    command.has_data_set = true;
    let key = [0x10, 0, 0x20, 0, 4, 0, 0, 0, b'1', b'2', b'3', b'4'];
    pdu(4, &[value(5, 3, &command.write()), value(5, 2, &key)].concat())
}

fn cancel() -> Vec<u8> {
    let command = Command { field: field::C_CANCEL, responded_to: Some(3), ..Command::default() };
    pdu(4, &value(5, 3, &command.write()))
}

fn two_values() -> Vec<u8> {
    let echo = Command::request(field::C_ECHO, 1, VERIFICATION).write();
    let response = Command::request(field::C_ECHO, 1, VERIFICATION).response(0).write();
    pdu(4, &[value(1, 3, &echo), value(1, 3, &response)].concat())
}

fn interleaved() -> Vec<u8> {
    let mut command = Command::request(field::C_FIND, 3, FIND);
    command.has_data_set = true;
    [pdu(4, &value(5, 3, &command.write())), pdu(4, &value(3, 2, b"ab"))].concat()
}
