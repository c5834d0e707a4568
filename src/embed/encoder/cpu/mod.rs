//! BERT on the CPU, without padding, on packed weights.
//!
//! The texts of a micro-batch are laid one after another: `[tokens, hidden]`, where `tokens` is
//! the sum of their lengths. Everything but attention treats tokens alone, so it runs on all at
//! once, a block of rows at a time ([`layer`]); attention runs text by text ([`attention`]). For
//! `[CLS]` pooling the last layer computes only the rows of `[CLS]`, which still attend to all keys
//! and values of their text. Residuals, `LayerNorm`, softmax and GELU are `f32` in every precision.
//!
//! Weights are read from the file tensor by tensor, several threads at once, and each is packed and
//! let go before the next, so that the file is never in memory beside the packed weights.
//!
//! Many texts are shared out: each thread of the rayon pool takes micro-batches of its own from
//! end to end. Of a single text all threads compute every product together, each its columns.

mod attention;
mod crew;
mod layer;

use std::cmp::Reverse;
use std::sync::atomic::AtomicBool;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};

use self::{
    crew::Crew,
    layer::{Layer, Norm, Room, Span},
};
use super::{
    EncodeError, Encoder, Precision, check_lengths, finish, finite,
    kernels::{Features, Kernels},
};
use crate::embed::model::{Config, Model, ModelError, Pooling, Reader};

/// Tokens of a micro-batch, about, unless a single text is longer. More do not compute faster.
const MICRO_BATCH: usize = 1024;

/// Fewer tokens than this for each thread, and the threads work on all of them together: a text
/// alone would be one thread's.
const SHARE: usize = 256;

/// A BERT encoder in main memory.
pub struct CpuEncoder {
    kernels: Kernels,
    precision: Precision,
    hidden: usize,
    embeddings: Embeddings,
    layers: Vec<Layer>,
    pooling: Pooling,
    normalize: bool,
}

/// What a token is before the first layer.
struct Embeddings {
    /// Word embeddings `[vocabulary, hidden]`.
    words: Vec<f32>,
    /// Position embeddings `[positions, hidden]`, with that of token type 0 added: all tokens
    /// are of this type.
    positions: Vec<f32>,
    norm: Norm,
}

impl Embeddings {
    fn read(reader: &Reader<'_>, config: &Config) -> Result<Self, ModelError> {
        let table = |name: &str| reader.values(&format!("embeddings.{name}_embeddings.weight"));
        let types = table("token_type")?;
        let mut positions = table("position")?;
        for row in positions.chunks_exact_mut(config.hidden_size) {
            row.iter_mut().zip(&types).for_each(|(x, of_type)| *x += of_type);
        }
        let norm = Norm::read(reader, "embeddings.LayerNorm", config.layer_norm_eps)?;
        Ok(Self { words: table("word")?, positions, norm })
    }
}

impl CpuEncoder {
    /// Reads the model's weights and packs them for the processor.
    ///
    /// # Errors
    /// The weights cannot be read, or the CPU does not compute in this precision.
    pub fn new(model: &Model, precision: Precision) -> Result<Self, ModelError> {
        let precision = settle(precision)?;
        let kernels = Kernels::best(precision, features()?)
            .ok_or_else(|| cannot(&format!("it does not compute in {precision}")))?;
        let config = model.config();
        let reader = model.reader()?;
        let (embeddings, layers) = rayon::join(
            || Embeddings::read(&reader, config),
            || {
                let layers = (0..config.num_hidden_layers).into_par_iter().with_max_len(1);
                let layer =
                    |at| Layer::read(&reader, kernels, &format!("encoder.layer.{at}"), config);
                layers.map(layer).collect::<Result<Vec<Layer>, ModelError>>()
            },
        );
        let (embeddings, layers) = (embeddings?, layers?);
        reader.finish()?;
        Ok(Self {
            kernels,
            precision,
            hidden: config.hidden_size,
            embeddings,
            layers,
            pooling: model.pooling(),
            normalize: model.normalize(),
        })
    }

