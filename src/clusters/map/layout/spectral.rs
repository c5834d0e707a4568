//! Where the papers start from: the two slowest modes of diffusion over the graph, in which papers
//! that hold together are close (Belkin and Niyogi, 2003), by simultaneous iteration.

use super::fuzzy::Fuzzy;
use super::random::Random;
use crate::clusters::map::Point;

/// Steps of diffusion. The modes need not be exact: the descent goes on from there.
const STEPS: usize = 200;

/// Places for some papers that are tied to each other, and to no others, from −½ to ½ on both axes.
///
/// Of each mode only the order of the papers counts: a few that hardly hang on to the others lie so
/// far out that the others would all be in one place.
pub(super) fn spectral(graph: &Fuzzy, members: &[u32]) -> Vec<Point> {
    let mut row_of = vec![u32::MAX; graph.papers()];
    for (row, &paper) in (0..).zip(members) {
        row_of[paper as usize] = row;
    }
    let degrees: Vec<f32> = members
        .iter()
        .map(|&paper| graph.edges(paper as usize).iter().map(|(_, weight)| weight).sum())
        .collect();
    let total: f32 = degrees.iter().sum();
    let mut random = Random::new(members.len() as u64);
    let mut modes: Vec<[f32; 2]> =
        members.iter().map(|_| [random.unit() - 0.5, random.unit() - 0.5]).collect();
    let mut next = modes.clone();
    for _ in 0..STEPS {
        for ((next, mode), (&paper, degree)) in
            next.iter_mut().zip(&modes).zip(members.iter().zip(&degrees))
        {
            let mut sum = [0.0; 2];
            for &(other, weight) in graph.edges(paper as usize) {
                let other = modes[row_of[other as usize] as usize];
                sum[0] += weight * other[0];
                sum[1] += weight * other[1];
            }
            // A lazy walk: no mode flips its sign.
            *next = [0, 1].map(|axis| 0.5 * (mode[axis] + sum[axis] / degree));
        }
        std::mem::swap(&mut modes, &mut next);
        orthogonalise(&mut modes, &degrees, total);
    }
    let [x, y] = [0, 1].map(|axis| ranks(&modes, axis));
    x.into_iter().zip(y).map(|(x, y)| Point { x, y }).collect()
}

/// Where each is among all along an axis, from −½ to ½.
fn ranks(modes: &[[f32; 2]], axis: usize) -> Vec<f32> {
    let mut order: Vec<usize> = (0..modes.len()).collect();
    order.sort_by(|&a, &b| modes[a][axis].total_cmp(&modes[b][axis]));
    let mut ranks = vec![0.0; modes.len()];
    for (rank, &paper) in order.iter().enumerate() {
        ranks[paper] = (rank as f32 + 0.5) / modes.len() as f32 - 0.5;
    }
    ranks
}

/// Takes from both columns what is constant, from the second what is the first, and makes their
/// variance 1, papers weighing what they are tied with: in this measure the modes of diffusion are
/// at right angles.
fn orthogonalise(modes: &mut [[f32; 2]], degrees: &[f32], total: f32) {
    let mean_of = |value: &dyn Fn(&[f32; 2]) -> f32, modes: &[[f32; 2]]| {
        let sum: f64 =
            modes.iter().zip(degrees).map(|(mode, degree)| f64::from(value(mode) * degree)).sum();
        (sum / f64::from(total)) as f32
    };
    for axis in 0..2 {
        let mean = mean_of(&|mode| mode[axis], modes);
        for mode in &mut *modes {
            mode[axis] -= mean;
        }
        if axis == 1 {
            let shared = mean_of(&|mode| mode[0] * mode[1], modes);
            for mode in &mut *modes {
                mode[1] -= shared * mode[0];
            }
        }
        let deviation = mean_of(&|mode| mode[axis] * mode[axis], modes).sqrt();
        if deviation > 0.0 {
            for mode in &mut *modes {
                mode[axis] /= deviation;
            }
        }
    }
}
