//! Watchers of a profile where nothing happens.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::{io::AsyncReadExt, sync::Semaphore, task::JoinSet, time::timeout};

use super::Target;

/// So many ask at once.
const OPENING_MAX: usize = 32;

/// What became of the watchers.
#[derive(Debug, Default)]
pub struct Watchers {
    pub accepted: AtomicUsize,
    pub refused: AtomicUsize,
    pub cut: AtomicUsize,
}

/// Opens so many streams of Server-Sent Events and holds them.
pub async fn watch(target: Target, watchers: usize, told: Arc<Watchers>) {
    let opening = Arc::new(Semaphore::new(OPENING_MAX));
    let mut all = JoinSet::new();
    for _ in 0..watchers {
        let (target, told, opening) = (target.clone(), Arc::clone(&told), Arc::clone(&opening));
        all.spawn(async move { one(&target, &told, &opening).await });
    }
    all.join_all().await;
}

async fn one(target: &Target, told: &Watchers, opening: &Semaphore) {
    let head = format!(
        "GET /v1/{}/changes HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\naccept: text/event-stream\r\n\r\n",
        target.profile, target.authorization
    );
    let place = opening.acquire().await.unwrap();
    let Ok(mut stream) = target.connect().await else {
        told.refused.fetch_add(1, Ordering::Relaxed);
        return;
    };
    if target.ask(&mut stream, &head, b"").await != 200 {
        told.refused.fetch_add(1, Ordering::Relaxed);
        return;
    }
    drop(place);
    told.accepted.fetch_add(1, Ordering::Relaxed);
    let mut heartbeats = [0; 256];
    while let Ok(read) = timeout(target.left(), stream.read(&mut heartbeats)).await {
        if !read.is_ok_and(|length| length > 0) {
            told.cut.fetch_add(1, Ordering::Relaxed);
            return;
        }
    }
}
