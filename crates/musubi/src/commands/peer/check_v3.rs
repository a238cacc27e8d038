//! `musubi peer check` of what `[pix]` names: one real round trip of HL7 v3 to each address, by
//! messages that change nothing.

use super::check::{Failure, layer_of, report, with_body};
use crate::node::Node;
use crate::pix;
use hl7v3::{
    CandidatesQuery, IdentifiersQuery, InstanceId, Interaction, Outcome, PatientRecord,
    ask_candidates, ask_identifiers, read_outcome, record,
};
use identity::v3::Device;
use soap::{Client, Outgoing, Piece};
use std::path::Path;

/// An OID that names nobody.
const NOBODYS: &str = "2.25.0.1";

/// What is asked, and by which message.
struct Question {
    what: &'static str,
    interaction: Interaction,
    message: Vec<u8>,
}

/// Asks whatever `[pix]` names so; `false` where it names no address.
///
/// # Errors
/// An address that does not answer as it should.
pub(super) async fn run(node: &Node, name: &str) -> anyhow::Result<bool> {
    let asking = Asking { node, oid: node.config.device_oid() };
    let (mut asked, mut failures) = (0, 0);
    for peer in node.config.pix.peers.iter().filter(|one| one.name == name) {
        for (url, question) in [
            (&peer.manager, asking.identifiers(&peer.device)),
            (&peer.supplier, asking.candidates(&peer.device)),
        ] {
            if !url.is_empty() {
                asked += 1;
                failures += asking.ask(url, &peer.roots, question).await?;
            }
        }
    }
    for consumer in node.config.pix.consumers.iter().filter(|one| one.name == name) {
        asked += 1;
        let question = asking.nothing_new(&consumer.device);
        failures += asking.ask(&consumer.url, &consumer.roots, question).await?;
    }
    anyhow::ensure!(failures == 0, "peer {name} does not answer as it should");
    Ok(asked > 0)
}

struct Asking<'a> {
    node: &'a Node,
    oid: String,
}

impl Asking<'_> {
    fn device(&self) -> Device<'_> {
        Device { oid: &self.oid, ids: self.node.ids.as_ref() }
    }

    /// An ID that nobody has.
    fn nobody(&self) -> InstanceId {
        InstanceId {
            root: self.node.config.affinity_domain_oid(),
            extension: "CHECK-NOBODY".to_owned(),
            authority_name: String::new(),
        }
    }

    /// ITI-45 of an ID that nobody has.
    fn identifiers(&self, receiver: &str) -> Question {
        let query = IdentifiersQuery {
            id: self.device().new_id(),
            patients: vec![self.nobody()],
            data_sources: Vec::new(),
        };
        let outgoing = self.device().question(receiver, self.node.now());
        let message = ask_identifiers(&outgoing, &query);
        Question { what: "pix manager", interaction: Interaction::GetIdentifiers, message }
    }

    /// ITI-47 of an ID that nobody has.
    fn candidates(&self, receiver: &str) -> Question {
        let query = CandidatesQuery {
            id: self.device().new_id(),
            subject_ids: vec![self.nobody()],
            ..CandidatesQuery::default()
        };
        let outgoing = self.device().question(receiver, self.node.now());
        let message = ask_candidates(&outgoing, &query);
        Question {
            what: "demographics supplier",
            interaction: Interaction::FindCandidates,
            message,
        }
    }

    /// ITI-46 of a domain that nobody has, without an ID: there is nothing to change.
    fn nothing_new(&self, receiver: &str) -> Question {
        let outgoing = self.device().question(receiver, self.node.now());
        let ids = vec![InstanceId::of_root(NOBODYS)];
        let told = PatientRecord { ids, ..PatientRecord::default() };
        let interaction = Interaction::RecordRevised;
        let message = record(&outgoing, interaction, &told, &self.oid);
        Question { what: "consumer", interaction, message }
    }

    async fn ask(&self, url: &str, roots: &Path, question: Question) -> anyhow::Result<usize> {
        let client = pix::client(self.node, roots)?;
        let what = question.what;
        Ok(report(what, url, answered(&client, url, question).await))
    }
}

/// Any acknowledgement but a rejection will do: the message was read, understood and answered.
async fn answered(client: &Client, url: &str, question: Question) -> Result<String, Failure> {
    let outgoing = Outgoing {
        url: url.to_owned(),
        action: question.interaction.action().to_owned(),
        pieces: vec![Piece::Bytes(question.message.into())],
        is_multipart: false,
    };
    let answer = client.call(outgoing).await.map_err(|error| layer_of(&error))?;
    with_body(&answer, |body| {
        let outcome = read_outcome(body);
        match outcome.code.as_str() {
            "" => {
                let detail = format!("{} is no acknowledgement", body.name());
                Err(Failure { layer: "HL7 v3", detail })
            }
            "AR" | "CR" => Err(Failure { layer: "HL7 v3", detail: said(&outcome) }),
            _ => Ok(said(&outcome)),
        }
    })
}

/// The acknowledgement in one line.
fn said(outcome: &Outcome) -> String {
    let details = outcome.details.iter().map(|one| format!("{} {}", one.code, one.text));
    let all: Vec<String> = std::iter::once(outcome.code.clone()).chain(details).collect();
    all.join(", ")
}
