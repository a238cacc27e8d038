//! Numbers of the hospital's other systems that lead to the DICOM server's own: by a configured
//! rule between the two domains, and only where name, birth date and sex bear it out. A number of
//! another domain never goes into a query.

use crate::dicom::find::StudyAnswer;
use crate::dicom::patient::{is_askable, own_answers};
use crate::dicom::person::{self, Likeness};
use crate::dicom::server::{Associations, Fault};
use crate::dicom::trouble;
use crate::dicom::turn::Turn;
use crate::error::GatewayError;
use model::reason::Reason;
use ports::{DemographicsUpdate, FeedError};
use store::domain::{self, DomainRule};
use store::intake::{self, FileRow};
use store::person::{Identity, identities_by_local_ids};
use store::source as rows;
use store::{StoreError, Tx};

/// Numbers read at one time.
const PAGE_ROWS: u32 = 500;

/// A patient of another domain, and the number that a rule gives at the server.
#[derive(Debug, Clone)]
struct Candidate {
    other: Identity,
    number: String,
}

/// Tells the identity feed of patients whom a rule leads to and demographics bear out; whether
/// they are enrolled is the feed's to decide. Those looked for before are looked for again only
/// where `again`.
///
/// # Errors
/// The server is not reached, the feed takes nothing.
pub(crate) async fn introduce(turn: &Turn, again: bool) -> Result<(), GatewayError> {
    let domain_id = turn.source.domain.id;
    let read = turn
        .gateway
        .store()
        .read(move |tx| -> Result<_, StoreError> { domain::rules_of_domain(tx, domain_id) });
    let rules: Vec<DomainRule> =
        read.await?.into_iter().filter(|rule| rule.to_domain_id == domain_id).collect();
    let mut associations = Associations::new(&turn.server);
    for rule in rules {
        let mut after = String::new();
        while let Some((candidates, last)) = page(turn, &rule, after, again).await? {
            after = last;
            for candidate in candidates {
                turn.check().await?;
                look_for(turn, &mut associations, &candidate).await?;
            }
        }
    }
    associations.release().await;
    Ok(())
}

/// A page of those whom a rule gives a number that nobody has here; `None` behind the last one.
async fn page(
    turn: &Turn,
    rule: &DomainRule,
    after: String,
    again: bool,
) -> Result<Option<(Vec<Candidate>, String)>, GatewayError> {
    let (rule, source_id) = (rule.clone(), turn.source.id);
    let read = turn.gateway.store().read(move |tx: &mut Tx| -> Result<_, StoreError> {
        let page = rows::enrolled(tx, rule.from_domain_id, &after, PAGE_ROWS)?;
        let Some(last) = page.last().cloned() else { return Ok(None) };
        let others = identities_by_local_ids(tx, rule.from_domain_id, &page)?;
        let mut candidates: Vec<Candidate> = others
            .into_iter()
            .filter_map(|other| {
                let number = rule.rule.apply(&other.local_id)?;
                Some(Candidate { other, number })
            })
            .collect();
        let numbers: Vec<String> = candidates.iter().map(|one| one.number.clone()).collect();
        let known = identities_by_local_ids(tx, rule.to_domain_id, &numbers)?;
        let looked_for = match again {
            true => Vec::new(),
            false => intake::listed_patients(tx, source_id, &numbers)?,
        };
        candidates.retain(|one| {
            known.iter().all(|known| known.local_id != one.number)
                && !looked_for.contains(&one.number)
        });
        Ok(Some((candidates, last)))
    });
    Ok(read.await?)
}

async fn look_for(
    turn: &Turn,
    associations: &mut Associations<'_>,
    candidate: &Candidate,
) -> Result<(), GatewayError> {
    let Candidate { other, number } = candidate;
    if !is_askable(number) {
        return Ok(());
    }
    let answers = match associations.studies(number, turn.now()).await {
        Ok(answers) => answers,
        Err(Fault::Refused(_)) => return Ok(()),
        Err(broken) => return Err(turn.down(broken)),
    };
    let (own, _) = own_answers(turn, number, answers).await?;
    let place = format!("dicom/number/{}/{}", other.domain_oid, other.local_id);
    let likeness = own.iter().map(|answer| person::compare(&answer.person, &other.demographics));
    match (own.first(), whole(likeness)) {
        (None, _) => {}
        (Some(answer), Likeness::Same) => {
            tell(turn, number, answer).await?;
            trouble::leave(turn, place).await?;
        }
        (Some(_), likeness) => {
            let detail = match likeness {
                Likeness::Other(field) => format!(
                    "the rule between the numbers leads to another human at the DICOM server \
                     (the {field} differs): nothing is fetched"
                ),
                _ => "the rule between the numbers is not borne out: name, birth date or sex is \
                      not known on one side; nothing is fetched"
                    .to_owned(),
            };
            let reason = Reason::PatientMismatch;
            trouble::keep(turn, place, &other.local_id, reason, &detail).await?;
        }
    }
    mark_looked_for(turn, number).await
}

/// All answers together: the worst counts.
fn whole(all: impl Iterator<Item = Likeness>) -> Likeness {
    all.fold(Likeness::Same, |worst, one| match (worst, one) {
        (Likeness::Other(field), _) | (_, Likeness::Other(field)) => Likeness::Other(field),
        (Likeness::Open, _) | (_, Likeness::Open) => Likeness::Open,
        (Likeness::Same, Likeness::Same) => Likeness::Same,
    })
}

async fn tell(turn: &Turn, number: &str, answer: &StudyAnswer) -> Result<(), GatewayError> {
    let unavailable = |error: FeedError| GatewayError::CentreUnavailable(Box::new(error));
    let (feed, domain_oid) = (turn.gateway.feed(), turn.source.domain.oid.clone());
    let introduced =
        feed.introduce(domain_oid.clone(), vec![number.to_owned()], turn.source.name.clone());
    introduced.await.map_err(unavailable)?;
    let update = DemographicsUpdate {
        domain_oid,
        local_id: number.to_owned(),
        demographics: person::demographics(&answer.person),
        sent: answer.said.study_date.clone(),
        authoritative: false,
    };
    for told in feed.update(vec![update]).await {
        match told {
            // The domain's sources only keep those whom they tell of first.
            Ok(()) | Err(FeedError::NotEnrolled { .. }) => {}
            Err(error) => return Err(unavailable(error)),
        }
    }
    Ok(())
}

async fn mark_looked_for(turn: &Turn, number: &str) -> Result<(), GatewayError> {
    let (source_id, now, number) = (turn.source.id, turn.now(), number.to_owned());
    let mark = FileRow {
        path: intake::COMPLETED_MARK.to_vec(),
        size: 0,
        modified_us: now.0,
        outcome: "looked for".to_owned(),
        unique_id: String::new(),
    };
    turn.write(move |tx| intake::put_file(tx, source_id, &number, &mark)).await
}
