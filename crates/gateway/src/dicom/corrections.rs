//! What a source changes afterwards: a study that is another patient's now is hidden at once, one
//! that its source does not show any more is flagged. Nothing is removed because a list is empty.

use crate::dicom::fetch::quarantine;
use crate::dicom::find::StudyAnswer;
use crate::dicom::patient::own_answers;
use crate::dicom::server::{Associations, Fault};
use crate::dicom::turn::Turn;
use crate::error::GatewayError;
use model::reason::Reason;
use store::study::{self, StudyRow};

/// Code of the reason for which a study is hidden that is another patient's at its source.
pub(crate) const MOVED: &str = "moved";

/// Looks for studies that are known of a patient and that the server does not list any more.
///
/// # Errors
/// The server is not reached.
pub(crate) async fn look(
    turn: &Turn,
    associations: &mut Associations<'_>,
    (patient_id, own): (&str, &[StudyAnswer]),
    before: &[StudyRow],
) -> Result<(), GatewayError> {
    let is_listed = |row: &&StudyRow| own.iter().any(|one| one.uid == row.study_instance_uid);
    for row in before.iter().filter(|row| row.hidden.is_none() && !is_listed(row)) {
        turn.check().await?;
        let now_told = match associations.study(&row.study_instance_uid).await {
            Ok(answers) => answers,
            Err(Fault::Refused(_)) => Vec::new(),
            Err(broken) => return Err(turn.down(broken)),
        };
        let found = now_told.len();
        let (mine, others) = own_answers(turn, patient_id, now_told).await?;
        match (mine.is_empty(), others) {
            (false, 0) => {}
            (_, 1..) => hide_moved(turn, row, patient_id).await?,
            (true, 0) => flag(turn, row, found).await?,
        }
    }
    Ok(())
}

async fn hide_moved(turn: &Turn, row: &StudyRow, patient_id: &str) -> Result<(), GatewayError> {
    let (id, now) = (row.id, turn.now());
    turn.write(move |tx| study::set_hidden(tx, id, Some(MOVED), now)).await?;
    let detail = "the study is another patient's at its source now; our copy is hidden";
    quarantine(turn, row, patient_id, Reason::StudyMoved, detail).await
}

async fn flag(turn: &Turn, row: &StudyRow, found: usize) -> Result<(), GatewayError> {
    if row.disappeared.is_some() {
        return Ok(());
    }
    tracing::warn!(
        source = turn.source.name,
        study = row.study_instance_uid,
        found,
        "the source does not show a study any more; what is here stays"
    );
    let (id, now) = (row.id, turn.now());
    turn.write(move |tx| study::set_disappeared(tx, id, Some(now))).await
}
