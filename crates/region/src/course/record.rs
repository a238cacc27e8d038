//! What is kept of a patient without a date: their data, allergies, problem list.

use super::{Course, NO_ORDER};
use crate::catalog::disease::{ALLERGENS, ENDED, PNEUMONIA, SUSPECTED};
use crate::day::Day;
use crate::message::patient::{Course as ProblemCourse, Problem};

impl Course<'_> {
    pub(super) fn record(&mut self, first: Day, last: Day) {
        self.patient(first, last);
        if self.happens(55, true) {
            self.allergies(first);
        }
        self.problems(first, last);
    }

    fn patient(&mut self, first: Day, last: Day) {
        let height = self.random.between(1_450, 1_790);
        let weight = self.random.between(420, 820);
        let sent = self.sent(first.at(8, 40));
        let document = self.writer.patient_data(sent, height, weight);
        let place = self.add("ADT-00", None, NO_ORDER, "-", sent, document);
        if self.happens(25, true) {
            let sent = self.sent(last.at(8, 45));
            let document = self.writer.patient_data(sent, height, weight + 13);
            if let Some(item) = self.item(place) {
                item.supersede(sent, document);
            }
        }
    }

    fn allergies(&mut self, first: Day) {
        let start = self.random.below(ALLERGENS.len());
        let count = self.random.between(1, 2) as usize;
        let chosen: Vec<usize> =
            (0..count).map(|offset| (start + offset) % ALLERGENS.len()).collect();
        let sent = self.sent(first.at(9, 50));
        let document = self.writer.allergies(sent, &chosen);
        self.add("ADT-61", None, NO_ORDER, "-", sent, document);
    }

    /// The problem list is one file; every change is a new snapshot of the whole list.
    fn problems(&mut self, first: Day, last: Day) {
        let mut problems: Vec<Problem> = self
            .conditions
            .iter()
            .enumerate()
            .map(|(at, condition)| Problem {
                disease: condition.disease,
                department: condition.department,
                since: first,
                course: ProblemCourse::Active { is_main: at == 0 },
            })
            .collect();
        let department = problems.first().map_or(["01", "内科"], |problem| problem.department);
        let sent = self.sent(first.at(11, 0));
        let document = self.writer.problems(sent, &problems);
        let place = self.add("PPR-01", None, NO_ORDER, department[0], sent, document);
        let later = first.plus((last.0 - first.0) / 2);
        let added = |disease, course| Problem { disease, department, since: later, course };
        if self.happens(40, true) {
            let disease = *self.random.pick(SUSPECTED).unwrap_or(&SUSPECTED[0]);
            problems.push(added(disease, ProblemCourse::Suspected));
        }
        if self.happens(40, true) {
            let disease = *self.random.pick(ENDED).unwrap_or(&ENDED[0]);
            problems.push(added(disease, ProblemCourse::Ended(later.plus(14))));
        }
        if self.items.iter().any(|item| item.data_type == "ADT-22") {
            problems.push(added(PNEUMONIA, ProblemCourse::Active { is_main: false }));
        }
        let sent = self.sent(last.at(16, 30));
        let document = self.writer.problems(sent, &problems);
        if let Some(item) = self.item(place) {
            item.supersede(sent, document);
        }
    }
}
