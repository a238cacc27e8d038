//! A centre that speaks HL7 v3, and messages by hand.

use crate::support::Node;
use crate::support::server::{Answer, Server};

pub const MANAGER: &str = "/pix/manager";
pub const SUPPLIER: &str = "/pdq/supplier";
/// Domain of the first hospital, `HOSP_A`.
pub const HOSPITAL_A: &str = "1.2.392.9.101";
/// Domain of the second hospital, `HOSP_B`.
pub const HOSPITAL_B: &str = "1.2.392.9.102";
/// Device that feeds both domains and asks.
pub const SENDER: &str = "1.2.392.77.1";

/// One device that feeds both hospitals' domains and asks, one that only asks.
const PEERS: &str = r#"
peers = [
    { name = "hospital", device = "1.2.392.77.1", feeds = ["1.2.392.9.101", "1.2.392.9.102"], may_query = true },
    { name = "clinic", device = "1.2.392.77.2", may_query = true, viewer = "1310000002" },
]
"#;

/// A served centre.
pub struct Centre {
    /// Its directory goes away with it.
    _node: Node,
    pub server: Server,
}

impl Centre {
    pub fn start() -> Centre {
        Centre::with(&format!("{PEERS}consumers = []"))
    }

    /// With whom it tells of changes.
    pub fn telling(consumers: &str) -> Centre {
        Centre::with(&format!("{PEERS}consumers = [{consumers}]"))
    }

    /// With other keys of `[pix]`.
    pub fn with(keys: &str) -> Centre {
        let node = Node::new();
        configure(&node, keys);
        let server = Server::start(&node);
        Centre { _node: node, server }
    }

    /// Sends a message of an interaction under its action.
    pub fn send(&self, interaction: &str, message: &str) -> Answer {
        self.send_under(&format!("urn:hl7-org:v3:{interaction}"), message)
    }

    /// Sends a message under any action.
    pub fn send_under(&self, action: &str, message: &str) -> Answer {
        let is_manager = ["301", "302", "304", "309"].iter().any(|one| action.contains(one));
        let path = if is_manager { MANAGER } else { SUPPLIER };
        self.server.post(path, envelope(action, message).as_bytes())
    }
}

/// Writes `[pix]` of a node's configuration, trusts this machine, and gives the region an OID that
/// does not change and two domains.
pub fn configure(node: &Node, keys: &str) {
    let path = node.path("centre/musubi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let oid = text.lines().find(|line| line.starts_with("oid = ")).unwrap().to_owned();
    let (before, rest) = text.split_once("[pix]\n").unwrap();
    let (_, after) = rest.split_once("[centre]\n").unwrap();
    let (front, xds) = before.split_once("[xds]\n").unwrap();
    let xds = xds.replacen("trust_loopback = false", "trust_loopback = true", 1);
    let domains = "domains = [{ oid = \"1.2.392.9.101\", namespace = \"HOSP_A\" }, \
                   { oid = \"1.2.392.9.102\", namespace = \"HOSP_B\" }]";
    let xds = xds.replacen("\ndomains = []", &format!("\n{domains}"), 1);
    let xds = xds.replacen("\nnamespace = \"\"", "\nnamespace = \"COMMUNITY\"", 1);
    let front = front.replace(&oid, "oid = \"1.2.392.9\"");
    let text = format!("{front}[xds]\n{xds}[pix]\n{keys}\n\n[centre]\n{after}");
    std::fs::write(&path, text).unwrap();
}

/// A message in its envelope.
pub fn envelope(action: &str, message: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>\
         <a:Action s:mustUnderstand=\"1\">{action}</a:Action><a:MessageID>urn:uuid:1</a:MessageID>\
         </s:Header><s:Body>{message}</s:Body></s:Envelope>"
    )
}

/// A message with its wrapper.
pub fn wrapped(interaction: &str, id: &str, control_act: &str) -> String {
    format!(
        "<{interaction} xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\">\
         <id root=\"{SENDER}\" extension=\"{id}\"/><creationTime value=\"20260101120000\"/>\
         <interactionId root=\"2.16.840.1.113883.1.6\" extension=\"{interaction}\"/>\
         <processingCode code=\"T\"/><processingModeCode code=\"T\"/><acceptAckCode code=\"AL\"/>\
         <receiver typeCode=\"RCV\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\">\
         <id root=\"1.2.392.9.4\"/></device></receiver>\
         <sender typeCode=\"SND\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\">\
         <id root=\"{SENDER}\"/></device></sender>\
         <controlActProcess classCode=\"CACT\" moodCode=\"EVN\">{control_act}</controlActProcess>\
         </{interaction}>"
    )
}

/// A record of a patient: `ids` and `person` as they stand there, `after` behind the custodian.
pub fn record(interaction: &str, id: &str, (ids, person): (&str, &str), after: &str) -> String {
    let event = format!(
        "<subject typeCode=\"SUBJ\"><registrationEvent classCode=\"REG\" moodCode=\"EVN\">\
         <statusCode code=\"active\"/><subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">{ids}\
         <statusCode code=\"active\"/><patientPerson classCode=\"PSN\" \
         determinerCode=\"INSTANCE\">{person}</patientPerson></patient></subject1>{after}\
         </registrationEvent></subject>"
    );
    wrapped(interaction, id, &event)
}

pub fn ii(root: &str, extension: &str) -> String {
    format!("<id root=\"{root}\" extension=\"{extension}\"/>")
}

/// What a merge ends.
pub fn replaced(root: &str, extension: &str) -> String {
    format!(
        "<replacementOf typeCode=\"RPLC\"><priorRegistration classCode=\"REG\" moodCode=\"EVN\">\
         <statusCode code=\"obsolete\"/><subject1 typeCode=\"SBJ\">\
         <priorRegisteredRole classCode=\"PAT\">{}</priorRegisteredRole></subject1>\
         </priorRegistration></replacementOf>",
        ii(root, extension)
    )
}

/// A question with its parameters.
pub fn query(interaction: &str, id: &str, parameters: &str) -> String {
    let asked = format!(
        "<queryByParameter><queryId root=\"{SENDER}\" extension=\"{id}\"/>\
         <statusCode code=\"new\"/><responsePriorityCode code=\"I\"/>\
         <parameterList>{parameters}</parameterList></queryByParameter>"
    );
    wrapped(interaction, id, &asked)
}

/// A parameter with an II.
pub fn parameter(name: &str, root: &str, extension: &str) -> String {
    let extension = match extension {
        "" => String::new(),
        extension => format!(" extension=\"{extension}\""),
    };
    format!("<{name}><value root=\"{root}\"{extension}/><semanticsText>x</semanticsText></{name}>")
}

pub const HANAKO: &str = "<name use=\"IDE\"><family>山田</family><given>花子</given></name>\
    <name use=\"SYL\"><family>ヤマダ</family><given>ハナコ</given></name>\
    <administrativeGenderCode code=\"F\"/><birthTime value=\"19570612\"/>";

/// The code of the acknowledgement; empty where there is none.
pub fn code(answer: &Answer) -> String {
    let text = answer.text();
    let found = text.split_once("<typeCode code=\"").map(|(_, rest)| rest.split('"').next());
    found.flatten().unwrap_or_default().to_owned()
}
