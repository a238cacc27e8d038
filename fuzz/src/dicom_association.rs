//! The receiving half of a DICOM association: pieces of any size give the same events.

use dimse::{Command, Event, Inbound, Violation};
use model::limits::{DICOM_COMMAND_BYTES, DICOM_CONTEXTS, DICOM_PDU_BYTES};

/// The first byte says which side receives; the rest comes in pieces of several sizes.
pub fn run(bytes: &[u8]) {
    let Some((side, bytes)) = bytes.split_first() else { return };
    let whole = events(*side, bytes, bytes.len().max(1));
    for step in [1, 5, 6, 64, 4_096] {
        assert_eq!(events(*side, bytes, step), whole, "in pieces of {step}");
    }
    let mut data = 0;
    for event in &whole.0 {
        match event {
            Event::Request(request) => {
                assert!(request.contexts.len() as u64 <= DICOM_CONTEXTS);
                assert!(request.contexts.iter().all(|context| context.id % 2 == 1));
            }
            Event::Command { command, context } => {
                let written = command.write();
                assert_eq!(Command::read(&written).as_ref(), Ok(command.as_ref()), "of {context}");
                assert!(written.len() as u64 <= 2 * DICOM_COMMAND_BYTES);
            }
            Event::Data { bytes, .. } => {
                assert!(bytes.len() as u64 <= DICOM_PDU_BYTES);
                data += bytes.len();
            }
            _ => {}
        }
    }
    assert!(data <= bytes.len(), "more data than came");
}

fn events(side: u8, bytes: &[u8], step: usize) -> (Vec<Event>, Option<Violation>) {
    let mut inbound =
        if side.is_multiple_of(3) { Inbound::acceptor() } else { Inbound::requestor() };
    if side % 3 == 2 {
        inbound.establish((1..=u8::MAX).step_by(2));
    }
    let mut events = Vec::new();
    for piece in bytes.chunks(step) {
        inbound.push(piece);
        loop {
            match inbound.next_event() {
                Ok(Some(event)) => {
                    match &event {
                        Event::Request(request) => {
                            inbound.establish(request.contexts.iter().map(|one| one.id));
                        }
                        Event::Accepted(answer) => {
                            inbound.establish(answer.contexts.iter().map(|(id, _)| *id));
                        }
                        _ => {}
                    }
                    events.push(event);
                }
                Ok(None) => break,
                Err(violation) => {
                    assert_eq!(inbound.next_event(), Ok(None), "nothing comes after it");
                    return (events, Some(violation));
                }
            }
        }
    }
    (events, None)
}
