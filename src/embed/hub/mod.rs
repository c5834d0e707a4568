//! Find a model in the standard cache of the HuggingFace Hub, or download it there.
//!
//! [`Hub::cached`] looks without touching the network. [`Hub::fetch`] asks the Hub which commit a
//! model is at and which files it has, then brings what is missing: `listing` chooses the files,
//! `transfer` downloads them (with redirects, retries, and going on where a download stopped),
//! `verify` checks length, digest and form, and only then does `cache` make a file visible. The
//! reference to the commit is written last, so that a snapshot is whole or unknown. `settings`
//! reads the environment variables of Python's `huggingface_hub`, whose cache this is.

mod answer;
mod cache;
mod error;
mod id;
mod listing;
mod origin;
mod progress;
mod settings;
mod transfer;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

pub use error::HubError;
pub use id::ModelId;
pub use progress::{Progress, Stage};
pub use settings::Settings;

use cache::RepoCache;
use listing::{CONFIG, RemoteFile};
use progress::Meter;
use transfer::Client;

/// The Hub and its cache on this disk.
pub struct Hub {
    settings: Settings,
}

/// A whole snapshot of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedModel {
    /// The folder that holds `config.json`, the tokenizer and the weights.
    pub dir: PathBuf,
    /// The commit of the repository, 40 hexadecimal digits.
    pub commit: String,
}

impl Hub {
    /// A Hub with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Is the network not to be used?
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.settings.offline
    }

    /// A Hub as the environment says ([`Settings::from_vars`]); `offline` forbids the network
    /// even where the environment does not.
    #[must_use]
    pub fn from_env(offline: bool) -> Self {
        let var = |name: &str| std::env::var(name).ok();
        let mut settings = Settings::from_vars(var, std::env::home_dir().as_deref());
        settings.offline |= offline;
        Self::new(settings)
    }

    /// The model's snapshot in the cache, if it is whole: all files there, the small ones with
    /// the content that their name promises, the weights not cut short, of the BERT
    /// architecture. Uses no network.
    #[must_use]
    pub fn cached(&self, id: &ModelId) -> Option<CachedModel> {
        let cache = self.settings.cache.as_ref()?;
        RepoCache::new(cache, id).lookup().ok()
    }

    /// Brings the cache up to date with the model's revision on the Hub, and returns its
    /// snapshot. What is there already, from this program or another, is verified and kept.
    ///
    /// Offline, and for a revision that is a whole commit hash, a whole snapshot in the cache is
    /// returned without asking the Hub. `progress` is called at most every 50 ms within a stage.
    /// As soon as `stop` is true the download ends (at most 50 ms later; up to the connect
    /// timeout while a connection is being made), and the next one goes on from there.
    ///
    /// # Errors
    /// Any of [`HubError`] but [`HubError::InvalidId`]. A file that is not what the Hub lists is
    /// deleted, and never becomes part of a snapshot.
    pub fn fetch(
        &self,
        id: &ModelId,
        progress: &mut dyn FnMut(Progress<'_>),
        stop: &AtomicBool,
    ) -> Result<CachedModel, HubError> {
        let folder = self.settings.cache.as_ref().ok_or(HubError::NoCacheFolder)?;
        let cache = RepoCache::new(folder, id);
        if self.settings.offline {
            return cache.lookup().map_err(|fault| HubError::Offline {
                model: id.to_string(),
                folder: folder.clone(),
                fault,
            });
        }
        if id.is_pinned()
            && let Ok(found) = cache.lookup()
        {
            return Ok(found);
        }
        let client = Client::new(&self.settings, id, stop)?;
        client.stoppable(|| Download { id, cache: &cache, client: &client, stop }.run(progress))
    }
}

/// One download under way.
struct Download<'a> {
    id: &'a ModelId,
    cache: &'a RepoCache<'a>,
    client: &'a Client<'a>,
    stop: &'a AtomicBool,
}

impl Download<'_> {
    fn run(&self, progress: &mut dyn FnMut(Progress<'_>)) -> Result<CachedModel, HubError> {
        let listing = self.client.listing()?;
        let commit = &listing.commit;
        let dir = self.cache.snapshot(commit);
        let total = listing.files.iter().map(|file| file.size).sum();
        let mut meter = Meter::new(total, progress);
        for file in &listing.files {
            meter.file(&file.name);
            self.place(commit, file, &mut meter)?;
            meter.finish(file.size);
            let path = dir.join(&file.name);
            let fit = match file.name.as_str() {
                CONFIG => verify::is_bert(&path),
                name => verify::weights(&path, name)
                    .map_err(|why| format!("its {name} cannot be read: {why}")),
            };
            fit.map_err(|why| HubError::Unusable { model: self.id.to_string(), why })?;
        }
        if !listing.has_modules {
            self.cache.record_no_modules(commit)?;
        }
        self.cache.record_commit(commit)?;
        Ok(CachedModel { dir, commit: listing.commit })
    }

    /// Makes `file` part of the snapshot, from what is on this disk or else from the Hub.
    fn place(
        &self,
        commit: &str,
        file: &RemoteFile,
        meter: &mut Meter<'_>,
    ) -> Result<(), HubError> {
        let etag = file.digest.etag();
        meter.at(Stage::Checking, 0);
        let pointer = self.cache.snapshot(commit).join(&file.name);
        if verify::content(&pointer, file, self.stop)?.is_none() {
            return Ok(());
        }
        let _lock = self.cache.lock(etag, self.stop, || meter.at(Stage::Waiting, 0))?;
        let blob = self.cache.blob(etag);
        if verify::content(&blob, file, self.stop)?.is_some() {
            let partial = self.cache.blob(&format!("{etag}.incomplete"));
            cache::create_parent(&partial)?;
            self.download(commit, file, &partial, meter)?;
            fs::rename(&partial, &blob).map_err(HubError::io(&blob))?;
        }
        self.cache.link(commit, &file.name, etag)
    }

    /// Fills `partial` with verified content. Where it does not verify, and part of it came from
    /// an earlier download, that part may be at fault: then once more from the first byte.
    fn download(
        &self,
        commit: &str,
        file: &RemoteFile,
        partial: &Path,
        meter: &mut Meter<'_>,
    ) -> Result<(), HubError> {
        let mut resumed = partial.exists();
        loop {
            self.client.download(commit, file, partial, meter)?;
            meter.at(Stage::Checking, file.size);
            let Some(why) = verify::content(partial, file, self.stop)? else {
                return Ok(());
            };
            cache::remove(partial)?;
            if !resumed {
                return Err(self.client.corrupt(file, why));
            }
            resumed = false;
        }
    }
}
