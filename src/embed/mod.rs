//! Text → vector: find or download a model ([`hub`]), open it ([`model`]), turn a paper into
//! token ids ([`text`]), run the forward pass ([`encoder`]), and do so for a whole library in
//! the background ([`worker`]).

pub mod encoder;
pub mod hub;
pub mod model;
pub mod pool;
pub mod source;
pub mod text;
pub mod worker;
