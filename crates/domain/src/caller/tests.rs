#![allow(clippy::unwrap_used)]
use super::*;
use crate::ErrorKind;

/// The contract's table: a row a permission, its columns the roles below.
#[rustfmt::skip]
const TABLE: [(Permission, &str); 29] = [
    //                                   O A S G W R
    (Permission::ReadConversations,     "- x x x x x"),
    (Permission::StartConversation,     "- x - x x -"),
    (Permission::UpdateConversation,    "- x - x x -"),
    (Permission::AppendMessage,         "- x - x x -"),
    (Permission::CreateEvent,           "- x - x x -"),
    (Permission::TagConversation,       "- x x x x -"),
    (Permission::ShareConversation,     "- x x - - -"),
    (Permission::DeleteConversation,    "- x - - - -"),
    (Permission::DeleteMessage,         "- x - - - -"),
    (Permission::RedactMessage,         "- x - - - -"),
    (Permission::RetainConversation,    "- x - - x -"),
    (Permission::HoldConversation,      "- x - - - -"),
    (Permission::SkipPiiRedaction,      "- x - - - -"),
    (Permission::ImportConversations,   "- x - - x -"),
    (Permission::ExportConversations,   "- x x - - -"),
    (Permission::Annotate,              "- x x - x -"),
    (Permission::Comment,               "- x x x - -"),
    (Permission::ModerateComments,      "- x - - - -"),
    (Permission::Score,                 "- x x - - -"),
    (Permission::ReopenScorecard,       "- x - - - -"),
    (Permission::ReadDirectory,         "- x x x x x"),
    (Permission::ManageDirectory,       "- x - - - -"),
    (Permission::ManageProfiles,        "x x - - - -"),
    (Permission::ManageCustomers,       "x - - - - -"),
    (Permission::UpdateCustomer,        "x x - - - -"),
    (Permission::ManageApiKeys,         "x x - - - -"),
    (Permission::ManageOperatorKeys,    "x - - - - -"),
    (Permission::ReadAudit,             "- x - - - -"),
    (Permission::ReadMetrics,           "x x - - - -"),
];
const ROLES: [(Role, &str); 6] = [
    (Role::Operator, "operator"),
    (Role::Admin, "admin"),
    (Role::Supervisor, "supervisor"),
    (Role::Agent, "agent"),
    (Role::Writer, "writer"),
    (Role::Reader, "reader"),
];

fn caller(role: Role, profiles: &[&str]) -> Caller {
    let profiles = profiles.iter().map(|id| Id::known(*id)).collect();
    Caller::new(Id::known("acme"), profiles, role, Id::known("k"), Some(Id::known("ada")))
}

fn profile(customer: &str, profile: &str) -> ProfileName {
    ProfileName { customer: Id::known(customer), profile: Id::known(profile) }
}

#[test]
fn foreign_and_limited_profiles_look_absent() {
    let admin = caller(Role::Admin, &["support"]);
    let read = Permission::ReadConversations;
    assert!(admin.enter(&profile("acme", "support"), "x", read).is_ok());
    for foreign in [profile("other", "support"), profile("acme", "sales")] {
        let error = admin.enter(&foreign, "x", read).unwrap_err();
        assert_eq!(error.message(), "x was not found");
    }
}

#[test]
fn visibility_comes_before_permission() {
    let reader = caller(Role::Reader, &[]);
    let append = Permission::AppendMessage;
    let kind = |customer| reader.enter(&profile(customer, "p"), "x", append).unwrap_err().kind();
    assert_eq!(kind("other"), ErrorKind::NotFound);
    assert_eq!(kind("acme"), ErrorKind::Forbidden);
}

#[test]
fn an_operator_sees_no_conversation() {
    let operator = caller(Role::Operator, &[]);
    assert!(operator.enter(&profile("acme", "p"), "x", Permission::ReadConversations).is_err());
    let parent = Parent::Customer(CustomerName(Id::known("other")));
    assert!(operator.enter_directory(&parent, "x", Permission::ManageProfiles).is_ok());
}

