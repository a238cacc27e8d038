//! Departments that hospitals send as bare codes are read as names where the region knows them.

use crate::support;

use model::code::DEPARTMENT_NAMES_SLOT;
use model::document::{DocumentEntry, ExtraSlot, IntakeOrigin, XdsCode};
use model::fact::{Fact, FactBody};
use model::item::{ItemKey, Storage, VersionState};
use registry::Content;
use support::*;

/// A visit: data type, PV1, department of the file's name, and its name in the code list.
fn visit(data_type: &str, pv1: &str, of_name: [&str; 2], names: &[&str]) -> Content {
    let event = if data_type == "ADT-22" { "A01" } else { "A04" };
    let message = format!(
        "MSH|^~\\&|HIS|H|GW|C|20200101||ADT^{event}^ADT_A01|1|P|2.5\rEVN||20200101\r\
         PID|1||{TARO}^^^^PI||TEST^TARO\r{pv1}\r"
    );
    let slot = ExtraSlot {
        name: DEPARTMENT_NAMES_SLOT.into(),
        values: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let [code, display] = of_name.map(str::to_owned);
    let entry = DocumentEntry {
        practice_setting: XdsCode { code: code.clone(), display, scheme: "1.2".into() },
        intake: Some(IntakeOrigin {
            source: SOURCE_ONE.into(),
            item: ItemKey {
                patient_id: TARO.into(),
                care_date: "20200101".into(),
                data_type: data_type.into(),
                order_key: "1".into(),
                storage: Storage::Standardized,
            },
            sent: "20200101120000000".into(),
            state: VersionState::Current,
            department: code,
            is_delete_message: false,
            flags: Vec::new(),
        }),
        extra: if names.is_empty() { Vec::new() } else { vec![slot] },
        ..entry(1, TARO, message.as_bytes())
    };
    registry::derive_content(&entry, message.as_bytes()).unwrap()
}

/// Label and department of the line, and what the visit's fact shows and was sent.
fn shown(content: &Content) -> [String; 4] {
    let body = &content.facts.iter().find(|fact| fact.kind == "visit").unwrap().body;
    let fact: Fact = serde_json::from_str(body).unwrap();
    let FactBody::Visit(visit) = fact.body else { panic!("a visit") };
    let sent = visit.department.codes[0].code.clone();
    let line = &content.line;
    [line.label.clone(), line.department.clone(), visit.department.display().to_owned(), sent]
}

const CLINIC: &str = "PV1|1|O|01^^^^^C";
const WARD: &str = "PV1|1|I|7B^9^4|||||||05";

#[test]
fn a_code_of_the_files_name_is_named_by_the_code_list() {
    let outpatient = visit("ADT-12", CLINIC, ["01", "内科"], &[]);
    assert_eq!(shown(&outpatient), ["内科", "内科", "内科", "01"]);
    let admission = visit("ADT-22", WARD, ["05", "呼吸器科"], &[]);
    assert_eq!(shown(&admission), ["呼吸器科", "呼吸器科", "呼吸器科", "05"]);
}

#[test]
fn a_code_other_than_the_files_names_is_named_by_what_came_with_the_metadata() {
    let named = visit("ADT-12", CLINIC, ["018", "一般内科"], &["01^内科^1.2"]);
    assert_eq!(shown(&named), ["内科", "内科", "内科", "01"]);
    let unknown = visit("ADT-12", CLINIC, ["018", "一般内科"], &[]);
    assert_eq!(shown(&unknown), ["01", "01", "01", "01"]);
}

#[test]
fn a_name_that_the_message_sends_is_kept() {
    let sent = visit("ADT-22", "PV1|1|I|7B|||||||05^第二外科^99Z", ["05", "呼吸器科"], &[]);
    assert_eq!(shown(&sent), ["第二外科", "第二外科", "第二外科", "05"]);
}
