//! A file in the making: under a temporary name until everything is done, so that nobody finds half of it.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process,
};

use crate::error::Error;

/// A file that vanishes unless it is published.
#[derive(Debug)]
pub struct Draft {
    temporary: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Begins a file that will stand at `path`.
    pub fn open(path: PathBuf) -> Result<(Self, File), Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.part", process::id()));
        // Never into an existing file: two ids that differ only in case are one name on some file systems.
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => Ok((Self { temporary, path }, file)),
            Err(cause) => Err(Error::Unwritable { path, cause }),
        }
    }

    /// Where the file will stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name.
    pub fn publish(self) -> Result<(), Error> {
        fs::rename(&self.temporary, &self.path).map_err(|cause| Error::WriteFailed { path: self.path.clone(), cause })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing there is nothing under this name any more; on the way out of an error there is nobody to tell.
        let _ = fs::remove_file(&self.temporary);
    }
}
