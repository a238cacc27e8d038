//! The course of each person's care: visits, a stay, and what hospitals record of them.

mod admission;
mod labs;
mod record;
mod visit;

use crate::catalog::disease::{CONDITIONS, Condition};
use crate::day::{Day, Moment};
use crate::document::Kind;
use crate::habits::{SOURCES, SourceSpec};
use crate::item::{Document, Item, Version};
use crate::message::Writer;
use crate::people::Person;
use crate::plan::{RegionError, RegionPlan};
use crate::random::Random;
use model::item::{Storage, VersionState};

/// 特定キー of types without an order.
const NO_ORDER: &str = "999999999999999";

/// One person's course in one source.
struct Course<'a> {
    plan: &'a RegionPlan,
    person: &'a Person,
    source_number: usize,
    writer: Writer<'a>,
    random: Random,
    conditions: Vec<&'static Condition>,
    reference: Day,
    serial: &'a mut u64,
    tick: i64,
    items: Vec<Item>,
}

/// Every item of every person, in the order in which they were made.
pub(crate) fn items(
    plan: &RegionPlan,
    people: &[Person],
    reference: Day,
) -> Result<Vec<Item>, RegionError> {
    let mut items = Vec::new();
    for (source_number, source) in SOURCES.iter().enumerate() {
        let mut serial = 1_000;
        for person in people {
            for (place, membership) in person.memberships.iter().enumerate() {
                if membership.source != source_number {
                    continue;
                }
                let label = format!("course-{}-{}", source.name, person.number);
                let mut course = Course {
                    plan,
                    person,
                    source_number,
                    writer: Writer { source, person, patient_id: &membership.patient_id },
                    random: Random::new(plan.seed, &label),
                    conditions: conditions(plan, person, place, reference),
                    reference,
                    serial: &mut serial,
                    tick: 0,
                    items: Vec::new(),
                };
                course.live(place == 0)?;
                items.append(&mut course.items);
            }
        }
    }
    Ok(items)
}

