//! The checkpoint format of PyTorch before version 1.6: a row of pickles, then the values.
//!
//! In order: a magic number, the protocol version, a description of the system, the state
//! dictionary (whose tensors name their storages by keys), the list of the keys, and for each
//! key, in the order of the list, the number of values (8 bytes, little-endian) and the values.
//! See `_legacy_save` in PyTorch's `torch/serialization.py`. Candle's pickle machine knows only
//! the few operations that tensors need and runs nothing.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use candle_core::{
    DType, Error,
    pickle::{Object, Stack, TensorInfo},
};

use super::Place;

/// Pickle of the magic number, then pickle of protocol version 1001.
const START: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.";

/// Reads where each tensor lies.
pub(super) fn read_table(file: File) -> Result<HashMap<String, Place>, String> {
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let mut reader = BufReader::new(file);
    let mut start = [0; START.len()];
    if reader.read_exact(&mut start).is_err() || start != *START {
        return Err("it is not a PyTorch checkpoint".to_owned());
    }
    let tensors = read_state(&mut reader).map_err(|error| format!("it is damaged: {error}"))?;
    let (starts, end) = (read_storages(&mut reader, &tensors))
        .map_err(|error| format!("it is damaged: {error}"))?;
    if end != size {
        return Err(format!("it has {size} bytes and should have {end}"));
    }
    let place = |tensor: TensorInfo| {
        // The reader of tensors expects rows one after another, as `state_dict` has them.
        let start = starts.get(&tensor.path).filter(|_| tensor.layout.is_contiguous())?;
        let place = Place {
            dtype: tensor.dtype,
            shape: tensor.layout.dims().to_vec(),
            offset: start + tensor.layout.start_offset() as u64,
        };
        Some((tensor.name, place))
    };
    Ok(tensors.into_iter().filter_map(place).collect())
}

/// Reads the state dictionary.
fn read_state(reader: &mut impl BufRead) -> Result<Vec<TensorInfo>, Error> {
    let _system = read_pickle(reader)?;
    let mut tensors = Vec::new();
    for (name, value) in read_pickle(reader)?.dict()? {
        tensors.extend(value.into_tensor_info(name, Path::new(""))?);
    }
    Ok(tensors)
}

/// Reads the keys and walks over the storages: where each one's values start, and where the last
/// one's end.
fn read_storages(
    reader: &mut BufReader<File>,
    tensors: &[TensorInfo],
) -> Result<(HashMap<String, u64>, u64), Error> {
    let types: HashMap<&str, DType> =
        tensors.iter().map(|tensor| (tensor.path.as_str(), tensor.dtype)).collect();
    let Object::List(keys) = read_pickle(reader)? else {
        return Err(Error::Msg("the list of storages is missing".to_owned()));
    };
    let mut end = reader.stream_position()?;
    let mut starts = HashMap::new();
    for key in keys {
        // The form in which candle gives the path of a tensor in the folder "".
        let path = format!("/{}", key.unicode()?);
        let dtype = (types.get(path.as_str()))
            .ok_or_else(|| Error::Msg(format!("storage {path} belongs to no tensor")))?;
        reader.seek(SeekFrom::Start(end))?;
        let mut values = [0; 8];
        reader.read_exact(&mut values)?;
        starts.insert(path, end + 8);
        end = u64::from_le_bytes(values)
            .checked_mul(dtype.size_in_bytes() as u64)
            .and_then(|bytes| bytes.checked_add(end + 8))
            .ok_or_else(|| Error::Msg("a storage has an impossible size".to_owned()))?;
    }
    Ok((starts, end))
}

fn read_pickle(reader: &mut impl BufRead) -> Result<Object, Error> {
    let mut stack = Stack::empty();
    stack.read_loop(reader)?;
    stack.finalize()
}
