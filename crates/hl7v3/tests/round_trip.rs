//! What is written reads back as it was.

use crate::support::*;

use hl7v3::{Interaction, PatientRecord, Payload, read_stored_query};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use proptest::prelude::*;

#[test]
fn every_written_message_reads_back_as_it_was() {
    for (interaction, bytes) in messages() {
        let message = read(interaction, &bytes);
        let transmission = &message.transmission;
        assert_eq!(transmission.id, outgoing().id);
        assert_eq!(transmission.created, outgoing().created);
        assert_eq!(transmission.sender.root, "1.2.9");
        assert_eq!(transmission.receivers, vec![id("1.2.3", "")]);
        match message.payload.unwrap() {
            Payload::Record(record) if interaction == Interaction::DuplicatesResolved => {
                assert_eq!(record.prior_ids, vec![id("1.2.101", "0002")]);
            }
            Payload::Record(record) => assert_eq!(*record, patient()),
            Payload::Identifiers(query) => {
                assert_eq!(query.patients, vec![id("1.2.101", "0001")]);
                assert_eq!(query.data_sources, vec![id("1.2.102", "")]);
            }
            Payload::Candidates(query) => assert_eq!(*query, candidates()),
            Payload::Continuation(more) => {
                assert_eq!(
                    (more.start, more.quantity, more.is_cancelled),
                    (Some(3), Some(5), false)
                );
                assert_eq!(more.query_id, id("1.2.9", "q1"));
            }
        }
    }
}

#[test]
fn the_copy_of_a_query_reads_back_whatever_prefix_it_was_written_with() {
    let bytes = hl7v3::ask_candidates(&outgoing(), &candidates());
    let text = String::from_utf8(bytes).unwrap();
    let prefixed = text
        .replace("xmlns=", "xmlns:v3=")
        .replace("</", "</v3:")
        .replace('<', "<v3:")
        .replace("<v3:/v3:", "</v3:")
        .replace("xsi:type=\"INT\"", "xsi:type=\"v3:INT\"");
    for text in [text, prefixed] {
        let copy = read(Interaction::FindCandidates, text.as_bytes()).query_copy.unwrap();
        let copy = String::from_utf8(copy).unwrap();
        assert!(copy.starts_with("<queryByParameter xmlns=\"urn:hl7-org:v3\""), "{copy}");
        assert!(copy.contains("xsi:type=\"INT\""), "{copy}");
        assert_eq!(read_stored_query(&copy).unwrap(), candidates());
    }
}

fn name() -> impl Strategy<Value = PersonName> {
    ("[山田A-Za-z<&\"' 髙]{1,6}", "[花子A-Z]{0,4}")
        .prop_map(|(family, given)| PersonName { family: family.trim().to_owned(), given })
}

fn demographics() -> impl Strategy<Value = Demographics> {
    let birth = prop::option::of("(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])");
    let phones = prop::collection::vec("[0-9-]{1,12}", 0..3);
    (name(), "[ァ-ン]{0,5}", birth, "[MFO]?", "[0-9]{0,7}", "[東京都区0-9<&]{0,9}", phones)
        .prop_map(|(name, kana, birth, sex, postal_code, address, phones)| Demographics {
            name,
            kana: PersonName { family: kana, given: String::new() },
            birth: birth.and_then(|digits| PartialTime::japan(&digits).ok()),
            sex,
            postal_code,
            address,
            phones,
            death: None,
        })
}

proptest! {
    #[test]
    fn any_record_reads_back(
        who in demographics(),
        ids in prop::collection::vec(("[0-9.]{1,9}", "\\PC{1,12}"), 1..4),
    ) {
        prop_assume!(!who.name.is_empty());
        let ids: Vec<_> = ids
            .into_iter()
            .map(|(root, extension)| id(&root, extension.trim()))
            .collect();
        let written = PatientRecord { ids, demographics: who, ..patient() };
        let bytes = hl7v3::record(&outgoing(), Interaction::RecordAdded, &written, "1.2.9");
        prop_assert_eq!(record_of(&bytes), written);
    }
}
