//! Signing in, sessions and accounts, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use access::{
    AccessError, AccountSecrets, Accounts, CodeOutcome, NewAccount, Origin, PasswordOutcome,
    Preferences, Role, SessionContext, SessionState, SessionToken, second_factor,
};
use model::{Clock, Timestamp};
use std::sync::Arc;
use store::StoreError;
use store::audit::AuditEvent;
use store::source::{self, FacilityRow};
use testkit::{CountingIds, ManualClock, TestStore, for_each_engine};
use tokio::runtime::Runtime;

const PASSWORD: &str = "tuki-ga-kirei-desu";
const MINUTE_US: i64 = 60 * Timestamp::SECOND_US;

struct World {
    accounts: Accounts,
    clock: Arc<ManualClock>,
    secrets: AccountSecrets,
    runtime: Runtime,
    store: store::Store,
}

impl World {
    fn new(store: &TestStore) -> World {
        store.write_blocking(|tx| source::insert_facility(tx, &clinic(), 0)).unwrap();
        let clock = Arc::new(ManualClock::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let accounts = Accounts::new(store.store(), clock.clone(), Arc::new(CountingIds::new()));
        let secrets = runtime.block_on(accounts.create(sato(), "operator")).unwrap();
        World { accounts, clock, secrets, runtime, store: store.store() }
    }

    fn password(&self, login: &str, password: &str) -> PasswordOutcome {
        let origin = Origin { address: "192.0.2.7".into() };
        self.runtime.block_on(self.accounts.check_password(login, password, origin)).unwrap()
    }

    fn code(&self, token: &SessionToken, code: &str) -> CodeOutcome {
        self.runtime.block_on(self.accounts.check_code(token, code, Origin::none())).unwrap()
    }

    fn right_code(&self) -> String {
        second_factor::present_code(&self.secrets.secret, self.clock.now()).unwrap()
    }

    fn session(&self, token: &SessionToken) -> SessionState {
        self.runtime.block_on(self.accounts.session(token)).unwrap()
    }

    fn waiting(&self) -> SessionToken {
        match self.password("sato.megumi", PASSWORD) {
            PasswordOutcome::NextFactor(token) => token,
            PasswordOutcome::Refused => panic!("the password was refused"),
        }
    }

    fn signed_in(&self) -> (SessionToken, SessionContext) {
        self.clock.advance_us(MINUTE_US);
        match self.code(&self.waiting(), &self.right_code()) {
            CodeOutcome::SignedIn(token, context) => (token, *context),
            other => panic!("not signed in: {other:?}"),
        }
    }

    fn audit(&self) -> Vec<AuditEvent> {
        let read = |tx: &mut store::Tx| store::audit::recent(tx, i64::MAX, 100);
        let mut rows = self.store.read_blocking(read).unwrap();
        rows.reverse();
        rows
    }

    fn audited(&self) -> Vec<(String, i64, String)> {
        let reason = |row: &AuditEvent| {
            let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap();
            let text = detail.get("reason").or(detail.get("change")).and_then(|v| v.as_str());
            text.unwrap_or("").to_owned()
        };
        self.audit().iter().map(|row| (row.action.clone(), row.outcome, reason(row))).collect()
    }
}

fn clinic() -> FacilityRow {
    FacilityRow {
        id: 0,
        code: "1312345678".into(),
        name: "さくら医院".into(),
        short_name: "さくら".into(),
        facility_type: "clinic".into(),
        mark: 0,
    }
}

fn sato() -> NewAccount {
    NewAccount {
        login: "Sato.Megumi".into(),
        display_name: "佐藤 恵".into(),
        facility_code: "1312345678".into(),
        role: Role::Doctor,
        password: PASSWORD.into(),
        language: "ja".into(),
    }
}

#[test]
fn password_then_code_signs_in_with_a_new_token() {
    for_each_engine(|store| {
        let world = World::new(store);
        let waiting = world.waiting();
        let SessionState::AwaitingCode { login, .. } = world.session(&waiting) else {
            panic!("the password alone must not sign in")
        };
        assert_eq!(login, "sato.megumi");
        let CodeOutcome::SignedIn(token, context) = world.code(&waiting, &world.right_code())
        else {
            panic!("the right code must sign in")
        };
        assert_ne!(token, waiting);
        assert_eq!(world.session(&waiting), SessionState::Anonymous);
        assert_eq!(world.session(&token), SessionState::SignedIn(context.clone()));
        assert_eq!(context.facility_name, "さくら医院");
        assert_eq!(context.role, Role::Doctor);
        assert!(token.csrf_matches(&context.csrf));
        assert!(!waiting.csrf_matches(&context.csrf));
        let rows = world.audit();
        let last = rows.last().unwrap();
        assert_eq!((last.action.as_str(), last.outcome), ("sign-in", 0));
        assert_eq!(last.actor, "sato.megumi");
        let again = world.runtime.block_on(world.accounts.create(sato(), "operator"));
        assert!(matches!(again, Err(AccessError::LoginTaken(_))));
    });
}

#[test]
fn every_refusal_is_the_same_answer_and_is_audited_with_what_was_attempted() {
    for_each_engine(|store| {
        let world = World::new(store);
        assert_eq!(world.password("nobody", PASSWORD), PasswordOutcome::Refused);
        assert_eq!(world.password("sato.megumi", "wrong password"), PasswordOutcome::Refused);
        assert_eq!(world.password("no\0body\r\n", ""), PasswordOutcome::Refused);
        world.runtime.block_on(world.accounts.disable("sato.megumi", "operator")).unwrap();
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused);
        let refused: Vec<(String, Option<i64>)> = world
            .audit()
            .into_iter()
            .filter(|row| row.action == "sign-in")
            .map(|row| {
                assert_eq!(row.outcome, 4);
                (row.actor, row.account_id)
            })
            .collect();
        let sato = Some(world.secrets.account_id);
        assert_eq!(
            refused,
            vec![
                ("nobody".to_owned(), None),
                ("sato.megumi".to_owned(), sato),
                ("no\u{FFFD}body".to_owned(), None),
                ("sato.megumi".to_owned(), sato),
            ]
        );
    });
}

