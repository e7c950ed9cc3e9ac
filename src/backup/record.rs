//! The records of a backup, one after the other: a head, tables with their rows, and an end that counts them. Pure.

use std::io::{self, Read, Write};

use uuid::Uuid;

use super::Head;
use crate::store::db::Arg;
use crate::store::db::copy::{Kind, Table};

/// The longest text or field: no row comes near it, and a damaged length must not take all memory.
const LONGEST: usize = 64 << 20;

/// One of them.
#[derive(Debug)]
pub(super) enum Record {
    Head(Head),
    Table(Table),
    Row(Vec<Arg>),
    End { rows: u64 },
}

const HEAD: u8 = 1;
const TABLE: u8 = 2;
const ROW: u8 = 3;
const END: u8 = 4;

fn wrong() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no record of a backup")
}

pub(super) fn write(to: &mut impl Write, record: &Record) -> io::Result<()> {
    match record {
        Record::Head(head) => {
            to.write_all(&[HEAD])?;
            field(to, &serde_json::to_vec(head).map_err(io::Error::other)?)
        }
        Record::Table(table) => {
            to.write_all(&[TABLE])?;
            field(to, table.name.as_bytes())?;
            number(to, table.columns.len() as u64)?;
            for (at, (name, kind)) in table.columns.iter().enumerate() {
                field(to, name.as_bytes())?;
                field(to, kind.as_str().as_bytes())?;
                to.write_all(&[u8::from(table.key.contains(&at))])?;
            }
            Ok(())
        }
        Record::Row(values) => {
            to.write_all(&[ROW])?;
            values.iter().try_for_each(|value| write_value(to, value))
        }
        Record::End { rows } => {
            to.write_all(&[END])?;
            number(to, *rows)
        }
    }
}

fn write_value(to: &mut impl Write, value: &Arg) -> io::Result<()> {
    let there = |there: bool| [u8::from(there)];
    match value {
        Arg::Uuid(value) => {
            to.write_all(&there(value.is_some()))?;
            value.map_or(Ok(()), |id| to.write_all(id.as_bytes()))
        }
        Arg::Bytes(value) => {
            to.write_all(&there(value.is_some()))?;
            value.as_ref().map_or(Ok(()), |bytes| field(to, bytes))
        }
        Arg::Text(value) => {
            to.write_all(&there(value.is_some()))?;
            value.as_ref().map_or(Ok(()), |text| field(to, text.as_bytes()))
        }
        Arg::Int(value) => {
            to.write_all(&there(value.is_some()))?;
            value.map_or(Ok(()), |n| to.write_all(&n.to_be_bytes()))
        }
        Arg::Bool(value) => to.write_all(&[value.map_or(0, |yes| 1 + u8::from(yes))]),
    }
}

fn number(to: &mut impl Write, n: u64) -> io::Result<()> {
    to.write_all(&n.to_be_bytes())
}

fn field(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    number(to, bytes.len() as u64)?;
    to.write_all(bytes)
}

/// Reads the next record; rows are read as `table` has them.
pub(super) fn read(from: &mut impl Read, table: Option<&Table>) -> io::Result<Record> {
    match byte(from)? {
        HEAD => Ok(Record::Head(serde_json::from_slice(&read_field(from)?).map_err(|_| wrong())?)),
        TABLE => {
            let name = text(from)?;
            let (mut columns, mut key) = (Vec::new(), Vec::new());
            for at in 0..read_number(from)?.min(10_000) {
                columns.push((text(from)?, Kind::parse(&text(from)?).ok_or_else(wrong)?));
                if byte(from)? == 1 {
                    key.push(usize::try_from(at).map_err(|_| wrong())?);
                }
            }
            Ok(Record::Table(Table { name, columns, key }))
        }
        ROW => {
            let columns = &table.ok_or_else(wrong)?.columns;
            Ok(Record::Row(columns.iter().map(|(_, kind)| read_value(from, *kind)).collect::<io::Result<_>>()?))
        }
        END => Ok(Record::End { rows: read_number(from)? }),
        _ => Err(wrong()),
    }
}

fn read_value(from: &mut impl Read, kind: Kind) -> io::Result<Arg> {
    let there = byte(from)?;
    Ok(match kind {
        Kind::Bool => Arg::Bool((there > 0).then_some(there == 2)),
        Kind::Uuid if there == 0 => Arg::Uuid(None),
        Kind::Uuid => Arg::Uuid(Some(Uuid::from_bytes(array(from)?))),
        Kind::Bytes if there == 0 => Arg::Bytes(None),
        Kind::Bytes => Arg::Bytes(Some(read_field(from)?)),
        Kind::Text if there == 0 => Arg::Text(None),
        Kind::Text => Arg::Text(Some(text(from)?)),
        Kind::Int if there == 0 => Arg::Int(None),
        Kind::Int => Arg::Int(Some(i64::from_be_bytes(array(from)?))),
    })
}

fn byte(from: &mut impl Read) -> io::Result<u8> {
    array::<1>(from).map(|[byte]| byte)
}

fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_number(from: &mut impl Read) -> io::Result<u64> {
    array(from).map(u64::from_be_bytes)
}

fn read_field(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = usize::try_from(read_number(from)?).ok().filter(|n| *n <= LONGEST).ok_or_else(wrong)?;
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(from: &mut impl Read) -> io::Result<String> {
    String::from_utf8(read_field(from)?).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back_as_it_was() {
        let names = ["id", "sealed", "word", "n", "flag"];
        let columns: Vec<_> = names.iter().map(|name| (*name).to_owned()).zip(Kind::ALL).collect();
        let table = Table { name: "all".to_owned(), columns, key: vec![0] };
        let id = Uuid::from_u128(7);
        let rows = [
            vec![
                Arg::Uuid(Some(id)),
                Arg::Bytes(Some(vec![0, 255])),
                Arg::Text(Some("blåbær\0".to_owned())),
                Arg::Int(Some(i64::MIN)),
                Arg::Bool(Some(true)),
            ],
            vec![Arg::Uuid(None), Arg::Bytes(None), Arg::Text(None), Arg::Int(None), Arg::Bool(None)],
            vec![
                Arg::Uuid(Some(id)),
                Arg::Bytes(Some(vec![])),
                Arg::Text(Some(String::new())),
                Arg::Int(Some(0)),
                Arg::Bool(Some(false)),
            ],
        ];
        let mut bytes = Vec::new();
        write(&mut bytes, &Record::Table(table.clone())).unwrap();
        for row in &rows {
            write(&mut bytes, &Record::Row(row.clone())).unwrap();
        }
        write(&mut bytes, &Record::End { rows: 3 }).unwrap();
        let mut from = bytes.as_slice();
        let Record::Table(told) = read(&mut from, None).unwrap() else { panic!("no table") };
        assert_eq!(told, table);
        for row in &rows {
            let Record::Row(told) = read(&mut from, Some(&table)).unwrap() else { panic!("no row") };
            let mut again = Vec::new();
            write(&mut again, &Record::Row(told)).unwrap();
            let mut first = Vec::new();
            write(&mut first, &Record::Row(row.clone())).unwrap();
            assert_eq!(again, first);
        }
        assert!(matches!(read(&mut from, Some(&table)).unwrap(), Record::End { rows: 3 }));
        assert!(from.is_empty());
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for bytes in [&[9][..], &[HEAD], &[TABLE, 255, 255, 255, 255, 255, 255, 255, 255], &[ROW]] {
            assert!(read(&mut &*bytes, None).is_err());
        }
    }
}
