//! The customers of the data and how the conversations are shared out among them: the second has half as many as the
//! first, the third a third.

use crate::random::Random;

const TENANTS: u32 = 20;

/// A customer with one profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tenant {
    /// From 0, the largest first.
    pub(crate) number: u32,
    pub(crate) conversations: u32,
}

impl Tenant {
    pub(crate) fn customer_id(self) -> String {
        format!("tenant-{:02}", self.number + 1)
    }

    pub(crate) fn customer(self) -> String {
        format!("customers/{}", self.customer_id())
    }

    pub(crate) fn profile(self) -> String {
        format!("{}/profiles/{}", self.customer(), Self::PROFILE)
    }

    pub(crate) const PROFILE: &str = "main";
}

/// All of them, the largest first.
#[derive(Debug, Clone)]
pub(crate) struct Tenants(Vec<Tenant>);

impl Tenants {
    /// Shares out so many conversations; each tenant has at least one.
    pub(crate) fn of(conversations: u32) -> Self {
        let share = |number: u32| 1.0 / f64::from(number + 1);
        let whole: f64 = (0..TENANTS).map(share).sum();
        let part = |number| (f64::from(conversations) * share(number) / whole).round().max(1.0) as u32;
        let tenant = |number| Tenant { number, conversations: part(number) };
        Self((0..TENANTS).map(tenant).collect())
    }

    pub(crate) fn list(&self) -> &[Tenant] {
        &self.0
    }

    pub(crate) fn largest(&self) -> Tenant {
        self.0[0]
    }

    pub(crate) fn conversations(&self) -> u32 {
        self.0.iter().map(|tenant| tenant.conversations).sum()
    }

    /// The tenant of a conversation drawn from all.
    pub(crate) fn weighted(&self, random: &mut Random) -> Tenant {
        let mut at = random.below(self.conversations());
        let holds = |tenant: &&Tenant| {
            let here = at < tenant.conversations;
            at = at.saturating_sub(tenant.conversations);
            here
        };
        self.0.iter().find(holds).copied().unwrap_or_else(|| self.largest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fall_as_the_rank_grows() {
        let tenants = Tenants::of(1_000_000);
        assert!((999_980..1_000_020).contains(&tenants.conversations()));
        assert_eq!(tenants.largest().conversations, 277_952);
        assert_eq!(tenants.list().last().map(|tenant| tenant.conversations), Some(13_898));
    }

    #[test]
    fn a_tenant_is_drawn_by_its_size() {
        let (tenants, mut random) = (Tenants::of(1_000_000), Random::new(3));
        let largest = (0..10_000).filter(|_| tenants.weighted(&mut random) == tenants.largest()).count();
        assert!((2_600..2_960).contains(&largest), "{largest}");
    }
}
