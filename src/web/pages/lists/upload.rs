//! Putting a list in the folder: streamed to a file that only we can read, and named when it is complete.

use std::io::Write;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{incomplete, lists, refused};
use crate::audit::On;
use crate::campaign::lists::{self, Part, Refused};
use crate::domain::act::Act;
use crate::gateway::form::escaped;
use crate::web::{Allow, At, Doors, Failure, Frame, blocking};

/// The largest list that is taken in, in bytes.
pub const MOST: usize = 50_000_000;
/// What a form has around its file, in bytes.
const AROUND: usize = 64 * 1024;
/// The longest field beside the file, in characters.
const SHORT: usize = 16;

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/lists", Allow::COORDINATOR, upload.layer(DefaultBodyLimit::max(MOST + AROUND)))
}

async fn upload(State(house): At, frame: Frame, mut form: Multipart) -> Result<Response, Failure> {
    let mut replace = false;
    while let Some(field) = form.next_field().await.map_err(|why| broken(&why))? {
        match field.name() {
            // It stands before the file, so that it is known when the file is there.
            Some("replace") => {
                let said = field.text().await.map_err(|why| broken(&why))?;
                replace = said.len() <= SHORT && said == "yes";
            }
            Some("list") => {
                let name = match lists::name(field.file_name().unwrap_or_default()) {
                    Ok(name) => name,
                    Err(why) => return refused(&house, &frame, &why).await,
                };
                let folder = lists(&house);
                let part = match blocking({
                    let folder = folder.clone();
                    move || folder.part()
                })
                .await?
                {
                    Ok(part) => part,
                    Err(why) => return refused(&house, &frame, &Refused::Disk(why)).await,
                };
                let part = match write(field, part).await? {
                    Ok(part) => part,
                    Err(why) => return refused(&house, &frame, &why).await,
                };
                let to = format!("/lists/{}", escaped(&name));
                house.ledger.book().note_alone(&house.db, Act::ListAdded, On::Nothing, None).await?;
                return match blocking(move || folder.put(part, &name, replace)).await? {
                    Ok(()) => Ok(Redirect::to(&to).into_response()),
                    Err(why) => refused(&house, &frame, &why).await,
                };
            }
            _ => {}
        }
    }
    Err(incomplete())
}

async fn write(mut field: Field<'_>, mut part: Part) -> Result<Result<Part, Refused>, Failure> {
    while let Some(chunk) = field.chunk().await.map_err(|why| broken(&why))? {
        let written = blocking(move || part.file.write_all(&chunk).map(|()| part)).await?;
        part = match written {
            Ok(part) => part,
            Err(why) => return Ok(Err(Refused::Disk(why))),
        };
    }
    Ok(Ok(part))
}

fn broken(why: &MultipartError) -> Failure {
    if why.status() == StatusCode::PAYLOAD_TOO_LARGE { Failure::too_large() } else { incomplete() }
}