impl Course<'_> {
    fn source(&self) -> &'static SourceSpec {
        self.writer.source
    }

    /// The first person has every kind of update and deletion, others by chance.
    fn happens(&mut self, percent: usize, is_first_time: bool) -> bool {
        (self.person.number == 0 && is_first_time) || self.random.chance(percent)
    }

    fn live(&mut self, is_home: bool) -> Result<(), RegionError> {
        let [from, to] = self.source().in_use.map(|days| self.reference.plus(days));
        let last = self.death().map_or(to, |death| to.min(death.plus(-20)));
        let first = from.plus(self.random.between(0, 25));
        let days = match self.plan.entries_per_patient {
            None => self.visit_days(first, last),
            Some(_) => Vec::new(),
        };
        for (count, day) in days.iter().enumerate() {
            self.visit(*day, count)?;
        }
        if let Some(entries) = self.plan.entries_per_patient {
            self.fill(entries as usize / self.person.memberships.len().max(1), last)?;
        }
        if is_home {
            match self.death() {
                Some(death) => self.admission(death.plus(-8), 8, true)?,
                None if self.happens(35, true) => {
                    let day = last.plus(-self.random.between(30, 120));
                    let length = self.random.between(8, 16);
                    self.admission(day, length, false)?;
                }
                None => {}
            }
        }
        self.record(first, last);
        Ok(())
    }

    fn visit_days(&mut self, first: Day, last: Day) -> Vec<Day> {
        let interval = *self.random.pick(&[28, 35, 42, 56]).unwrap_or(&35);
        let mut days = Vec::new();
        let mut day = first.weekday();
        while day <= last {
            days.push(day);
            day = day.plus(interval + self.random.between(-3, 3)).weekday();
        }
        days
    }

    /// A long history: a visit every week, backwards in time, until there are enough documents.
    fn fill(&mut self, wanted: usize, last: Day) -> Result<(), RegionError> {
        let mut day = last;
        let mut count = 0;
        while self.items.len() < wanted {
            self.visit(day.plus(-3).weekday(), count)?;
            day = day.plus(-7);
            count += 1;
        }
        Ok(())
    }

    /// One person of the everyday region has died, twenty days before the reference day.
    fn death(&self) -> Option<Day> {
        let has_died = self.person.number == 7 && self.person.is_enrolled;
        has_died.then(|| self.reference.plus(-20))
    }

    fn order_number(&mut self) -> String {
        *self.serial += 1;
        // The last digit numbers the parts of an order.
        let width = self.source().order_width;
        format!("{:0width$}", *self.serial * 10)
    }

    /// When a message of this moment is sent: some seconds later, never twice the same.
    fn sent(&mut self, moment: Moment) -> Moment {
        self.tick += 1;
        moment.plus_ms((self.tick * 1_237) % 50_000)
    }

    /// Whether this vendor's export writes a data type at all.
    fn writes(&self, data_type: &str) -> bool {
        match self.source().vendor {
            "DELTA" => matches!(
                data_type,
                "ADT-00" | "ADT-12" | "ADT-22" | "ADT-52" | "PPR-01" | "OMP-01" | "OML-11"
            ),
            "BETA" => !matches!(data_type, "OMP-11" | "OMD" | "ADT-01" | "ADT-41" | "ADT-42"),
            _ => true,
        }
    }

    /// Adds an item of the standardized storage; its place, if this vendor writes its type.
    fn add(
        &mut self,
        data_type: &str,
        care_day: Option<Day>,
        order_key: &str,
        department: &str,
        sent: Moment,
        document: Document,
    ) -> Option<usize> {
        if !self.writes(data_type) {
            return None;
        }
        let department = match (self.source().vendor, department) {
            ("DELTA", _) => "-",
            ("BETA", "01") => "018",
            (_, other) => other,
        };
        self.items.push(Item {
            source: self.source_number,
            person: self.person.number,
            patient_id: self.writer.patient_id.to_owned(),
            storage: Storage::Standardized,
            data_type: data_type.to_owned(),
            kind_code: String::new(),
            care_day,
            order_key: order_key.to_owned(),
            department: department.to_owned(),
            versions: vec![current(sent, document)],
            report: None,
            examination: None,
        });
        Some(self.items.len() - 1)
    }

    /// Adds a document of the extended storage.
    fn add_document(
        &mut self,
        kind: Kind,
        care_day: Day,
        department: &str,
        sent: Moment,
        document: Document,
    ) -> usize {
        let number = self.order_number();
        // One vendor's content folders have no department.
        let department = if self.source().vendor == "BETA" { "" } else { department };
        self.items.push(Item {
            source: self.source_number,
            person: self.person.number,
            patient_id: self.writer.patient_id.to_owned(),
            storage: Storage::Extended,
            data_type: kind.folder(self.source()),
            kind_code: kind.code(self.source()),
            care_day: Some(care_day),
            order_key: number,
            department: department.to_owned(),
            versions: vec![current(sent, document)],
            report: None,
            examination: None,
        });
        self.items.len() - 1
    }

    fn item(&mut self, place: Option<usize>) -> Option<&mut Item> {
        place.and_then(|at| self.items.get_mut(at))
    }
}

fn current(sent: Moment, document: Document) -> Version {
    Version {
        sent,
        recorded: sent,
        state: VersionState::Current,
        is_delete_message: false,
        document,
    }
}

/// The home hospital treats everything, the others one thing each.
fn conditions(
    plan: &RegionPlan,
    person: &Person,
    place: usize,
    reference: Day,
) -> Vec<&'static Condition> {
    let mut random = Random::new(plan.seed, &format!("conditions-{}", person.number));
    let age = person.age_on(reference);
    let possible: Vec<&Condition> =
        CONDITIONS.iter().filter(|condition| condition.age <= age).collect();
    let wanted = if age < 35 { 1 } else { random.between(2, 3) as usize };
    let first = random.below(possible.len());
    let mut all: Vec<&Condition> = (0..wanted.min(possible.len()))
        .filter_map(|at| possible.get((first + at * 2 + at / 2) % possible.len()).copied())
        .collect();
    all.dedup_by_key(|condition| condition.disease.number);
    match place {
        0 => all,
        _ => all.get(place % all.len().max(1)).copied().into_iter().collect(),
    }
}