#[test]
fn a_limited_admin_manages_nothing_that_profiles_share() {
    let customer = Parent::Customer(CustomerName(Id::known("acme")));
    let own = Parent::Profile(profile("acme", "support"));
    let limited = caller(Role::Admin, &["support"]);
    for permission in [Permission::ManageDirectory, Permission::ManageProfiles, Permission::ReadAudit] {
        let error = limited.enter_directory(&customer, "x", permission).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{permission:?}");
        assert!(caller(Role::Admin, &[]).enter_directory(&customer, "x", permission).is_ok());
    }
    assert!(limited.enter_directory(&customer, "x", Permission::ReadDirectory).is_ok());
    assert!(limited.enter_directory(&own, "x", Permission::ManageProfiles).is_ok());
}

#[test]
fn no_key_covers_more_than_its_own_profiles() {
    let ids = |ids: &[&str]| ids.iter().map(|id| Id::known(*id)).collect::<Vec<_>>();
    let limited = caller(Role::Admin, &["support", "sales"]);
    assert!(limited.covers(&ids(&["sales"])) && caller(Role::Admin, &[]).covers(&[]));
    assert!(!limited.covers(&[]) && !limited.covers(&ids(&["support", "legal"])));
}

#[test]
fn an_agent_sees_only_its_own() {
    let scope =
        caller(Role::Agent, &[]).enter(&profile("acme", "p"), "x", Permission::AppendMessage).unwrap();
    assert!(scope.sees_agent(Some(&Id::known("ada"))));
    assert!(!scope.sees_agent(Some(&Id::known("bob"))) && !scope.sees_agent(None));
}

#[test]
fn the_table_is_that_of_the_contract() {
    for (permission, row) in TABLE {
        for ((role, _), cell) in ROLES.into_iter().zip(row.split(' ')) {
            assert_eq!(role.may(permission), cell == "x", "{role} {permission:?}");
            let caller = caller(role, &[]);
            assert_eq!(caller.may(permission), cell == "x", "{role} {permission:?}");
            let refused = caller.check(permission).map_err(|error| error.kind());
            assert_eq!(refused, if cell == "x" { Ok(()) } else { Err(ErrorKind::Forbidden) });
        }
        assert!(!Role::Unspecified.may(permission), "{permission:?}");
    }
}

#[test]
fn roles_print_as_they_are_read() {
    for (role, word) in ROLES {
        assert_eq!((role.to_string().as_str(), word.parse::<Role>().unwrap()), (word, role));
    }
    assert_eq!(Role::Unspecified.to_string(), "unspecified");
    for text in ["", "unspecified", "Admin", "xyzzy"] {
        assert_eq!(text.parse::<Role>().unwrap_err().field(), Some("role"), "{text}");
    }
}

#[test]
fn a_caller_acts_as_its_user_or_as_its_key() {
    let key = "customers/acme/apiKeys/k";
    let own = caller(Role::Agent, &["support"]);
    let user = Actor { name: "customers/acme/users/ada".into(), key: key.into(), star: "star-ada".into() };
    assert_eq!(own.actor(), user);
    assert_eq!(
        (own.customer(), own.role(), own.key()),
        (&Id::known("acme"), Role::Agent, Some(&Id::known("k")))
    );
    assert_eq!(own.profiles(), [Id::known("support")]);
    let bare = Caller::new(Id::known("acme"), Vec::new(), Role::Writer, Id::known("k"), None);
    assert_eq!(bare.actor(), Actor { name: key.into(), key: key.into(), star: "star-k".into() });
    let hand = Caller::command_line(Id::known("acme"));
    assert_eq!(hand.actor(), Actor { name: "cli".into(), key: "cli".into(), star: "star-cli".into() });
    assert_eq!((hand.customer(), hand.role(), hand.key()), (&Id::known("acme"), Role::Admin, None));
    assert!(hand.profiles().is_empty());
    assert_eq!(Actor::system(), Actor { name: "system".into(), key: "system".into(), star: String::new() });
}

