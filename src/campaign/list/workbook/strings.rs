//! The texts that a workbook's cells share: one after the other in one block, so that a million stay small.

use quick_xml::events::Event;
use zeroize::Zeroizing;

use super::part::{Xml, add_reference};
use crate::campaign::list::error::Fault;

/// More text than this, in bytes, is not kept in memory.
const MOST_BYTES: usize = 80 * 1024 * 1024;

/// The shared texts of a workbook.
#[derive(Default)]
pub(super) struct Strings {
    text: Zeroizing<String>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads all of them.
    pub(super) fn read(xml: &mut Xml) -> Result<Self, Fault> {
        let mut strings = Self::default();
        // Room for all at once: growing step by step would hold it twice. What is not written to takes no memory.
        strings.text.reserve(usize::try_from(xml.unpacked).unwrap_or(MOST_BYTES).min(MOST_BYTES));
        let (mut taking, mut spoken) = (false, false);
        loop {
            match xml.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "t" => taking = !spoken,
                    "rPh" => spoken = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "t" => taking = false,
                    "rPh" => spoken = false,
                    "si" => strings.end()?,
                    _ => {}
                },
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => strings.end()?,
                Event::Text(text) if taking => strings.text.push_str(&text.xml10_content()),
                Event::CData(text) if taking => strings.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if taking => add_reference(&reference, &mut strings.text)?,
                Event::Eof => {
                    strings.text.shrink_to_fit();
                    return Ok(strings);
                }
                _ => {}
            }
            if strings.text.len() > MOST_BYTES {
                return Err(Fault::TooLarge);
            }
        }
    }

    fn end(&mut self) -> Result<(), Fault> {
        if self.text.len() + 4 * self.ends.len() > MOST_BYTES {
            return Err(Fault::TooLarge);
        }
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| Fault::TooLarge)?);
        Ok(())
    }

    /// A text by its number.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&start| start as usize);
        self.text.get(start..end)
    }
}
