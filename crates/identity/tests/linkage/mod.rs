//! Record linkage: pairs, persons, explanations, estimation.

mod estimation;
mod explanation;
mod order;
mod pairs;
mod people;
mod persons;
