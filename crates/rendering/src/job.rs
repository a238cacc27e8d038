//! What parent and child say to each other: a head in JSON with its length, the frame's attributes
//! with their length, the frame's bytes; back a head and the picture.

use crate::decode::Layout;
use crate::{Format, ImageDescription, Reason, StoredFrame, Viewport, Window};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is to be made of a frame.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Task {
    /// A picture.
    Render {
        /// Its size.
        viewport: Option<Viewport>,
        /// Its window.
        window: Option<Window>,
        /// Its kind.
        format: Format,
    },
    /// Plain samples.
    Decode,
}

/// A job's head.
#[derive(Debug, Serialize, Deserialize)]
pub struct JobHead {
    /// What is to be made.
    pub task: Task,
    /// UID of the transfer syntax.
    pub transfer_syntax: String,
    /// Where the frame begins.
    pub layout: Layout,
}

/// An answer's head.
#[derive(Debug, Serialize, Deserialize)]
pub enum AnswerHead {
    /// The picture follows.
    Picture,
    /// Samples follow.
    Samples(ImageDescription),
    /// Nothing follows.
    NotShown(Reason),
}

/// The parts of a job, one after the other.
pub fn parts(task: Task, frame: &StoredFrame) -> [Bytes; 5] {
    let head =
        JobHead { task, transfer_syntax: frame.transfer_syntax.clone(), layout: frame.layout };
    let head: Bytes = json(&head).into();
    let length = |part: &Bytes| Bytes::from((part.len() as u32).to_le_bytes().to_vec());
    let lengths = [length(&head), length(&frame.attributes)];
    let [head_length, attributes_length] = lengths;
    [head_length, head, attributes_length, frame.attributes.clone(), frame.bytes.clone()]
}

/// The parts of a job that came: head, attributes, frame. None if it is no job.
pub fn read(job: &[u8]) -> Option<(JobHead, &[u8], &[u8])> {
    let (head, rest) = part(job)?;
    let (attributes, frame) = part(rest)?;
    Some((parsed(head)?, attributes, frame))
}

/// An answer's bytes.
pub fn answer(head: &AnswerHead, body: &[u8]) -> Vec<u8> {
    let head = json(head);
    let mut bytes = Vec::with_capacity(4 + head.len() + body.len());
    bytes.extend((head.len() as u32).to_le_bytes());
    bytes.extend(head);
    bytes.extend_from_slice(body);
    bytes
}

/// An answer that came, its head taken off.
pub fn read_answer(mut answer: Vec<u8>) -> Option<(AnswerHead, Vec<u8>)> {
    let (head, body) = part(&answer)?;
    let (head, body) = (parsed(head)?, answer.len() - body.len());
    answer.drain(..body);
    Some((head, answer))
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// These types have neither maps nor numbers that JSON lacks: an empty head is never seen.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}
