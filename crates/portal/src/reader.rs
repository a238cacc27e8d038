//! Who reads: every page but the sign-in begins with [`PortalState::reader`], every page of a
//! patient goes on with [`PortalState::patient`].

use crate::call::Call;
use crate::patient::{self, Found, Patient};
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use store::Tx;
use store::audit::{Action, Outcome};

pub use page::reader::{Reader, render};

/// What a page of a patient shows, for the audit record.
#[derive(Debug, Clone)]
pub struct Subject {
    /// View or Export.
    pub action: Action,
    /// Which page, of which document.
    pub detail: serde_json::Value,
}

impl Subject {
    /// A page that is looked at.
    pub fn view(page: &str) -> Subject {
        Subject { action: Action::View, detail: serde_json::json!({ "page": page }) }
    }

    /// A document that is looked at, or whose bytes leave.
    pub fn document(action: Action, page: &str, document_id: i64) -> Subject {
        Subject { action, detail: serde_json::json!({ "page": page, "document": document_id }) }
    }
}

impl PortalState {
    /// The signed-in person of a request.
    pub async fn reader(&self, call: &Call) -> Result<Reader, Refusal> {
        Reader::of(call, &self.accounts, self.clock.as_ref()).await
    }

    /// Opens a patient, reads with `read` and audits, all in one transaction. Where `read` gives
    /// `None` (no such document, or none that may be seen) the answer is the same as for no such
    /// patient, and the attempt is audited as refused.
    pub async fn patient<T, F>(
        &self,
        call: &Call,
        reader: &Reader,
        person_id: i64,
        subject: Subject,
        read: F,
    ) -> Result<(Patient, T), Refusal>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx, &Reader, &Patient) -> Result<Option<T>, Kind> + Send + 'static,
    {
        let (reader, mut read) = (reader.clone(), read);
        let found = self
            .store
            .write(move |tx| patient_page(tx, &reader, person_id, &subject, &mut read))
            .await
            .map_err(|kind| Refusal::new(call, kind))?;
        let Some((patient, value)) = found else {
            return Err(Refusal::new(call, Kind::NotFound));
        };
        match &call.banner {
            Some(mark) if *mark != patient.banner.mark => {
                Err(Refusal::new(call, Kind::OtherPatient))
            }
            None if call.fragment => Err(Refusal::new(call, Kind::OtherPatient)),
            _ => Ok((patient, value)),
        }
    }

    /// Reads outside any patient's record: searches, lists, states of sources.
    pub async fn use_case<T, F>(&self, call: &Call, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Kind> + Send + 'static,
    {
        self.store.write(work).await.map_err(|kind| Refusal::new(call, kind))
    }
}

fn patient_page<T>(
    tx: &mut Tx,
    reader: &Reader,
    person_id: i64,
    subject: &Subject,
    read: &mut impl FnMut(&mut Tx, &Reader, &Patient) -> Result<Option<T>, Kind>,
) -> Result<Option<(Patient, T)>, Kind> {
    let patient = match patient::find(tx, reader, person_id)? {
        Found::Open(patient) => patient,
        Found::Closed { person_id, detail } => {
            reader.audit(tx, Action::Denied, Outcome::MinorFailure, person_id, &detail)?;
            return Ok(None);
        }
    };
    let value = read(tx, reader, &patient)?;
    let mut detail = subject.detail.clone();
    if let (Some(all), Some(consents)) = (detail.as_object_mut(), patient.decision_detail()) {
        all.insert("decision".to_owned(), consents);
    }
    let person = Some(patient.person_id);
    if value.is_some() {
        reader.audit(tx, subject.action, Outcome::Success, person, &detail)?;
    } else {
        reader.audit(tx, Action::Denied, Outcome::MinorFailure, person, &detail)?;
    }
    Ok(value.map(|value| (*patient, value)))
}
