//! One of our encoders, as a process that answers; the same lines as `peers.py`.

use std::{
    error::Error,
    fs,
    io::{BufRead, stdin},
    path::Path,
    sync::atomic::AtomicBool,
    time::Instant,
};

use candle_core::Device;
use specter_tui::embed::{
    encoder::{DeviceChoice, DeviceEncoder, Encoder, Precision, PrecisionChoice, load},
    model::Model,
    pool::{Priority, pool},
};

use super::Result;

/// Loads the encoder and answers requests until there are none.
pub(super) fn serve(name: &str, folder: &Path, texts: &Path, threads: usize) -> Result<()> {
    let texts: Vec<String> = serde_json::from_slice(&fs::read(texts)?)?;
    // The first opening hashes the weights, as the first of all starts does.
    let hashes = folder.join("../.embedding-bench-hashes.json");
    Model::open(folder, name, Some(&hashes))?;
    let started = Instant::now();
    let model = Model::open(folder, name, Some(&hashes))?;
    let encoder: Box<dyn Encoder> = match name {
        "candle" => Box::new(DeviceEncoder::new(&model, &Device::Cpu, Precision::F32)?),
        precision => {
            let precision: PrecisionChoice = precision.parse()?;
            load(&model, DeviceChoice::Cpu, precision)?
        }
    };
    println!("ready {}", started.elapsed().as_secs_f64());
    let tokenizer = model.tokenizer()?;
    let stop = AtomicBool::new(false);
    let encode =
        |texts: &[String]| -> std::result::Result<Vec<Vec<f32>>, Box<dyn Error + Send + Sync>> {
            let ids = (texts.iter())
                .map(|text| {
                    let (title, abstract_text) = text.split_once("[SEP]").unwrap_or((text, ""));
                    tokenizer.tokens(title, abstract_text)
                })
                .collect::<std::result::Result<Vec<_>, _>>()?;
            let batch: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
            Ok(encoder.encode(&batch, &stop)?)
        };
    println!("batch its own");
    let pool = pool(threads, Priority::Normal)?;
    for line in stdin().lock().lines() {
        let line = line?;
        if line == "vectors" {
            let vectors = pool.install(|| encode(&texts)).map_err(|error| error.to_string())?;
            println!("vectors {}", serde_json::to_string(&vectors)?);
            continue;
        }
        let numbers: Vec<usize> =
            line.split(' ').map(str::parse).collect::<std::result::Result<_, _>>()?;
        let [first, count, runs] = numbers[..] else { return Err("three numbers".into()) };
        let mut least = f64::INFINITY;
        for _ in 0..runs {
            let started = Instant::now();
            pool.install(|| encode(&texts[first..first + count]))
                .map_err(|error| error.to_string())?;
            least = least.min(started.elapsed().as_secs_f64());
        }
        println!("seconds {least}");
    }
    Ok(())
}
