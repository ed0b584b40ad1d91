//! What another detector found in the same text, beside our own hits.

use crate::{Detector, Hit};

impl Detector {
    /// Adds another detector's hits where they count by the same settings; hits that overlap become one of the surer's
    /// kind. Hits that do not lie on whole characters of the text are left out.
    pub fn join(&self, text: &str, mut hits: Vec<Hit>, others: &[Hit]) -> Vec<Hit> {
        let fits = |hit: &&Hit| text.get(hit.range.clone()).is_some_and(|value| !value.is_empty());
        let counting = others
            .iter()
            .filter(fits)
            .filter(|hit| self.counts(&hit.entity, hit.confidence, &text[hit.range.clone()]));
        let before = hits.len();
        hits.extend(counting.cloned());
        if hits.len() == before {
            return hits;
        }
        hits.sort_by_key(|hit| hit.range.start);
        let mut joined: Vec<Hit> = Vec::with_capacity(hits.len());
        for hit in hits {
            match joined.last_mut() {
                Some(last) if hit.range.start < last.range.end => absorb(last, hit),
                _ => joined.push(hit),
            }
        }
        joined
    }
}

fn absorb(last: &mut Hit, hit: Hit) {
    last.range.end = last.range.end.max(hit.range.end);
    if hit.confidence > last.confidence {
        (last.entity, last.confidence) = (hit.entity, hit.confidence);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Entity, Settings};

    fn hit(entity: Entity, range: std::ops::Range<usize>, confidence: f32) -> Hit {
        Hit { entity, range, confidence }
    }

    #[test]
    fn overlapping_hits_become_one_of_the_surer() {
        let detector = Detector::default();
        let own = vec![hit(Entity::Person, 0..5, 0.6), hit(Entity::Email, 20..25, 1.0)];
        let others = [hit(Entity::Address, 3..9, 0.9), hit(Entity::Phone, 21..23, 0.7)];
        let joined = detector.join("abcdefghijklmnopqrstuvwxyz", own, &others);
        assert_eq!(joined, [hit(Entity::Address, 0..9, 0.9), hit(Entity::Email, 20..25, 1.0)]);
    }

    #[test]
    fn the_settings_count_for_others_too() {
        let settings = Settings {
            thresholds: [(Entity::Person, 0.8)].into(),
            allowed: vec!["Ann".to_owned()],
            ..Settings::default()
        };
        let detector = Detector::new(&settings).unwrap();
        let others = [
            hit(Entity::Person, 0..3, 0.9),
            hit(Entity::Person, 4..7, 0.7),
            hit(Entity::Person, 8..11, 0.8),
            hit(Entity::Email, 12..13, 1.0),
            hit(Entity::Email, 30..99, 1.0),
        ];
        assert_eq!(detector.join("Ann Bob Cyd é", Vec::new(), &others), [hit(Entity::Person, 8..11, 0.8)]);
    }
}