    /// The name of the kernels in use, for reports.
    #[must_use]
    pub fn kernels(&self) -> &'static str {
        self.kernels.name()
    }

    /// The texts as the first layer sees them, `[tokens, hidden]`, and where each of them is.
    fn embed(&self, texts: &[&[u32]]) -> Result<(Vec<f32>, Vec<Span>), EncodeError> {
        let hidden = self.hidden;
        let tokens: usize = texts.iter().map(|text| text.len()).sum();
        let mut rows = vec![0.0; tokens * hidden];
        let mut spans: Vec<Span> = Vec::with_capacity(texts.len());
        let mut places = rows.chunks_exact_mut(hidden);
        let mut start = 0;
        for text in texts {
            spans.push((start, text.len()));
            start += text.len();
            let positions = self.embeddings.positions.chunks_exact(hidden);
            for ((id, position), row) in text.iter().zip(positions).zip(places.by_ref()) {
                let word = self.word(*id)?;
                for ((x, word), position) in row.iter_mut().zip(word).zip(position) {
                    *x = word + position;
                }
                self.embeddings.norm.apply(&self.kernels, row);
            }
        }
        Ok((rows, spans))
    }

    /// One vector for each text.
    fn forward(
        &self,
        crew: Crew,
        texts: &[&[u32]],
        stop: &AtomicBool,
    ) -> Result<Vec<Vec<f32>>, EncodeError> {
        let hidden = self.hidden;
        let (mut rows, spans) = self.embed(texts)?;
        let mut room = Room::new(self.kernels, crew);
        let (body, last) = match (self.pooling, self.layers.split_last()) {
            (Pooling::Cls, Some((last, body))) => (body, Some(last)),
            _ => (&self.layers[..], None),
        };
        for layer in body {
            layer.forward(crew, &mut rows, None, &spans, &mut room, stop)?;
        }
        if let Some(last) = last {
            let mut firsts: Vec<f32> = Vec::with_capacity(texts.len() * hidden);
            for (start, _) in &spans {
                firsts.extend_from_slice(&rows[start * hidden..][..hidden]);
            }
            last.forward(crew, &mut firsts, Some(&rows), &spans, &mut room, stop)?;
            return Ok(firsts.chunks_exact(hidden).map(<[f32]>::to_vec).collect());
        }
        let mean = |&(start, length): &Span| {
            let mut mean = vec![0.0; hidden];
            for row in rows[start * hidden..][..length * hidden].chunks_exact(hidden) {
                mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
            self.kernels.rows.multiply(&mut mean, 1.0 / length as f32);
            mean
        };
        Ok(spans.iter().map(mean).collect())
    }

    fn word(&self, id: u32) -> Result<&[f32], EncodeError> {
        let start = id as usize * self.hidden;
        self.embeddings
            .words
            .get(start..start + self.hidden)
            .ok_or(EncodeError::Token { id, vocabulary: self.embeddings.words.len() / self.hidden })
    }
}

impl Encoder for CpuEncoder {
    fn encode(&self, batch: &[&[u32]], stop: &AtomicBool) -> Result<Vec<Vec<f32>>, EncodeError> {
        check_lengths(batch, self.embeddings.positions.len() / self.hidden)?;
        let threads = rayon::current_num_threads();
        let tokens: usize = batch.iter().map(|text| text.len()).sum();
        let vectors = if threads > 1 && tokens < SHARE * threads || batch.len() == 1 {
            let crew = Crew::Together(threads);
            crew.run(|| self.forward(crew, batch, stop))?
        } else {
            let shares = share_out(batch, threads);
            let encode = |share: &Vec<usize>| {
                let texts: Vec<&[u32]> = share.iter().map(|text| batch[*text]).collect();
                self.forward(Crew::Alone, &texts, stop)
            };
            let done: Vec<Vec<Vec<f32>>> = (shares.par_iter().with_max_len(1))
                .map(encode)
                .collect::<Result<_, EncodeError>>()?;
            let mut vectors = vec![Vec::new(); batch.len()];
            for (text, vector) in shares.into_iter().flatten().zip(done.into_iter().flatten()) {
                vectors[text] = vector;
            }
            vectors
        };
        vectors.into_iter().map(|vector| finish(vector, self.normalize)).collect()
    }

