//! Pulling images: from a server of ours that is made to misbehave, and from servers that know
//! nothing of ours.

mod corrections;
mod foreign;
mod hostile;
mod numbers;
mod pacs;
mod pull;
mod world;
