//! Whom the way to a database trusts, in the words of PostgreSQL's own clients.

use crate::ground::{desk_at, make_acme, run_at, serve};
use hansard_cluster::{Own, Settings};
use hansard_conformance::tls::Authority;
use serde_json::json;
use std::path::Path;

/// A server that its own authority names 127.0.0.1, and nothing else; `ada` comes encrypted or not at all.
fn cluster(folder: &Path, authority: &Authority) -> Own {
    let pair = authority.issue(folder, "server", 2120);
    let read = |file: &Path| std::fs::read(file).unwrap();
    let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let own = Own::start(&Settings {
        settings: vec![
            setting("ssl", "on"),
            setting("ssl_cert_file", "server.pem"),
            setting("ssl_key_file", "server.key"),
        ],
        access: vec!["hostssl all ada all trust".to_owned(), "host all ada all reject".to_owned()],
        files: vec![("server.pem".to_owned(), read(&pair.cert)), ("server.key".to_owned(), read(&pair.key))],
    });
    own.query(&["create role ada superuser login"]).unwrap();
    own
}

#[test]
fn certificates_are_asked_for_as_the_url_says() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    let own = cluster(folder.path(), &authority);
    let ours = authority.write(&folder.path().join("ours.pem")).display().to_string();
    let others = Authority::new("others").write(&folder.path().join("others.pem")).display().to_string();
    let absent = folder.path().join("absent.pem").display().to_string();
    let (named, by_another_name) =
        (own.url_of("ada", ""), own.url_of("ada", "").replace("127.0.0.1", "localhost"));
    let encrypted = Ok("TLS");
    for (url, mode, roots, expected) in [
        (&named, "verify-full", Some(&ours), encrypted),
        (&by_another_name, "verify-full", Some(&ours), Err("not valid for name")),
        (&by_another_name, "verify-ca", Some(&ours), encrypted),
        (&named, "verify-ca", Some(&others), Err("UnknownIssuer")),
        (&named, "verify-full", None, Err("UnknownIssuer")),
        (&named, "verify-full", Some(&absent), Err("absent.pem")),
        (&named, "require", Some(&others), Err("UnknownIssuer")),
        (&named, "require", None, encrypted),
        (&named, "prefer", None, encrypted),
        (&named, "", None, encrypted),
        (&named, "disable", None, Err("pg_hba.conf rejects")),
    ] {
        let mut url = url.clone();
        let parameters = [
            Some(("sslmode", mode)).filter(|_| !mode.is_empty()),
            roots.map(|file| ("sslrootcert", file.as_str())),
        ];
        for (number, (key, value)) in parameters.into_iter().flatten().enumerate() {
            url += &format!("{}{key}={}", if number == 0 { '?' } else { '&' }, value.replace('/', "%2F"));
        }
        let found = run_at(&url, "doctor");
        match expected {
            Ok(word) => assert!(found.stdout.contains(&format!(", {word}")), "{url}: {}", found.stdout),
            Err(word) => assert!(found.status == 1 && found.stdout.contains(word), "{url}: {}", found.stdout),
        }
    }
}

#[test]
fn a_server_works_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    let own = cluster(folder.path(), &authority);
    let roots = authority.write(&folder.path().join("ours.pem")).display().to_string().replace('/', "%2F");
    let url = own.url_of("ada", &format!("?sslmode=verify-full&sslrootcert={roots}"));
    let key = make_acme(&url);
    let server = serve(&url, &[]);
    let desk = desk_at(&server, &key);
    desk.start("c", &json!({}));
    desk.append("c", "m", "said");
    assert_eq!(desk.messages("c").len(), 1);
    let clear = "select count(*) from pg_stat_activity a left join pg_stat_ssl s using (pid)
        where a.application_name = 'hansard' and s.ssl is not true";
    assert_eq!(own.query(&[clear]).unwrap().trim(), "0", "every connection, the listener's as well");
}
