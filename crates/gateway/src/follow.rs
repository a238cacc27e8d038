//! Following a source: by its transaction storage, or by comparing directories.

use crate::dicom::{ImagePlan, KIND_DICOM};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::pass::{self, PassPlan, Patients};
use crate::pull::PullControl;
use crate::session::Session;
use crate::transactions;
use store::intake::PullCounts;

/// How one turn of following goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FollowMode {
    /// Newly enrolled patients' folders, then the transaction storage; without one, everything
    /// is compared.
    News,
    /// As [`FollowMode::News`]; and the extended roots are compared where no transaction storage
    /// tells of them.
    NewsAndExtended,
    /// Everything is compared: renames and re-exports bypass a transaction storage.
    Reconcile,
}

impl Gateway {
    /// One turn of following a source.
    ///
    /// With a transaction storage: the folders of newly enrolled patients are read first
    /// (transaction files do not reach back), then the records from the cursor on. Without one,
    /// or for [`FollowMode::Reconcile`], the folders of all enrolled patients are compared with
    /// the ledger by name, size and time; files may be rewritten in place, so the time of a
    /// folder says nothing.
    ///
    /// A DICOM server is asked for the studies of every enrolled patient; outside of its hours
    /// only for those of newcomers, and nothing is fetched.
    ///
    /// # Errors
    /// As [`Gateway::pull`].
    pub async fn follow_once(
        &self,
        name: &str,
        mode: FollowMode,
        control: &PullControl,
    ) -> Result<PullCounts, GatewayError> {
        let source = self.source(name).await?;
        let is_news = mode != FollowMode::Reconcile;
        if source.kind == KIND_DICOM {
            let plan = match (is_news, source.settings.allows(self.now())) {
                (_, false) => ImagePlan::LIST,
                (true, true) => ImagePlan::NEWS,
                (false, true) => ImagePlan::ALL,
            };
            return self.pull_images(source, plan, control).await;
        }
        let by_transactions = is_news && source.transaction_roots().next().is_some();
        let row_mode = if is_news { "follow" } else { "pull" };
        let frozen = source.settings.frozen;
        let with_extended = mode == FollowMode::NewsAndExtended && source.compares_extended();
        let mut session = Session::begin(self, source, row_mode, &control.stop).await?;
        let plan = PassPlan { progress: control.progress.clone(), ..PassPlan::default() };
        let worked = match (by_transactions, frozen && is_news) {
            // Nobody writes a frozen storage; only who is new in it has to be read.
            (_, true) => {
                pass::run(&mut session, PassPlan { patients: Patients::New, ..plan }).await
            }
            (false, false) => pass::run(&mut session, plan).await,
            (true, false) => by_records(&mut session, plan, with_extended).await,
        };
        session.end(worked).await
    }
}

async fn by_records(
    session: &mut Session,
    plan: PassPlan,
    with_extended: bool,
) -> Result<(), GatewayError> {
    pass::run(session, PassPlan { patients: Patients::New, ..plan.clone() }).await?;
    let changed = transactions::follow(session).await?;
    if !changed.is_empty() {
        // A record of the extended storage carries a text at most; the folder has the document.
        pass::run(session, PassPlan { patients: Patients::Some(changed), ..plan.clone() }).await?;
    }
    if with_extended {
        pass::run(session, PassPlan { extended_only: true, ..plan }).await?;
    }
    Ok(())
}
