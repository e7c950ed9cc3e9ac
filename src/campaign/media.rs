//! Files that a campaign names: inside its folder and nowhere else; and whether one is an image that a gateway takes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::list::MOST_BYTES;
use crate::domain::hex::hex;

/// The largest image that gateways take, in bytes.
pub const MOST_IMAGE: u64 = 5_000_000;

/// Why a file that a campaign names is not there for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No such file.
    #[error("there is no such file")]
    Missing,
    /// It lies outside the folder of campaigns, or leads out of it.
    #[error("it lies outside the folder of campaigns")]
    Outside,
    /// A folder, a device or the like.
    #[error("it is no file")]
    NoFile,
    /// The system does not let us read it.
    #[error("it cannot be read")]
    Unreadable,
}

/// What is wrong with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// It cannot be found or read.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Neither PNG, JPEG nor GIF.
    #[error("it is no PNG, JPEG or GIF")]
    NoImage,
    /// Larger than gateways take.
    #[error("it is larger than gateways take")]
    TooLarge,
}

/// Finds a file by its path from the folder; a link that leads out of the folder is not followed.
///
/// # Errors
/// When it is not there, lies outside, or is no file.
pub fn inside(folder: &Path, relative: &str) -> Result<PathBuf, PathError> {
    let written = Path::new(relative);
    let plain = written.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let drive = relative.contains('\\') || relative.as_bytes().get(1) == Some(&b':');
    if !plain || drive || relative.contains('\0') {
        return Err(PathError::Outside);
    }
    let root = folder.canonicalize().map_err(|error| absent(&error))?;
    let path = root.join(written).canonicalize().map_err(|error| absent(&error))?;
    if !path.starts_with(&root) {
        return Err(PathError::Outside);
    }
    // Asked before opening: opening a pipe would wait for ever.
    match path.metadata() {
        Ok(data) if data.is_file() => Ok(path),
        Ok(_) => Err(PathError::NoFile),
        Err(error) => Err(absent(&error)),
    }
}

fn absent(error: &io::Error) -> PathError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => PathError::Missing,
        _ => PathError::Unreadable,
    }
}

/// Finds an image by its path from the folder and gives the hash of its bytes.
///
/// # Errors
/// When it is not there, is no image, or is too large.
pub fn image(folder: &Path, relative: &str) -> Result<String, ImageError> {
    let path = inside(folder, relative)?;
    if path.metadata().map_err(|error| absent(&error))?.len() > MOST_IMAGE {
        return Err(ImageError::TooLarge);
    }
    let mut start = [0; 32];
    let read = File::open(&path).and_then(|file| file.take(32).read(&mut start)).map_err(|error| absent(&error))?;
    if !is_image(&start[..read]) {
        return Err(ImageError::NoImage);
    }
    Ok(hash(&path).map_err(|error| absent(&error))?)
}

/// By the first bytes, as each format's specification has them; a PNG must go on with a size that is not nothing.
fn is_image(start: &[u8]) -> bool {
    let png = start.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let some = |range: std::ops::Range<usize>| start.get(range).is_some_and(|size| size != [0; 4]);
    (png && some(16..20) && some(20..24))
        || start.starts_with(b"\xff\xd8\xff")
        || start.starts_with(b"GIF87a")
        || start.starts_with(b"GIF89a")
}

/// The SHA-256 of a file's bytes, in hex. Of one that is larger than any list nothing is read.
///
/// # Errors
/// When it cannot be read, or is larger than any list.
pub fn hash(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    if file.metadata()?.len() > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // It may grow while it is read.
    let mut file = file.take(MOST_BYTES);
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex(hash.finalize())),
            n => hash.update(&chunk[..n]),
        }
    }
}

/// The SHA-256 of bytes, in hex.
pub fn hash_of(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::list::{Fault, List};
    use std::fs;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";

    #[test]
    fn a_path_that_leads_out_of_the_folder_is_refused() {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("campaigns");
        fs::create_dir_all(folder.join("lists")).unwrap();
        fs::write(house.path().join("secret.csv"), "telefon\n").unwrap();
        fs::write(folder.join("lists/oslo.csv"), "telefon\n").unwrap();
        for path in ["../secret.csv", "lists/../../secret.csv", "/etc/passwd", "", "..\\secret.csv", "C:/x.csv"] {
            let expected = if path.is_empty() { PathError::NoFile } else { PathError::Outside };
            assert_eq!(inside(&folder, path), Err(expected), "{path}");
        }
        assert_eq!(inside(&folder, "lists"), Err(PathError::NoFile));
        assert_eq!(inside(&folder, "lists/bergen.csv"), Err(PathError::Missing));
        assert_eq!(inside(&folder, "lists/oslo.csv/x"), Err(PathError::Missing));
        assert!(inside(&folder, "./lists/oslo.csv").unwrap().ends_with("lists/oslo.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused_and_one_inside_is_followed() {
        use std::os::unix::fs::symlink;
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("campaigns");
        fs::create_dir_all(&folder).unwrap();
        fs::write(house.path().join("secret.csv"), "telefon\n").unwrap();
        fs::write(folder.join("a.csv"), "telefon\n").unwrap();
        symlink("../secret.csv", folder.join("out.csv")).unwrap();
        symlink("..", folder.join("up")).unwrap();
        symlink("a.csv", folder.join("b.csv")).unwrap();
        symlink("gone.csv", folder.join("dangling.csv")).unwrap();
        assert_eq!(inside(&folder, "out.csv"), Err(PathError::Outside));
        assert_eq!(inside(&folder, "up/secret.csv"), Err(PathError::Outside));
        assert_eq!(inside(&folder, "dangling.csv"), Err(PathError::Missing));
        assert!(inside(&folder, "b.csv").is_ok());
    }

    #[test]
    fn an_image_is_known_by_its_bytes_and_not_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let try_image = |name: &str, bytes: &[u8]| {
            fs::write(folder.path().join(name), bytes).unwrap();
            image(folder.path(), name)
        };
        assert_eq!(try_image("a.txt", PNG).unwrap().len(), 64);
        assert!(try_image("b.jpg", b"\xff\xd8\xff\xe0rest").is_ok());
        assert!(try_image("c.gif", b"GIF89a\x01\0\x01\0").is_ok());
        for bytes in [
            &b""[..],
            b"<svg/>",
            b"RIFF\0\0\0\0WEBP",
            &PNG[..12],
            b"GIF",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(try_image("d.png", bytes), Err(ImageError::NoImage), "{bytes:?}");
        }
        let large = File::create(folder.path().join("e.png")).unwrap();
        large.set_len(MOST_IMAGE + 1).unwrap();
        assert_eq!(image(folder.path(), "e.png"), Err(ImageError::TooLarge));
    }

    #[test]
    fn what_is_larger_than_any_list_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        File::create(&path).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert_eq!(hash(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        let refused = List::open(&path).unwrap_err();
        assert!(matches!(refused.fault, Fault::Huge), "{refused}");
    }

    #[test]
    fn a_hash_is_the_one_that_others_compute() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(&folder.path().join("a")).unwrap(), expected);
    }
}
