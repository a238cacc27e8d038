//! Questions and their answers, each with the rule that it follows.

use super::centre::{
    Centre, HANAKO, HOSPITAL_A, HOSPITAL_B, ii, parameter, query, record, replaced, wrapped,
};
use crate::support::server::Answer;

#[test]
fn every_interaction_has_its_answer() {
    let centre = Centre::start();
    let mut all = String::new();
    for (rule, interaction, message) in messages() {
        let answer = centre.send(interaction, &message);
        all.push_str(&format!("{interaction}: {rule}\n{}\n", shown(&answer)));
    }
    insta::assert_snapshot!(all);
}

/// What is sent, in order.
fn messages() -> Vec<(&'static str, &'static str, String)> {
    let (add, merge, pix, pdq) =
        ("PRPA_IN201301UV02", "PRPA_IN201304UV02", "PRPA_IN201309UV02", "PRPA_IN201305UV02");
    let (in_a, in_b) = (ii(HOSPITAL_A, "1"), ii(HOSPITAL_B, "9"));
    let of = |extension| parameter("patientIdentifier", HOSPITAL_A, extension);
    let source = |root| parameter("dataSource", root, "");
    let unnamed = "<name nullFlavor=\"NA\"/>";
    let name = "<livingSubjectName><value use=\"SRCH\"><family>ヤマ</family></value>\
                <semanticsText>x</semanticsText></livingSubjectName>";
    let scope = |root| parameter("otherIDsScopingOrganization", root, "");
    let cancel = wrapped(
        "QUQI_IN000003UV01",
        "c1",
        "<queryContinuation><queryId root=\"1.2.392.77.1\" extension=\"d1\"/>\
         <continuationQuantity value=\"0\"/><statusCode code=\"aborted\"/></queryContinuation>",
    );
    vec![
        (
            "3.44.4.1: registered under both IDs",
            add,
            record(add, "f1", (&format!("{in_a}{in_b}"), HANAKO), ""),
        ),
        (
            "3.44.4.1: another of the first hospital",
            add,
            record(add, "f2", (&ii(HOSPITAL_A, "2"), HANAKO), ""),
        ),
        (
            "3.44.4.1.1: a domain that nobody serves",
            add,
            record(add, "f3", (&ii("1.9.9", "1"), HANAKO), ""),
        ),
        (
            "3.44.4.2: 2 names nobody any more",
            merge,
            record(merge, "f4", (&in_a, unnamed), &replaced(HOSPITAL_A, "2")),
        ),
        (
            "3.44.4.2: an ID into itself",
            merge,
            record(merge, "f5", (&in_a, unnamed), &replaced(HOSPITAL_A, "1")),
        ),
        (
            "3.45.4.2.3 case 1: partners in the wanted domain",
            pix,
            query(pix, "q1", &format!("{}{}", source(HOSPITAL_B), of("1"))),
        ),
        (
            "3.45.4.2.3 case 3: none in the wanted domain",
            pix,
            query(pix, "q2", &format!("{}{}", source(HOSPITAL_A), of("1"))),
        ),
        ("3.45.4.2.3 case 4: the ID was merged", pix, query(pix, "q3", &of("2"))),
        (
            "3.45.4.2.3 case 5: the second domain is not known",
            pix,
            query(pix, "q4", &format!("{}{}{}", source(HOSPITAL_B), source("1.9.9"), of("1"))),
        ),
        (
            "3.47.4.2.3 case 2: found by its reading",
            pdq,
            query(pdq, "d1", &format!("{name}{}", scope(HOSPITAL_A))),
        ),
        ("3.47.4.2.3: nobody fits", pdq, query(pdq, "d2", &name.replace("ヤマ", "スズ"))),
        (
            "3.47.4.2.3 case 3: a domain that is not known",
            pdq,
            query(pdq, "d3", &format!("{name}{}", scope("1.9.9"))),
        ),
        ("3.47.4.3.3: what is over is cancelled", "QUQI_IN000003UV01_Cancel", cancel),
    ]
}

/// The body of an answer, an element a line, without what differs from run to run.
fn shown(answer: &Answer) -> String {
    let text = answer.text();
    let (_, body) = text.split_once("<env:Body>").unwrap();
    let (body, _) = body.split_once("</env:Body>").unwrap();
    let mut lines = Vec::new();
    let apart = body.replace("><", ">\n<");
    for line in apart.lines() {
        let line = match line {
            id if id.starts_with("<id root=\"1.2.392.9.4\" extension=") => "<id (of the message)/>",
            time if time.starts_with("<creationTime") => "<creationTime (now)/>",
            community if community.contains("root=\"1.2.392.9.1\"") => "<id (community ID)/>",
            other => other,
        };
        lines.push(line);
    }
    format!("{}\n{}\n", answer.status, lines.join("\n"))
}
