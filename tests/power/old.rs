//! A database of the oldest version with something in it, and what stands in a database.

use lykt::clock::new_id;
use lykt::domain::id::{ContactId, HookId, MessageId, PlanId};
use lykt::store::{Db, Tx, sql};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// Makes a database of the oldest version: some people, each with a message and an answer.
pub async fn make(url: &str) {
    let db = Db::open_at(url, &[1]).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let campaign = "insert into campaign (name, state, changed_at) values ('vinter', 'finished', 1)";
    tx.run(sql(campaign)).await.unwrap();
    for n in 0..3 {
        somebody(&mut tx, n).await;
    }
    tx.commit().await.unwrap();
    db.close().await;
}

async fn somebody(tx: &mut Tx, n: i64) {
    let (contact, message, reply) = (new_id::<ContactId>(), new_id::<MessageId>(), new_id::<HookId>());
    tx.run(sql("insert into contact (id, last_at) values ($1, $2)").bind(contact).bind(n)).await.unwrap();
    let message_row = "insert into message (id, campaign, contact_id, plan_id, state, channel, account, variant, language, \
         not_before, state_at, sealed) values ($1, 'vinter', $2, $3, 'delivered', 'sms', 'a', 'one', 'nb', 1, 1, $4)";
    let plan = new_id::<PlanId>();
    tx.run(sql(message_row).bind(message).bind(contact).bind(plan).bind(vec![7_u8])).await.unwrap();
    let reply_row = "insert into reply (id, contact_id, account, channel, provider_id, received_at, kind, campaign, sealed) \
         values ($1, $2, 'a', 'sms', $3, $4, 'other', 'vinter', $5)";
    let provider = format!("SM{n}");
    tx.run(sql(reply_row).bind(reply).bind(contact).bind(provider).bind(n).bind(vec![8_u8])).await.unwrap();
}

/// The schema and all rows, as lines that can be compared.
pub async fn lines(url: &str) -> Vec<String> {
    if url.starts_with("sqlite:") {
        return lines_of_sqlite(url).await;
    }
    let mut db = PgConnection::connect(url).await.unwrap();
    let mut lines: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable from information_schema.columns \
         where table_schema = current_schema() union select indexdef from pg_indexes where schemaname = current_schema() \
         union select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = current_schema()::regnamespace order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let tables = "select tablename::text from pg_tables where schemaname = current_schema() and tablename <> '_sqlx_migrations' order by 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut db).await.unwrap();
    for table in tables {
        let rows = AssertSqlSafe(format!("select '{table} ' || t::text from {table} t order by 1"));
        lines.extend(sqlx::query_scalar::<_, String>(rows).fetch_all(&mut db).await.unwrap());
    }
    lines.extend(sqlx::query_scalar::<_, String>(STEPS).fetch_all(&mut db).await.unwrap());
    db.close().await.unwrap();
    lines
}

const STEPS: &str =
    "select cast(version as text) || ' ' || cast(success as text) from _sqlx_migrations order by version";

async fn lines_of_sqlite(url: &str) -> Vec<String> {
    let mut db = SqliteConnection::connect(url).await.unwrap();
    let whole: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(&mut db).await.unwrap();
    assert_eq!(whole, ["ok"]);
    let schema = "select coalesce(sql, name) from sqlite_master order by name";
    let mut lines: Vec<String> = sqlx::query_scalar(schema).fetch_all(&mut db).await.unwrap();
    let tables = "select name from sqlite_master where type = 'table' and name <> '_sqlx_migrations' order by name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut db).await.unwrap();
    for table in tables {
        let columns = AssertSqlSafe(format!("select name from pragma_table_info('{table}')"));
        let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut db).await.unwrap();
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let rows =
            AssertSqlSafe(format!("select '{table} ' || {} from \"{table}\" order by 1", quoted.join(" || ',' || ")));
        let rows = sqlx::query_scalar::<_, String>(rows).fetch_all(&mut db).await.unwrap();
        // Written by the command once it has migrated, each time otherwise.
        let of_the_command = |row: &String| ["'keys.check'", "'clock.lapse'"].iter().any(|key| row.contains(key));
        lines.extend(rows.into_iter().filter(|row| !of_the_command(row)));
    }
    lines.extend(sqlx::query_scalar::<_, String>(STEPS).fetch_all(&mut db).await.unwrap());
    db.close().await.unwrap();
    lines
}