    fn token_states(&self, text: &[u32], stop: &AtomicBool) -> Result<Vec<f32>, EncodeError> {
        check_lengths(&[text], self.embeddings.positions.len() / self.hidden)?;
        let (mut rows, spans) = self.embed(&[text])?;
        let crew = Crew::Together(rayon::current_num_threads());
        let mut room = Room::new(self.kernels, crew);
        crew.run(|| {
            let forward =
                |layer: &Layer| layer.forward(crew, &mut rows, None, &spans, &mut room, stop);
            self.layers.iter().try_for_each(forward)
        })?;
        finite(rows)
    }

    fn dimensions(&self) -> usize {
        self.hidden
    }

    fn precision(&self) -> Precision {
        self.precision
    }
}

/// Micro-batches of about the same number of tokens, as many for each thread: the longest text
/// first, each to the micro-batch that has least.
fn share_out(batch: &[&[u32]], threads: usize) -> Vec<Vec<usize>> {
    let tokens: usize = batch.iter().map(|text| text.len()).sum();
    let count = tokens.div_ceil(MICRO_BATCH * threads) * threads;
    let mut shares = vec![(0, Vec::new()); count.max(1)];
    let mut order: Vec<usize> = (0..batch.len()).collect();
    order.sort_by_key(|text| Reverse(batch[*text].len()));
    for text in order {
        if let Some((tokens, texts)) = shares.iter_mut().min_by_key(|share| share.0) {
            *tokens += batch[text].len();
            texts.push(text);
        }
    }
    shares.into_iter().map(|(_, texts)| texts).filter(|texts| !texts.is_empty()).collect()
}

/// The precision that suits the processor.
pub(super) fn automatic() -> Result<Precision, ModelError> {
    Ok(if features()?.has_bf16() { Precision::Bf16 } else { Precision::F32 })
}

/// What the processor makes of this precision: see [`Precision::Int7`].
pub(super) fn settle(precision: Precision) -> Result<Precision, ModelError> {
    let needs_int7 = precision == Precision::Int8 && features()?.needs_int7();
    Ok(if needs_int7 { Precision::Int7 } else { precision })
}

fn features() -> Result<Features, ModelError> {
    Features::in_use().map_err(|error| cannot(&error.to_string()))
}

/// The CPU cannot do what is asked.
fn cannot(reason: &str) -> ModelError {
    ModelError::Device { device: "cpu".to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{MICRO_BATCH, share_out};

    #[test]
    fn each_text_is_in_one_share_and_the_shares_are_alike() {
        let lengths = [512, 1, 300, 300, 299, 40, 41, 512, 230, 120, 7, 260, 330, 18, 55];
        let texts: Vec<Vec<u32>> = lengths.iter().map(|length| vec![7; *length]).collect();
        let batch: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
        for threads in [1, 2, 3, 40] {
            let shares = share_out(&batch, threads);
            let mut all = shares.concat();
            all.sort_unstable();
            assert_eq!(all, (0..batch.len()).collect::<Vec<_>>());
            let tokens: Vec<usize> =
                shares.iter().map(|share| share.iter().map(|text| lengths[*text]).sum()).collect();
            let (least, most) = (tokens.iter().min().unwrap(), tokens.iter().max().unwrap());
            assert!(threads == 40 || most - least <= 300, "{threads} threads: {tokens:?}");
            assert!(*most <= MICRO_BATCH + 512, "{threads} threads: {tokens:?}");
            assert!(shares.len().is_multiple_of(threads) || threads == 40);
        }
    }
}
