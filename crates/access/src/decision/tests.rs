use super::*;
use crate::Role;
use Category::{Document, Laboratory, Patient, Prescription};

const CLINIC: i64 = 10;
const CENTRAL: i64 = 1;
const PREFECTURAL: i64 = 2;
const NOW: Timestamp = Timestamp(1_000);

fn viewer(role: Role) -> Viewer {
    Viewer { account_id: 7, facility_id: CLINIC, role }
}

fn consent(permit: bool) -> Consent {
    Consent {
        id: if permit { 1 } else { 2 },
        person_id: 5,
        discloser_facility_id: None,
        viewer_facility_id: CLINIC,
        kinds: Kinds::All,
        permit,
        from: Timestamp(0),
        until: None,
        withdrawn: None,
        basis: String::new(),
        actor: String::new(),
        created: Timestamp(0),
    }
}

fn from(discloser: i64, consent: Consent) -> Consent {
    Consent { discloser_facility_id: Some(discloser), ..consent }
}

fn only(kinds: &[Category], consent: Consent) -> Consent {
    Consent { kinds: Kinds::Only(kinds.to_vec()), ..consent }
}

fn decided(consents: &[Consent]) -> Decision {
    decide(&viewer(Role::Doctor), 5, &[50, 51], consents, NOW)
}