#[test]
fn ten_failures_in_a_row_lock_for_a_while_and_a_sign_in_clears_them() {
    for_each_engine(|store| {
        let world = World::new(store);
        for _ in 0..9 {
            assert_eq!(world.password("sato.megumi", "wrong password"), PasswordOutcome::Refused);
        }
        world.signed_in();
        for _ in 0..10 {
            assert_eq!(world.password("sato.megumi", "wrong password"), PasswordOutcome::Refused);
        }
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused, "locked");
        assert!(world.audited().contains(&("sign-in".into(), 8, "locked".into())));
        world.clock.advance_us(14 * MINUTE_US);
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused, "still");
        world.clock.advance_us(MINUTE_US);
        world.signed_in();
    });
}

#[test]
fn wrong_codes_count_too_however_often_the_password_is_right() {
    for_each_engine(|store| {
        let world = World::new(store);
        for _ in 0..10 {
            assert_eq!(world.code(&world.waiting(), "000000"), CodeOutcome::Refused);
        }
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused);
        world.clock.advance_us(16 * MINUTE_US);
        let waiting = world.waiting();
        for _ in 0..10 {
            assert_eq!(world.code(&waiting, "000000"), CodeOutcome::Refused);
        }
        assert_eq!(world.code(&waiting, &world.right_code()), CodeOutcome::Restart);
        assert_eq!(world.session(&waiting), SessionState::Anonymous);
    });
}

#[test]
fn a_code_is_good_once() {
    for_each_engine(|store| {
        let world = World::new(store);
        world.clock.advance_us(MINUTE_US);
        let code = world.right_code();
        let first = world.code(&world.waiting(), &code);
        assert!(matches!(first, CodeOutcome::SignedIn(..)));
        assert_eq!(world.code(&world.waiting(), &code), CodeOutcome::Refused);
        assert_eq!(world.audited().last().unwrap().2, "code-used");
        world.clock.advance_us(MINUTE_US);
        assert!(matches!(
            world.code(&world.waiting(), &world.right_code()),
            CodeOutcome::SignedIn(..)
        ));
    });
}

