//! Messages for the storages of tests.

/// A laboratory result with one value.
pub fn lab(patient: &str, value: &str) -> String {
    lab_of(patient, "20240102", value)
}

/// A laboratory result collected on a day (SPM-17).
pub fn lab_of(patient: &str, collected: &str, value: &str) -> String {
    [
        "MSH|^~\\&|LAB|H|GW|C|20240102090000||OUL^R22^OUL_R22|1|P|2.5||||||UNICODE UTF-8"
            .to_owned(),
        pid(patient),
        format!("SPM|1|||023^血清^JC10|||||||||||||{collected}"),
        "OBR|1|000000000000001||LAB^検体検査^99Z".to_owned(),
        "ORC|SC|000000000000001||||||||||110^医師^一郎^^^^^^^L^^^^^I|||||01^内科^99Z01".to_owned(),
        format!("OBX|1|NM|3A010000002327101^総蛋白^JC10||{value}|g/dL|||||F"),
    ]
    .join("\r")
        + "\r"
}

/// Basic data of a patient.
pub fn basics(patient: &str, family: &str) -> String {
    format!(
        "MSH|^~\\&|EHR|H|GW|C|20240101||ADT^A08^ADT_A01|1|P|2.5||||||UNICODE UTF-8\rEVN||20240101\r\
         PID|1||{patient}^^^^PI||{family}^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19700101|M\rPV1|1|O\r"
    )
}

/// The message that cancels a laboratory result.
pub fn lab_cancelled(patient: &str) -> String {
    lab(patient, "0").replace("ORC|SC|", "ORC|CA|")
}

pub fn pid(patient: &str) -> String {
    format!("PID|1||{patient}^^^^PI||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19700101|M")
}