/// name, consents, outcome, laboratory of central, laboratory of prefectural, documents of
/// central, laboratory without a source
type Case = (&'static str, Vec<Consent>, DecisionOutcome, bool, bool, bool, bool);

#[test]
fn each_rule_opens_and_closes_what_it_names() {
    use DecisionOutcome::{Denied, NoConsent, Permitted};
    let permit = || consent(true);
    let deny = || consent(false);
    let cases: Vec<Case> = vec![
        ("nothing said", vec![], NoConsent, false, false, false, false),
        ("all facilities, all kinds", vec![permit()], Permitted, true, true, true, true),
        ("one facility", vec![from(CENTRAL, permit())], Permitted, true, false, true, false),
        ("one kind", vec![only(&[Laboratory], permit())], Permitted, true, true, false, true),
        ("no kind", vec![only(&[], permit())], Denied, false, false, false, false),
        ("a denial alone", vec![deny()], NoConsent, false, false, false, false),
        ("denial beats permission", vec![permit(), deny()], Denied, false, false, false, false),
        ("whichever was first", vec![deny(), permit()], Denied, false, false, false, false),
        (
            "but a facility",
            vec![permit(), from(CENTRAL, deny())],
            Permitted,
            false,
            true,
            false,
            false,
        ),
        (
            "but a kind",
            vec![permit(), only(&[Document], deny())],
            Permitted,
            true,
            true,
            false,
            true,
        ),
        (
            "but a kind of a facility",
            vec![permit(), from(CENTRAL, only(&[Laboratory], deny()))],
            Permitted,
            false,
            true,
            true,
            false,
        ),
        (
            "all that is permitted is denied",
            vec![from(CENTRAL, only(&[Laboratory], permit())), only(&[Laboratory], deny())],
            Denied,
            false,
            false,
            false,
            false,
        ),
        (
            "two permissions add up",
            vec![from(CENTRAL, only(&[Laboratory], permit())), from(PREFECTURAL, permit())],
            Permitted,
            true,
            true,
            false,
            false,
        ),
        (
            "another viewing facility's permission",
            vec![Consent { viewer_facility_id: 11, ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        (
            "another viewing facility's denial",
            vec![permit(), Consent { viewer_facility_id: 11, ..deny() }],
            Permitted,
            true,
            true,
            true,
            true,
        ),
        (
            "another person's permission",
            vec![Consent { person_id: 6, ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        (
            "withdrawn",
            vec![Consent { withdrawn: Some(NOW), ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        (
            "withdrawn by a clock that ran ahead",
            vec![Consent { withdrawn: Some(Timestamp(2_000)), ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        (
            "a withdrawn denial",
            vec![permit(), Consent { withdrawn: Some(NOW), ..deny() }],
            Permitted,
            true,
            true,
            true,
            true,
        ),
        (
            "not yet begun",
            vec![Consent { from: Timestamp(1_001), ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        ("begins now", vec![Consent { from: NOW, ..permit() }], Permitted, true, true, true, true),
        (
            "ends now",
            vec![Consent { until: Some(NOW), ..permit() }],
            NoConsent,
            false,
            false,
            false,
            false,
        ),
        (
            "ends next",
            vec![Consent { until: Some(Timestamp(1_001)), ..permit() }],
            Permitted,
            true,
            true,
            true,
            true,
        ),
        (
            "an ended denial",
            vec![permit(), Consent { until: Some(NOW), ..deny() }],
            Permitted,
            true,
            true,
            true,
            true,
        ),
        (
            "an unreadable permission",
            vec![Consent { kinds: Kinds::Unreadable, ..permit() }],
            Denied,
            false,
            false,
            false,
            false,
        ),
        (
            "an unreadable denial",
            vec![permit(), Consent { kinds: Kinds::Unreadable, ..deny() }],
            Denied,
            false,
            false,
            false,
            false,
        ),
    ];
    for (name, consents, outcome, central, prefectural, documents, unsourced) in cases {
        let decision = decided(&consents);
        let seen = &decision.visibility;
        assert_eq!(decision.outcome, outcome, "{name}");
        assert_eq!(seen.is_empty(), outcome != Permitted, "{name}");
        assert_eq!(seen.permits(CENTRAL, Laboratory), central, "{name}: central");
        assert_eq!(seen.permits(PREFECTURAL, Laboratory), prefectural, "{name}: prefectural");
        assert_eq!(seen.permits(CENTRAL, Document), documents, "{name}: documents");
        assert_eq!(seen.permits_unsourced(Laboratory), unsourced, "{name}: unsourced");
        let identities: &[i64] = if outcome == Permitted { &[50, 51] } else { &[] };
        assert_eq!(seen.identities(), identities, "{name}");
    }
}

#[test]
fn no_consent_opens_more_than_the_duty() {
    let of = |role| decide(&viewer(role), 5, &[50], &[consent(true)], NOW);
    let staff = of(Role::Staff);
    assert_eq!(staff.outcome, DecisionOutcome::Permitted);
    assert_eq!(staff.visibility.categories(CENTRAL), vec![Patient]);
    let operator = of(Role::Operator);
    assert_eq!(operator.outcome, DecisionOutcome::Role);
    assert!(operator.visibility.is_empty());
    assert!(operator.visibility.categories(CENTRAL).is_empty());
    let clinical =
        decide(&viewer(Role::Staff), 5, &[50], &[only(&[Prescription], consent(true))], NOW);
    assert_eq!(clinical.outcome, DecisionOutcome::Denied);
}

#[test]
fn a_person_without_an_enrolled_identity_is_closed() {
    let decision = decide(&viewer(Role::Doctor), 5, &[], &[consent(true)], NOW);
    assert_eq!(decision.outcome, DecisionOutcome::NotEnrolled);
    assert!(!decision.visibility.permits(CENTRAL, Laboratory));
}

#[test]
fn the_audit_names_what_the_decision_rests_on() {
    let detail: serde_json::Value =
        serde_json::from_str(&decided(&[consent(true), consent(false)]).audit_detail()).unwrap();
    assert_eq!(detail["decision"], "denied");
    assert_eq!(detail["viewer_facility"], CLINIC);
    assert_eq!(detail["consents"], serde_json::json!([1, 2]));
}

#[test]
fn the_period_shown_spans_the_permissions() {
    let until = |end| Consent { until: Some(Timestamp(end)), ..consent(true) };
    let period = |consents: &[Consent]| decided(consents).visibility.consent_period();
    assert_eq!(period(&[until(2_000), until(3_000)]), Some((Timestamp(0), Some(Timestamp(3_000)))));
    assert_eq!(period(&[until(2_000), consent(true)]), Some((Timestamp(0), None)));
    assert_eq!(period(&[]), None);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn any_consent() -> impl Strategy<Value = Consent> {
        (
            prop::option::of(0_i64..4),
            9_i64..12,
            prop::option::of(prop::collection::vec(prop::sample::select(Category::ALL), 0..4)),
            any::<bool>(),
            0_i64..2_000,
            prop::option::of(0_i64..2_000),
            prop::bool::weighted(0.2),
        )
            .prop_map(|(discloser, viewer, kinds, permit, from, until, withdrawn)| {
                Consent {
                    discloser_facility_id: discloser,
                    viewer_facility_id: viewer,
                    kinds: kinds.map_or(Kinds::All, Kinds::Only),
                    from: Timestamp(from),
                    until: until.map(Timestamp),
                    withdrawn: withdrawn.then_some(Timestamp(0)),
                    ..consent(permit)
                }
            })
    }

    proptest! {
        #[test]
        fn adding_a_denial_never_opens_and_order_never_matters(
            consents in prop::collection::vec(any_consent(), 0..6),
            denial in any_consent(),
        ) {
            let before = decided(&consents).visibility;
            let mut more = consents.clone();
            more.insert(0, Consent { permit: false, ..denial });
            let after = decided(&more).visibility;
            let mut reversed = more.clone();
            reversed.reverse();
            let turned = decided(&reversed).visibility;
            for facility in 0..5 {
                for kind in Category::ALL {
                    prop_assert!(before.permits(facility, *kind) || !after.permits(facility, *kind));
                    prop_assert_eq!(turned.permits(facility, *kind), after.permits(facility, *kind));
                    prop_assert!(!after.permits_unsourced(*kind) || after.permits(facility, *kind));
                }
            }
            let open = (0..5).any(|facility| !before.categories(facility).is_empty());
            prop_assert_eq!(before.is_empty(), !open);
        }
    }
}

#[test]
fn what_a_facility_restricts_stays_with_its_own_people() {
    let seen = |facility: i64| {
        let viewer = Viewer { facility_id: facility, ..viewer(Role::Doctor) };
        let to_it = Consent { viewer_facility_id: facility, ..consent(true) };
        decide(&viewer, 5, &[50], &[to_it], NOW).visibility
    };
    let (clinic, central) = (seen(CLINIC), seen(CENTRAL));
    assert!(clinic.permits_from(Some(CENTRAL), Laboratory, false));
    assert!(!clinic.permits_from(Some(CENTRAL), Laboratory, true), "whatever consent opens");
    assert!(central.permits_from(Some(CENTRAL), Laboratory, true));
    assert!(!central.permits_from(Some(PREFECTURAL), Laboratory, true));
    assert!(clinic.permits_from(None, Laboratory, false));
    assert!(!clinic.permits_from(None, Laboratory, true), "nobody's own");
    let nothing_said = decide(&viewer(Role::Doctor), 5, &[50], &[], NOW).visibility;
    assert!(!nothing_said.permits_from(Some(CLINIC), Laboratory, true), "own, without consent");
}
