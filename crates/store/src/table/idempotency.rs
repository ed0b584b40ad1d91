//! Table `idempotency`: outcomes kept for retries.

use crate::{Tx, Value, effects::KeptAt, tenancy::CustomerKey};
use hansard_domain::{Result, Time};

/// What is kept of a first request: a fingerprint and names, never a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub fingerprint: Vec<u8>,
    pub receipt: String,
}

impl Tx<'_> {
    /// What is kept under each of these keys.
    pub(crate) fn find_kept(&self, asked: &[KeptAt], now: Time) -> Result<Vec<Option<Kept>>> {
        let sql = "select fingerprint, receipt from idempotency
            where customer_key = $1 and method = $2 and idempotency_key = $3 and expire_time > $4";
        let params = asked
            .iter()
            .map(|(customer, method, key)| [(*customer).into(), (*method).into(), key.into(), now.0.into()]);
        let params: Vec<[Value<'_>; 4]> = params.collect();
        self.row_of_each(sql, &params, |_, row| {
            Ok(Kept { fingerprint: row.bytes(0)?.to_vec(), receipt: row.string(1)? })
        })
    }

    pub(crate) fn keep(
        &self,
        customer: CustomerKey,
        method: &str,
        key: &str,
        kept: &Kept,
        expiry: Time,
    ) -> Result<()> {
        let sql = "insert into idempotency (customer_key, method, idempotency_key, fingerprint, receipt, expire_time)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (customer_key, method, idempotency_key) do update set
                fingerprint = excluded.fingerprint, receipt = excluded.receipt, expire_time = excluded.expire_time";
        let params = [
            customer.into(),
            method.into(),
            key.into(),
            (&kept.fingerprint).into(),
            (&kept.receipt).into(),
            expiry.0.into(),
        ];
        self.execute(sql, &params)
    }

    /// Forgets what has expired.
    pub(crate) fn delete_expired(&self, now: Time) -> Result<u64> {
        let sql = "delete from idempotency
            where customer_key in (select customer_key from customer) and expire_time <= $1";
        self.count(sql, &[now.0.into()])
    }
}
