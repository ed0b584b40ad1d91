//! Table `api_key`.

use crate::{
    Tx, json,
    tenancy::{ApiKeyTenant, CustomerKey, stamps},
};
use hansard_domain::{Id, Result, Time, directory::ApiKey};

impl Tx<'_> {
    pub(crate) fn load_api_keys(&self, owner: &dyn Fn(i64) -> Id) -> Result<Vec<ApiKeyTenant>> {
        let sql = "select key_id, customer_key, secret_mac, body, create_time, update_time, version,
            revoke_time, last_use_time from api_key";
        self.rows(sql, &[], |row| {
            let api_key = ApiKey {
                customer: owner(row.i64(1)?),
                id: Id::known(row.text(0)?),
                body: json::read(row.text(3)?)?,
                stamps: stamps(row, 4)?,
                revoke_time: row.opt_i64(7)?.map(Time),
                last_use_time: row.opt_i64(8)?.map(Time),
            };
            Ok(ApiKeyTenant { api_key, secret_mac: row.bytes(2)?.to_vec() })
        })
    }

    pub(crate) fn insert_api_key(
        &self,
        customer: CustomerKey,
        key: &ApiKey,
        secret_mac: &[u8],
    ) -> Result<()> {
        let sql =
            "insert into api_key (key_id, customer_key, secret_mac, body, create_time, update_time, version)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let body = json::write(&key.body)?;
        let params = [
            key.id.as_str().into(),
            customer.into(),
            secret_mac.into(),
            (&body).into(),
            key.stamps.create_time.0.into(),
            key.stamps.update_time.0.into(),
            key.stamps.version.into(),
        ];
        self.execute(sql, &params)
    }

    pub(crate) fn update_api_key(&self, customer: CustomerKey, key: &ApiKey) -> Result<()> {
        let sql = "update api_key set body = $3, update_time = $4, version = $5, revoke_time = $6
            where customer_key = $1 and key_id = $2";
        let body = json::write(&key.body)?;
        let params = [
            customer.into(),
            key.id.as_str().into(),
            (&body).into(),
            key.stamps.update_time.0.into(),
            key.stamps.version.into(),
            key.revoke_time.map(|time| time.0).into(),
        ];
        self.execute(sql, &params)
    }

    pub(crate) fn delete_api_key(&self, customer: CustomerKey, id: &Id) -> Result<()> {
        let sql = "delete from api_key where customer_key = $1 and key_id = $2";
        self.execute(sql, &[customer.into(), id.as_str().into()])
    }

    pub(crate) fn note_api_key_use(&self, customer: CustomerKey, id: &Id, time: Time) -> Result<()> {
        let sql = "update api_key set last_use_time = $3 where customer_key = $1 and key_id = $2";
        self.execute(sql, &[customer.into(), id.as_str().into(), time.0.into()])
    }
}
