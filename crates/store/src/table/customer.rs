//! Tables `customer` and `tenant_number`.

use crate::{
    Tx, json,
    tenancy::{CustomerKey, CustomerTenant, stamps},
};
use hansard_domain::{
    Id, Result,
    directory::{CustomerBody, Stamps},
};

impl Tx<'_> {
    pub(crate) fn list_customers(&self) -> Result<Vec<(Id, CustomerTenant)>> {
        let sql = "select customer_id, customer_key, body, create_time, update_time, version from customer";
        self.rows(sql, &[], |row| {
            let body: CustomerBody = json::read(row.text(2)?)?;
            let tenant = CustomerTenant { key: CustomerKey(row.i64(1)?), body, stamps: stamps(row, 3)? };
            Ok((Id::known(row.text(0)?), tenant))
        })
    }

    pub(crate) fn insert_customer(
        &self,
        id: &Id,
        body: &CustomerBody,
        stamps: &Stamps,
    ) -> Result<CustomerKey> {
        let sql = "insert into customer (customer_key, customer_id, body, create_time, update_time, version)
            values ($1, $2, $3, $4, $5, $6)";
        let key = CustomerKey(self.new_key("customer")?);
        let body = json::write(body)?;
        let params = [
            key.into(),
            id.as_str().into(),
            (&body).into(),
            stamps.create_time.0.into(),
            stamps.update_time.0.into(),
            stamps.version.into(),
        ];
        self.execute(sql, &params)?;
        Ok(key)
    }

    pub(crate) fn update_customer(
        &self,
        key: CustomerKey,
        body: &CustomerBody,
        stamps: &Stamps,
    ) -> Result<()> {
        let sql = "update customer set body = $2, update_time = $3, version = $4 where customer_key = $1";
        let body = json::write(body)?;
        let params = [key.into(), (&body).into(), stamps.update_time.0.into(), stamps.version.into()];
        self.execute(sql, &params)
    }

    /// Deletes a customer that has no profiles any more, with its directory, keys and audit trail.
    pub(crate) fn delete_customer(&self, key: CustomerKey) -> Result<()> {
        for table in ["directory_entry", "api_key", "audit_entry", "idempotency", "customer"] {
            self.execute(&format!("delete from {table} where customer_key = $1"), &[key.into()])?;
        }
        Ok(())
    }
}
