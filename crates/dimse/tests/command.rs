//! Command sets: what is written reads back, and lengths that lie are errors.

use dimse::{Command, Violation, field};
use proptest::prelude::*;

fn commands() -> impl Strategy<Value = Command> {
    let uid = || proptest::option::of("[0-9]{1,3}(\\.[0-9]{1,5}){0,8}");
    let title = || proptest::option::of("[A-Z][A-Z0-9_]{0,15}");
    let number = || proptest::option::of(any::<u16>());
    (
        (1_u16.., any::<u16>(), number(), any::<bool>()),
        (uid(), uid(), uid(), uid(), title(), title()),
        (number(), number(), number(), number(), number(), number(), number()),
    )
        .prop_map(|((field, message, responded_to, has_data_set), uids, numbers)| Command {
            field,
            message_id: Some(message),
            responded_to,
            affected_class: uids.0,
            requested_class: uids.1,
            affected_instance: uids.2,
            requested_instance: uids.3,
            move_destination: uids.4,
            move_originator: uids.5,
            move_originator_message: numbers.0,
            has_data_set,
            status: numbers.1,
            error_comment: None,
            event_type: numbers.2,
            action_type: numbers.3,
            remaining: numbers.4,
            completed: numbers.5,
            failed: numbers.6,
            warning: None,
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(command in commands()) {
        let bytes = command.write();
        prop_assert_eq!(bytes.len() % 2, 0);
        prop_assert_eq!(Command::read(&bytes), Ok(command));
    }

    #[test]
    fn any_bytes_are_a_command_set_or_an_error(bytes in proptest::collection::vec(0_u8..9, 0..200)) {
        if let Ok(command) = Command::read(&bytes) {
            prop_assert_eq!(Command::read(&command.write()), Ok(command));
        }
    }
}

#[test]
fn a_set_that_ends_too_early_or_lies_is_refused() {
    let whole = Command::request(field::C_ECHO, 7, "1.2.840.10008.1.1").write();
    for length in 1..whole.len() {
        let read = Command::read(&whole[..length]);
        assert!(matches!(read, Err(Violation::BadCommand(_))), "{length}: {read:?}");
    }
    let mut lying = whole.to_vec();
    lying[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(Command::read(&lying), Err(Violation::BadCommand(_))));
    let mut foreign = whole.to_vec();
    foreign[0] = 8;
    assert!(matches!(Command::read(&foreign), Err(Violation::BadCommand(_))));
}
