//! Clients that mean well: they append and get at a steady pace, and note how long each answer takes.
//!
//! They use threads and blocking sockets of their own, so that the attackers' runtime does not delay them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

const BETWEEN: Duration = Duration::from_millis(5);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// How long answers took, sorted.
#[derive(Debug)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Returns the time within which so large a part of the answers came.
    pub fn quantile(&self, part: f64) -> Duration {
        let rank = (self.0.len() as f64 * part).ceil() as usize;
        self.0[rank.clamp(1, self.0.len()) - 1]
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Runs so many clients, each with a conversation of its own, until the moment comes.
///
/// `path` is that of a profile, `name` goes into the names of the conversations, which are there already.
pub fn run(
    address: SocketAddr,
    authorization: &str,
    path: &str,
    conversations: &[String],
    until: Instant,
) -> Latencies {
    let mut all: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = conversations
            .iter()
            .map(|conversation| {
                let path = format!("{path}/conversations/{conversation}");
                scope.spawn(move || Client::new(address, authorization).work(&path, until))
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    all.sort();
    Latencies(all)
}

struct Client {
    stream: BufReader<TcpStream>,
    authorization: String,
}

impl Client {
    fn new(address: SocketAddr, authorization: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(ANSWER_TIME_MAX)).unwrap();
        Self { stream: BufReader::new(stream), authorization: authorization.to_owned() }
    }

    fn work(mut self, path: &str, until: Instant) -> Vec<Duration> {
        let mut latencies = Vec::new();
        while Instant::now() < until {
            let message = r#"{"text":"Where is my order?","speaker":"VISITOR"}"#;
            latencies.push(self.ask("POST", &format!("{path}/messages"), message));
            thread::sleep(BETWEEN);
            latencies.push(self.ask("GET", path, ""));
            thread::sleep(BETWEEN);
        }
        latencies
    }

    /// Asks, demands success, and returns how long it took.
    fn ask(&mut self, verb: &str, path: &str, body: &str) -> Duration {
        let request = format!(
            "{verb} {path} HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.authorization,
            body.len()
        );
        let begun = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        assert_eq!(crate::raw::status(&line), 200, "{verb} {path}: {line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).unwrap();
        begun.elapsed()
    }
}
