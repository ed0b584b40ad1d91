//! Sockets that send the head of a request one byte now and then, and never its end.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{io::AsyncWriteExt, task::JoinSet, time::sleep};

use super::Target;

const BYTE_EVERY: Duration = Duration::from_millis(900);

/// What became of the slow sockets.
#[derive(Debug, Default)]
pub struct Slow {
    pub opened: AtomicUsize,
    /// How often the server closed one.
    pub cut: AtomicUsize,
}

/// Holds `sockets` open; one that is closed is opened again.
pub async fn drip(target: Target, sockets: usize, told: Arc<Slow>) {
    let mut all = JoinSet::new();
    for _ in 0..sockets {
        let (target, told) = (target.clone(), Arc::clone(&told));
        all.spawn(async move {
            while !target.is_over() {
                one(&target, &told).await;
            }
        });
    }
    all.join_all().await;
}

async fn one(target: &Target, told: &Slow) {
    let Ok(mut stream) = target.connect().await else {
        sleep(BYTE_EVERY).await;
        return;
    };
    told.opened.fetch_add(1, Ordering::Relaxed);
    let mut rest =
        b"GET /v1/customers HTTP/1.1\r\nhost: x\r\nx-slow: ".iter().copied().chain(std::iter::repeat(b'y'));
    while !target.is_over() {
        let byte = rest.next().unwrap_or(b'y');
        let mut answer = [0; 64];
        // A closed socket is readable; what the server may have said before is of no interest.
        let closed = stream.try_read(&mut answer).is_ok() || stream.write_all(&[byte]).await.is_err();
        if closed {
            told.cut.fetch_add(1, Ordering::Relaxed);
            return;
        }
        sleep(BYTE_EVERY.min(target.left())).await;
    }
}