#[test]
fn the_wait_for_the_code_ends_after_five_minutes() {
    for_each_engine(|store| {
        let world = World::new(store);
        let waiting = world.waiting();
        world.clock.advance_us(5 * MINUTE_US);
        assert_eq!(world.code(&waiting, &world.right_code()), CodeOutcome::Restart);
        let stranger = SessionToken::from_cookie(&"5a".repeat(32)).unwrap();
        assert_eq!(world.code(&stranger, &world.right_code()), CodeOutcome::Restart);
        let (token, _) = world.signed_in();
        assert_eq!(world.code(&token, &world.right_code()), CodeOutcome::Restart);
    });
}

#[test]
fn a_session_ends_by_idleness_and_by_age_and_its_end_is_audited() {
    for_each_engine(|store| {
        let world = World::new(store);
        let (token, context) = world.signed_in();
        for _ in 0..51 {
            world.clock.advance_us(14 * MINUTE_US);
            assert_eq!(world.session(&token), SessionState::SignedIn(Box::new(context.clone())));
        }
        world.clock.advance_us(7 * MINUTE_US);
        assert_eq!(world.session(&token), SessionState::Anonymous, "twelve hours");
        assert_eq!(world.audited().last().unwrap(), &("sign-out".into(), 0, "age".into()));
        let (token, _) = world.signed_in();
        world.clock.advance_us(15 * MINUTE_US);
        assert_eq!(world.session(&token), SessionState::Anonymous);
        assert_eq!(world.audited().last().unwrap(), &("sign-out".into(), 0, "idle".into()));
        world.signed_in();
        world.clock.advance_us(15 * MINUTE_US + 1);
        let removed = world.runtime.block_on(world.accounts.remove_stale_sessions()).unwrap();
        assert_eq!(removed, 1);
        assert_eq!(world.audited().last().unwrap(), &("sign-out".into(), 0, "time-out".into()));
    });
}

#[test]
fn signing_out_ends_this_session_or_all() {
    for_each_engine(|store| {
        let world = World::new(store);
        let (first, context) = world.signed_in();
        let (second, _) = world.signed_in();
        let (third, _) = world.signed_in();
        world.runtime.block_on(world.accounts.sign_out(&first, Origin::none())).unwrap();
        assert_eq!(world.session(&first), SessionState::Anonymous);
        assert!(matches!(world.session(&second), SessionState::SignedIn(_)));
        let all = world.accounts.sign_out_all(context.account_id, Origin::none());
        assert_eq!(world.runtime.block_on(all).unwrap(), 2);
        assert_eq!(world.session(&second), SessionState::Anonymous);
        assert_eq!(world.session(&third), SessionState::Anonymous);
    });
}

#[test]
fn changing_the_password_needs_the_present_one_and_ends_other_sessions() {
    for_each_engine(|store| {
        let world = World::new(store);
        let (here, _) = world.signed_in();
        let (elsewhere, _) = world.signed_in();
        let change = |present: &str, new: &str| {
            world.runtime.block_on(world.accounts.change_password(
                &here,
                "sato.megumi",
                present,
                new,
            ))
        };
        assert!(matches!(
            change("wrong password", "umi-to-yama-7"),
            Err(AccessError::WrongPassword)
        ));
        assert!(matches!(change(PASSWORD, "short"), Err(AccessError::Password(_))));
        assert!(matches!(change(PASSWORD, PASSWORD), Err(AccessError::Password(_))));
        change(PASSWORD, "umi-to-yama-7").unwrap();
        assert!(matches!(world.session(&here), SessionState::SignedIn(_)));
        assert_eq!(world.session(&elsewhere), SessionState::Anonymous);
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused);
        assert!(matches!(
            world.password("sato.megumi", "umi-to-yama-7"),
            PasswordOutcome::NextFactor(_)
        ));
    });
}

