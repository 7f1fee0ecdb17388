//! How calls are made, where the defaults will not do. Built in a row:
//! `AskOptions::new().max_new_tokens(64).deadline(Duration::from_secs(5))`.

mod ask;
mod load;
mod propose;
mod scene;

pub use ask::AskOptions;
pub use load::LoadOptions;
pub use propose::ProposeOptions;
pub use scene::{Propose, SceneOptions};
