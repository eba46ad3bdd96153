//! All output files: one WAV file for each participant, the picture, and the stems. Either all of them are
//! published at the end, or none.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    cli::Options,
    draft::Draft,
    error::Error,
    scene::Scene,
    stems::{StemPlaces, Stems},
    track::Track,
};

/// The paths of the results.
#[derive(Debug)]
pub struct Places {
    pub directory: PathBuf,
    /// The WAV files, by place in the cast.
    pub tracks: Vec<PathBuf>,
    pub picture: Option<PathBuf>,
    pub stems: Option<StemPlaces>,
}

/// The output files while they are written.
pub struct Outputs<'p> {
    pub tracks: Vec<Track>,
    pub stems: Option<Stems<'p>>,
    places: &'p Places,
    picture: Option<(Draft, File)>,
}

impl Places {
    /// The paths that the options ask for; an error if a result would overwrite an input or another
    /// result.
    pub fn of(options: &Options, scene: &Scene) -> Result<Self, Error> {
        let directory = options.out.clone().unwrap_or_else(default_directory);
        let tracks: Vec<PathBuf> =
            scene.cast.iter().map(|member| directory.join(format!("{}.wav", member.id))).collect();
        let bundled = options.is_bundled().then(|| directory.join("mix_wav.svg"));
        let places = Self {
            directory,
            tracks,
            picture: options.plot.clone().or(bundled),
            stems: StemPlaces::of(options, scene),
        };
        places.check(&scene.inputs)?;
        Ok(places)
    }

    fn check(&self, inputs: &[PathBuf]) -> Result<(), Error> {
        // Canonical paths, so that two names of one file are equal; a file that does not exist yet
        // cannot be overwritten.
        let inputs: Vec<PathBuf> = inputs.iter().filter_map(|path| path.canonicalize().ok()).collect();
        let stems: Vec<&PathBuf> = self.stems.iter().flat_map(StemPlaces::all).collect();
        let mixes: Vec<PathBuf> = self.tracks.iter().filter_map(|path| std::path::absolute(path).ok()).collect();
        if let Some(path) = stems.iter().find(|path| std::path::absolute(path).is_ok_and(|path| mixes.contains(&path)))
        {
            return Err(Error::Overwrites { path: (*path).clone(), what: "a mix" });
        }
        for path in self.tracks.iter().chain(&self.picture).chain(stems) {
            if path.canonicalize().is_ok_and(|real| inputs.contains(&real)) {
                return Err(Error::Overwrites { path: path.clone(), what: "a file that is read" });
            }
            if path.is_dir() {
                return Err(Error::Overwrites { path: path.clone(), what: "a directory" });
            }
        }
        Ok(())
    }
}

fn default_directory() -> PathBuf {
    // That of the workspace, which this package is two folders below.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let directory = root.join("target").join("mix_wav");
    let here = std::env::current_dir().unwrap_or_default();
    // Relative to the current directory if it is below it.
    directory.strip_prefix(here).map(Path::to_owned).unwrap_or(directory)
}

impl<'p> Outputs<'p> {
    /// Creates every file, so that a path that cannot be written is found before the mixing.
    pub fn open(places: &'p Places, options: &Options, scene: &Scene) -> Result<Self, Error> {
        let made = fs::create_dir_all(&places.directory);
        made.map_err(|cause| Error::Unwritable { path: places.directory.clone(), cause })?;
        let create = |(member, path): (usize, &PathBuf)| {
            let stream = scene.format(member);
            Track::create(path.clone(), options.format, stream, scene.frames(stream.rate_hz))
        };
        let tracks = places.tracks.iter().enumerate().map(create).collect::<Result<_, _>>()?;
        let picture = places.picture.clone().map(Draft::open).transpose()?;
        let stems = places.stems.as_ref().map(|places| Stems::open(places, options.format)).transpose()?;
        Ok(Self { tracks, stems, places, picture })
    }

    /// Gives every file its final name; `draw` makes the picture if there is to be one.
    pub fn publish(self, scene: &Scene, draw: impl FnOnce() -> Result<String, Error>) -> Result<(), Error> {
        let mut drafts = self.tracks.into_iter().map(Track::finish).collect::<Result<Vec<_>, _>>()?;
        if let Some((draft, mut file)) = self.picture {
            let written = file.write_all(draw()?.as_bytes());
            written.map_err(|cause| Error::WriteFailed { path: draft.path().to_owned(), cause })?;
            drafts.push(draft);
        }
        if let Some(stems) = self.stems {
            drafts.append(&mut stems.finish(scene, &self.places.tracks)?);
        }
        drafts.into_iter().try_for_each(Draft::publish)
    }
}
