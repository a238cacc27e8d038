//! What the centre is told: submissions and changes of state, tried again while it cannot store
//! them, and what its refusals mean for the items.

use super::refusal::{is_brought_back, is_known_in_another_frame, is_settled};
use super::{Committer, Gone, pause};
use crate::error::GatewayError;
use crate::place;
use crate::workshop::Prepared;
use futures::future::BoxFuture;
use model::item::VersionState;
use model::limits;
use ports::{Receipt, SinkError, StateChange, Submission};
use std::collections::BTreeMap;

pub(super) type Answer = Result<Receipt, SinkError>;

impl Committer {
    /// Submits each.
    pub(super) async fn submit(
        &self,
        prepared: &[Box<Prepared>],
    ) -> Result<Vec<Answer>, GatewayError> {
        let sink = self.gateway.sink();
        let give = |waiting: &[usize]| {
            let submissions: Vec<Submission> =
                waiting.iter().map(|at| prepared[*at].submission.clone()).collect();
            sink.submit(submissions)
        };
        let mut answers = self.persist(prepared.len(), &give).await?;
        self.settle_known(prepared, &mut answers).await?;
        for (one, answer) in prepared.iter().zip(&mut answers) {
            // A record tells what was so when it was written; what became of it since, the
            // storage or a later record has told already.
            if place::is_record(&one.place) && answer.as_ref().is_err_and(is_brought_back) {
                *answer = Ok(Receipt { outcome: ports::Outcome::AlreadyThere });
            }
        }
        Ok(answers)
    }

    /// Tells what the new names of places say of their versions: that needs no bytes. Where the
    /// centre does not take it, the ledger keeps the old place, and the next pass tells it again.
    pub(super) async fn rename(&self, gone: &mut [Gone]) -> Result<(), GatewayError> {
        let changes: Vec<StateChange> = gone
            .iter()
            .flat_map(|gone| gone.renamed.iter().map(|(_, change)| change.clone()))
            .collect();
        let mut answers = self.change_states(changes).await?.into_iter();
        for gone in gone {
            for (place, _) in &gone.renamed {
                let Some(Err(error)) = answers.next() else { continue };
                if !is_settled(&error) {
                    tracing::warn!(source = self.source.name, %error, "a version kept its state");
                    gone.files.retain(|file| file != place);
                }
            }
        }
        Ok(())
    }

    /// The documents that stood at rewritten places are history, and attachments share the state
    /// of their document. Answers the places of the items of which that does not go through: they
    /// fail for themselves.
    pub(super) async fn supersede(
        &self,
        taken: &[Box<Prepared>],
    ) -> Result<BTreeMap<usize, SinkError>, GatewayError> {
        let mut owners = Vec::new();
        let mut changes = Vec::new();
        for (at, one) in taken.iter().enumerate() {
            let attached = one.attached.iter().map(|unique_id| (unique_id.clone(), one.state));
            for (unique_id, state) in one.superseded.clone().into_iter().chain(attached) {
                owners.push(at);
                changes.push(StateChange { unique_id, state });
            }
        }
        let mut failed: BTreeMap<usize, SinkError> = BTreeMap::new();
        for (owner, answer) in owners.into_iter().zip(self.change_states(changes).await?) {
            match answer {
                Ok(_) => {}
                Err(error) if is_settled(&error) => {
                    tracing::debug!(source = self.source.name, %error, "a version kept its state");
                }
                Err(error) => {
                    failed.entry(owner).or_insert(error);
                }
            }
        }
        Ok(failed)
    }

    /// Gives `count` things to the centre; what it cannot store now is tried again. Where the
    /// centre stands still the pass ends; where it lives and only a few do not go through, those
    /// fail for themselves.
    async fn persist<'a>(
        &'a self,
        count: usize,
        give: &(dyn Fn(&[usize]) -> BoxFuture<'a, Vec<Answer>> + Sync),
    ) -> Result<Vec<Answer>, GatewayError> {
        let mut answers: Vec<Option<Answer>> = vec![None; count];
        let mut waiting: Vec<usize> = (0..count).collect();
        for attempt in 1..=limits::INTAKE_ATTEMPTS {
            if waiting.is_empty() {
                break;
            }
            if attempt > 1 {
                pause(attempt - 1).await;
            }
            let given = give(&waiting).await;
            for (at, answer) in waiting.iter().zip(given) {
                answers[*at] = Some(answer);
            }
            let unavailable = |answer: &Option<Answer>| {
                !matches!(answer, Some(Ok(_) | Err(SinkError::Refused { .. })))
            };
            waiting.retain(|at| unavailable(&answers[*at]));
        }
        let none = || SinkError::Unavailable("it gave no answer".to_owned());
        if let Some(first) = waiting.first()
            && !(self.centre_is_alive().await && is_few(waiting.len(), count))
        {
            let error = answers.swap_remove(*first).and_then(Result::err);
            return Err(GatewayError::CentreUnavailable(Box::new(error.unwrap_or_else(none))));
        }
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(none()))).collect())
    }

    /// Whether the centre answers at all: a document that nobody has must be refused, not put off.
    async fn centre_is_alive(&self) -> bool {
        let nobodys = StateChange { unique_id: "2.25.0".to_owned(), state: VersionState::Deleted };
        let answers = self.gateway.sink().change_states(vec![nobodys]).await;
        matches!(answers.first(), Some(Ok(_) | Err(SinkError::Refused { .. })))
    }

    /// What is there already in another frame gets the state that it has here.
    async fn settle_known(
        &self,
        prepared: &[Box<Prepared>],
        answers: &mut [Answer],
    ) -> Result<(), GatewayError> {
        let known: Vec<usize> = (0..answers.len())
            .filter(|at| answers[*at].as_ref().is_err_and(is_known_in_another_frame))
            .collect();
        let changes = known
            .iter()
            .map(|at| StateChange {
                unique_id: prepared[*at].unique_id.clone(),
                state: prepared[*at].state,
            })
            .collect();
        for (at, answer) in known.iter().zip(self.change_states(changes).await?) {
            answers[*at] = answer;
        }
        Ok(())
    }

    async fn change_states(&self, changes: Vec<StateChange>) -> Result<Vec<Answer>, GatewayError> {
        let sink = self.gateway.sink();
        let give = |waiting: &[usize]| {
            sink.change_states(waiting.iter().map(|at| changes[*at].clone()).collect())
        };
        self.persist(changes.len(), &give).await
    }
}

/// Whether so few of a batch do not go through that it is their own fault.
fn is_few(failed: usize, of: usize) -> bool {
    failed <= 1 || failed * 10 <= of
}
