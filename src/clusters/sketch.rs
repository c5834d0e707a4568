//! Short vectors whose inner products are nearly the papers' similarities, to propose candidates.
//!
//! Vectors and topics of a paper, weighed as [`Affinity`] weighs them, are set side by side and
//! turned into the [`WIDTH`] directions in which papers differ most: a randomised principal
//! component analysis by subspace iteration (Halko, Martinsson and Tropp, 2011). The words shared
//! have no part in it but through the topics.

use candle_core::{Device, Storage, Tensor};
use rayon::prelude::*;

use super::Error;
use super::affinity::Affinity;
use crate::embed::model::Metric;
use crate::similarity::lexical::topics::{orthonormal, signs};
use crate::similarity::vectors::Vectors;

/// Directions that are kept.
///
/// Measured on 16,844 papers as for [`graph`](super::graph), the share of the true neighbours found
/// among 128 candidates with 64, 96 and 128 directions: 0.911, 0.946 and 0.966; by words alone 0.841,
/// 0.909 and 0.941.
const WIDTH: usize = 128;

/// How often the random directions go round.
const ITERATIONS: usize = 2;

/// Papers compared with all others at a time.
const BLOCK: usize = 256;

/// Values that are compared with the least of the highest at once.
const CHUNK: usize = 32;

/// For each paper a row whose inner product with another paper's, and that one's bias added, orders
/// the others nearly as their similarity does.
#[derive(Debug)]
pub(super) struct Sketch {
    /// `[papers, width]`.
    rows: Tensor,
    /// `[papers]`.
    bias: Vec<f32>,
}

impl Sketch {
    pub(super) fn new(affinity: &Affinity<'_>) -> Result<Self, Error> {
        let Parts { width, values, bias } = Parts::new(affinity);
        let all = Tensor::from_vec(values, (affinity.papers(), width), &Device::Cpu)?;
        Ok(Self { rows: if width > WIDTH { reduced(&all, width)? } else { all }, bias })
    }

    /// For each paper so many candidates (itself may be among them), in no order.
    pub(super) fn nearest(&self, candidates: usize) -> Result<Vec<Vec<u32>>, Error> {
        let papers = self.bias.len();
        let columns = self.rows.t()?;
        let blocks: Vec<Vec<Vec<u32>>> = (0..papers.div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                let start = block * BLOCK;
                let length = BLOCK.min(papers - start);
                let products = self.rows.narrow(0, start, length)?.matmul(&columns)?;
                let (storage, _) = products.storage_and_layout();
                let Storage::Cpu(storage) = &*storage else {
                    return Err(Error::from(candle_core::Error::Msg("not on the CPU".into())));
                };
                let products = storage.as_slice::<f32>()?;
                let rows = products.par_chunks_exact(papers);
                Ok(rows.map(|products| highest(products, &self.bias, candidates)).collect())
            })
            .collect::<Result<_, Error>>()?;
        Ok(blocks.into_iter().flatten().collect())
    }
}

/// Vectors and topics side by side.
struct Parts {
    width: usize,
    /// `[papers, width]`.
    values: Vec<f32>,
    bias: Vec<f32>,
}

