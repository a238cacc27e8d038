//! Messages of HL7 v2 to begin with, bare and in their frames.

use text::CharacterSet;

const FEED: &str = "MSH|^~\\&|ADT|A|MUSUBI|REGION|20260101120000||ADT^A04|1|P|2.3.1||||||~ISO IR87\r\
    EVN||20260101120000\rPID|||0001^^^HOSP_A&1.2.392.9.101&ISO~77^^^&1.2&ISO||\
    山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19570612|M|||^^^^1000001^JPN^H^東京都千代田区\
    ||^PRN^PH^^^03^12345678~03-1234-5678\rPV1||O\r";
const MERGE: &str = "MSH|^~\\&|ADT|A|||20260101||ADT^A40^ADT_A39|2|P|2.3.1\rEVN||2026\r\
    PID|||1^^^HOSP_A||\"\"\rMRG|2^^^HOSP_A\rPID|||3^^^HOSP_A||A^B\rMRG|4^^^HOSP_A\r";
const QUERY: &str = "MSH|^~\\&|C|A|||20260101||QBP^Q22^QBP_Q21|3|P|2.5||||||UNICODE UTF-8\r\
    QPD|IHE PDQ Query|TAG|@PID.5.1.1^山*~@PID.7^1957~@PID.3.4^&1.2&ISO|||||^^^HOSP_A~^^^&1.2&ISO\r\
    RCP|I|5^RD\rDSC|pointer|I\r";
const ANSWER: &str = "MSH|^~\\&|M|R|C|A|20260101120000+0900||RSP^K23^RSP_K23|4|P|2.5\rMSA|AE|3\r\
    ERR||QPD^1^3^1^4|204^Unknown key identifier^HL70357|E||||\\F\\\\S\\\\R\\\\T\\\\E\\\\X0D\\\\.br\\\r\
    QAK|TAG|AE|IHE PIX Query\rQPD|IHE PIX Query|TAG|1^^^X\r";
const ODD: &str =
    "MSH#*+/:#a#b#c#d#2026##ADT*A08#5#P#2.4\rPID###1***x:1.2:ISO##A/S/B*C\rZXX#\r\n\rq\r";

/// Messages as senders write them, each in the sets that can carry it.
pub fn messages() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for text in [FEED, MERGE, QUERY, ANSWER, ODD] {
        for set in CharacterSet::ALL {
            all.extend(text::encode(text, *set));
        }
    }
    all.push(FEED.replace('\r', "\n").into_bytes());
    all.push(format!("PID{FEED}").into_bytes());
    all
}

/// Frames in a row, whole, cut short, and with bytes between them.
pub fn frames() -> Vec<Vec<u8>> {
    let messages = messages();
    let whole: Vec<u8> = messages.iter().flat_map(|message| mllp::wrap(message)).collect();
    let cut: Vec<u8> = messages
        .iter()
        .flat_map(|message| [&[0x0B], &message[..message.len() / 2], &mllp::wrap(message)].concat())
        .collect();
    let mut all = vec![whole, cut, b"\x0Ba\x1Cb\x1C\r\r\n\x0B\x1C\r\x0Bc\x1C".to_vec()];
    all.extend(messages.iter().map(|message| mllp::wrap(message)));
    all
}
