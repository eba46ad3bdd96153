//! A file with a temporary name until it is complete, so that no reader finds half of it.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process,
};

use crate::error::Error;

/// A file that is deleted unless it is published.
#[derive(Debug)]
pub struct Draft {
    temporary: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Creates the temporary file of the file at `path`.
    pub fn open(path: PathBuf) -> Result<(Self, File), Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.part", process::id()));
        // Never opens an existing file: on some file systems two ids that differ only in case name
        // one file.
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => Ok((Self { temporary, path }, file)),
            Err(cause) => Err(Error::Unwritable { path, cause }),
        }
    }

    /// The final path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the file is until it is published.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Gives the file its final name.
    pub fn publish(self) -> Result<(), Error> {
        fs::rename(&self.temporary, &self.path).map_err(|cause| Error::WriteFailed { path: self.path.clone(), cause })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `publish` this name no longer exists; on the way out of an error nobody could
        // handle another one.
        let _ = fs::remove_file(&self.temporary);
    }
}