impl Parts {
    fn new(affinity: &Affinity<'_>) -> Self {
        let (papers, scale) = (affinity.papers(), affinity.scale());
        let topics = affinity.lexical().topic_rows();
        let rank = topics.as_ref().map_or(0, |(rank, _)| *rank);
        let dimensions = affinity.vectors().map_or(0, Vectors::dimensions);
        let width = dimensions + rank;
        let mut values = vec![0.0; papers * width];
        if let Some((rank, rows)) = topics {
            // Topics stand for the words too.
            let weight = (2.0 * scale.topics).sqrt();
            for (row, topics) in values.chunks_exact_mut(width).zip(rows.chunks_exact(rank)) {
                for (to, from) in row[dimensions..].iter_mut().zip(topics) {
                    *to = weight * from;
                }
            }
        }
        let mut bias = vec![0.0; papers];
        if let Some(vectors) = affinity.vectors() {
            // For the cosine `a·b = (a−m)·(b−m) + m·b` and a constant of `a`, where `m` is the mean.
            // Near the mean distance `d`, `−|a−b|` goes as `−|a−b|²/2d`, which is
            // `((a−m)·(b−m) − |b−m|²/2) / d` and a constant of `a`.
            let mean = vectors.mean();
            let weight = match vectors.metric() {
                Metric::Cosine => scale.dense,
                Metric::Euclidean => scale.dense / scale.typical_distance(),
            };
            let root = weight.sqrt();
            let mut total = 0.0;
            for paper in 0..papers {
                let Some(vector) = vectors.get(paper) else { continue };
                let row = &mut values[paper * width..][..dimensions];
                for ((to, from), mean) in row.iter_mut().zip(vector).zip(&mean) {
                    *to = from - mean;
                }
                bias[paper] = weight
                    * match vectors.metric() {
                        Metric::Cosine => row.iter().zip(&mean).map(|(v, m)| v * m).sum::<f32>(),
                        Metric::Euclidean => -0.5 * row.iter().map(|v| v * v).sum::<f32>(),
                    };
                total += f64::from(bias[paper]);
                for value in row {
                    *value *= root;
                }
            }
            // Papers without a vector stand where those with one stand on average.
            let average = (total / vectors.count() as f64) as f32;
            for paper in (0..papers).filter(|&paper| !vectors.has(paper)) {
                bias[paper] = average;
            }
        }
        Self { width, values, bias }
    }
}

/// The rows, `[papers, width]`, in the directions in which they are longest, `[papers, WIDTH]`.
fn reduced(rows: &Tensor, width: usize) -> Result<Tensor, Error> {
    let mut basis = Tensor::from_vec(signs(width * WIDTH), (width, WIDTH), &Device::Cpu)?;
    for _ in 0..ITERATIONS {
        let spread = rows.t()?.matmul(&rows.matmul(&basis)?)?.flatten_all()?.to_vec1()?;
        basis = Tensor::from_vec(orthonormal(&spread, WIDTH), (width, WIDTH), &Device::Cpu)?;
    }
    Ok(rows.matmul(&basis)?)
}

/// Indices of the `count` highest values with their bias, in no order; by index where equal.
fn highest(values: &[f32], bias: &[f32], count: usize) -> Vec<u32> {
    let highest_first = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let mut best: Vec<(f32, u32)> = Vec::with_capacity(2 * count);
    let mut least = f32::NEG_INFINITY;
    for (chunk, (values, bias)) in values.chunks(CHUNK).zip(bias.chunks(CHUNK)).enumerate() {
        // Mostly none is high enough, which all of a chunk are asked at once.
        let mut any = false;
        for (value, bias) in values.iter().zip(bias) {
            any |= value + bias > least;
        }
        if !any {
            continue;
        }
        for (place, (value, bias)) in values.iter().zip(bias).enumerate() {
            let value = value + bias;
            if value > least {
                best.push((value, (chunk * CHUNK + place) as u32));
                if best.len() == 2 * count {
                    best.select_nth_unstable_by(count - 1, highest_first);
                    best.truncate(count);
                    least = best[count - 1].0;
                }
            }
        }
    }
    if best.len() > count {
        best.select_nth_unstable_by(count - 1, highest_first);
        best.truncate(count);
    }
    best.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_those_that_sorting_would_give() {
        let values: Vec<f32> = (0..1000_u32).map(|i| (i * 7919 % 1000 / 3) as f32).collect();
        let bias: Vec<f32> = (0..1000).map(|i| (i % 5) as f32 * 10.0).collect();
        let mut order: Vec<u32> = (0..1000).collect();
        let sum = |i: u32| values[i as usize] + bias[i as usize];
        order.sort_by(|&a, &b| sum(b).total_cmp(&sum(a)).then(a.cmp(&b)));
        for count in [1, 10, 400, 999] {
            let mut found = highest(&values, &bias, count);
            found.sort_by(|&a, &b| sum(b).total_cmp(&sum(a)).then(a.cmp(&b)));
            assert_eq!(found, order[..count]);
        }
    }
}