#[test]
fn an_operator_resets_what_was_lost() {
    for_each_engine(|store| {
        let mut world = World::new(store);
        let (token, _) = world.signed_in();
        let reset = world.accounts.reset_second_factor("sato.megumi", "operator");
        let secrets = world.runtime.block_on(reset).unwrap();
        assert_ne!(secrets.secret, world.secrets.secret);
        assert_eq!(world.session(&token), SessionState::Anonymous);
        world.clock.advance_us(MINUTE_US);
        assert_eq!(world.code(&world.waiting(), &world.right_code()), CodeOutcome::Refused);
        world.secrets = secrets;
        let (token, _) = world.signed_in();
        let reset = world.accounts.reset_password("sato.megumi", "yama-to-kawa-8", "operator");
        world.runtime.block_on(reset).unwrap();
        assert_eq!(world.session(&token), SessionState::Anonymous);
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused);
        let unknown = world.accounts.reset_password("nobody.here", "yama-to-kawa-8", "operator");
        assert!(matches!(world.runtime.block_on(unknown), Err(AccessError::NoSuchAccount(_))));
        world.runtime.block_on(world.accounts.disable("sato.megumi", "operator")).unwrap();
        world.runtime.block_on(world.accounts.enable("sato.megumi", "operator")).unwrap();
        let changes: Vec<String> = world
            .audited()
            .into_iter()
            .filter(|(action, ..)| action == "account-change")
            .map(|(.., change)| change)
            .collect();
        let expected = ["created", "second-factor-reset", "password-reset", "disabled", "enabled"];
        assert_eq!(changes, expected);
    });
}

#[test]
fn preferences_stay_with_the_account() {
    for_each_engine(|store| {
        let world = World::new(store);
        let (token, context) = world.signed_in();
        let wish = Preferences { language: "en".into(), theme: "dark".into(), single_keys: false };
        let set = |wish: Preferences| {
            world
                .runtime
                .block_on(world.accounts.set_preferences(context.account_id, wish))
                .unwrap();
        };
        set(wish.clone());
        set(Preferences { theme: "javascript:".into(), ..wish.clone() });
        let SessionState::SignedIn(now) = world.session(&token) else { panic!("signed in") };
        assert_eq!(now.preferences, wish);
    });
}

#[test]
fn the_database_holds_no_token() {
    let store = TestStore::sqlite();
    let world = World::new(&store);
    let (token, _) = world.signed_in();
    let raw = hex::decode(token.to_cookie()).unwrap();
    let kept: Result<bool, StoreError> = world.store.read_blocking(move |tx| {
        let by_raw: [u8; 32] = raw.clone().try_into().unwrap();
        Ok(store::account::session(tx, &by_raw)?.is_some())
    });
    assert!(!kept.unwrap());
    let by_hash = token.hash();
    let kept: Result<bool, StoreError> =
        world.store.read_blocking(move |tx| Ok(store::account::session(tx, &by_hash)?.is_some()));
    assert!(kept.unwrap());
}

#[test]
fn attempts_made_at_the_same_time_are_counted_each() {
    for_each_engine(|store| {
        let world = World::new(store);
        let attempts = (0..12).map(|_| {
            world.accounts.check_password("sato.megumi", "wrong password", Origin::none())
        });
        let outcomes = world.runtime.block_on(futures::future::join_all(attempts));
        assert!(outcomes.into_iter().all(|outcome| outcome.unwrap() == PasswordOutcome::Refused));
        assert_eq!(world.password("sato.megumi", PASSWORD), PasswordOutcome::Refused, "locked");
        let reasons: Vec<String> = world
            .audited()
            .into_iter()
            .filter(|(action, ..)| action == "sign-in")
            .map(|(.., reason)| reason)
            .collect();
        assert_eq!(reasons.len(), 13);
        assert_eq!(reasons.iter().filter(|reason| *reason == "password").count(), 10);
        assert_eq!(reasons.iter().filter(|reason| *reason == "locked").count(), 3);
    });
}