#[test]
fn only_agents_are_held_to_their_own() {
    for (role, _) in ROLES {
        let own = (role == Role::Agent).then(|| Id::known("ada"));
        assert_eq!(caller(role, &[]).own_of(), own, "{role}");
    }
    let nobody = Caller::new(Id::known("acme"), Vec::new(), Role::Agent, Id::known("k"), None);
    let scope = nobody.enter(&profile("acme", "p"), "x", Permission::ReadConversations).unwrap();
    assert!(!scope.sees_agent(None) && !scope.sees_agent(Some(&Id::known("ada"))));
    let all = caller(Role::Reader, &[]).enter(&profile("acme", "p"), "x", Permission::ReadConversations);
    let all = all.unwrap();
    assert!(all.own_of().is_none() && all.sees_agent(None) && all.sees_agent(Some(&Id::known("bob"))));
}

#[test]
fn a_scope_tells_where_it_was_made_and_by_whom() {
    let agent = caller(Role::Agent, &["p"]);
    let scope = agent.enter(&profile("acme", "p"), "it", Permission::AppendMessage).unwrap();
    assert_eq!((scope.profile(), scope.actor()), (&profile("acme", "p"), &agent.actor()));
    assert_eq!(scope.own_of(), Some(&Id::known("ada")));
    assert_eq!(scope.not_found().message(), "it was not found");
}

#[test]
fn a_customer_scope_tells_what_was_entered() {
    let admin = caller(Role::Admin, &[]);
    let whole = Parent::Customer(CustomerName(Id::known("acme")));
    let scope = admin.enter_directory(&whole, "it", Permission::ReadAudit).unwrap();
    assert_eq!(
        (scope.customer(), scope.profile(), scope.actor()),
        (&Id::known("acme"), None, &admin.actor())
    );
    assert_eq!(scope.not_found().message(), "it was not found");
    assert!(scope.in_profile().is_none());
    let part = Parent::Profile(profile("acme", "p"));
    let scope = admin.enter_directory(&part, "it", Permission::ManageDirectory).unwrap();
    assert_eq!((scope.customer(), scope.profile()), (&Id::known("acme"), Some(&profile("acme", "p"))));
    let inside = scope.in_profile().unwrap();
    assert_eq!((inside.profile(), inside.actor()), (&profile("acme", "p"), &admin.actor()));
    assert_eq!((inside.own_of(), inside.not_found().message()), (None, "it was not found"));
}

#[test]
fn a_directory_is_visible_to_its_customer_and_open_by_permission() {
    let enter = |role, customer: &str, permission| {
        let parent = Parent::Customer(CustomerName(Id::known(customer)));
        let scope = caller(role, &[]).enter_directory(&parent, "x", permission);
        scope.map(|scope| scope.customer().to_string()).map_err(|error| error.kind())
    };
    assert_eq!(enter(Role::Admin, "other", Permission::ReadDirectory), Err(ErrorKind::NotFound));
    assert_eq!(enter(Role::Reader, "acme", Permission::ManageDirectory), Err(ErrorKind::Forbidden));
    assert_eq!(enter(Role::Operator, "other", Permission::ManageApiKeys), Ok("other".into()));
    assert_eq!(enter(Role::Operator, "other", Permission::ReadDirectory), Err(ErrorKind::NotFound));
    assert_eq!(enter(Role::Operator, "acme", Permission::ReadDirectory), Err(ErrorKind::Forbidden));
    let limited = caller(Role::Admin, &["support"]);
    for foreign in [profile("acme", "sales"), profile("other", "support")] {
        let error = limited.enter_directory(&Parent::Profile(foreign), "x", Permission::ReadDirectory);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[test]
fn what_spans_profiles_is_closed_to_a_limited_key() {
    let customer = Parent::Customer(CustomerName(Id::known("acme")));
    let spanning = [
        Permission::ManageCustomers,
        Permission::UpdateCustomer,
        Permission::ManageProfiles,
        Permission::ManageDirectory,
        Permission::ReadAudit,
    ];
    for (permission, _) in TABLE {
        let role = if permission == Permission::ManageCustomers { Role::Operator } else { Role::Admin };
        if role.may(permission) {
            let entered = caller(role, &["support"]).enter_directory(&customer, "x", permission);
            assert_eq!(entered.is_err(), spanning.contains(&permission), "{permission:?}");
        }
    }
}
