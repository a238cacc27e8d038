//! The parent's side: find the frame, have a child make the picture, say why there is none.

use crate::instance::FrameError;
use crate::job::{self, AnswerHead, Task};
use crate::placeholder::placeholder;
use crate::{
    Format, Instance, NativeFrame, Object, Reason, RenderError, RenderRequest, Rendered,
    StoredFrame, Viewport,
};
use model::limits::{RENDER_READERS, RENDER_VIEWPORT_PIXELS};
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use tokio::sync::Semaphore;
use worker::{Pool, PoolLimits, Program, WorkerError};

/// Makes pictures of frames in child processes.
#[derive(Debug)]
pub struct Renderer {
    pool: Pool,
    /// A permit for each file that is being read.
    readers: Semaphore,
}

impl Renderer {
    /// A renderer whose children run `program`, which calls [`crate::serve`].
    pub fn new(program: Program, limits: PoolLimits) -> Renderer {
        Renderer {
            pool: Pool::new(program, limits),
            readers: Semaphore::new(RENDER_READERS as usize),
        }
    }

    /// One picture of one frame. A frame that cannot be shown is a picture that says why.
    ///
    /// # Errors
    /// [`RenderError`]: the object cannot be read, has no such frame, or nothing can be made now.
    pub async fn render(&self, request: RenderRequest) -> Result<Rendered, RenderError> {
        let RenderRequest { object, frame, viewport, window, format } = request;
        if let Some(viewport) = &viewport {
            check(viewport)?;
        }
        let shown = match self.stored_frame(object, frame).await {
            Ok(stored) => self.run(Task::Render { viewport, window, format }, &stored).await,
            Err(error) => Err(error),
        };
        match shown {
            Ok((_, bytes)) => {
                Ok(Rendered { bytes, media_type: format.media_type(), placeholder: None })
            }
            Err(FrameError::NotShown(reason)) => not_shown(reason, viewport.as_ref(), format),
            Err(FrameError::Failed(error)) => Err(error),
        }
    }

    /// A picture of the object's representative frame that fits a square of `pixels`.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub async fn thumbnail(&self, object: Object, pixels: u32) -> Result<Rendered, RenderError> {
        let viewport = Viewport { width: pixels, height: pixels, region: None, enlarge: false };
        self.render(RenderRequest {
            object,
            frame: None,
            viewport: Some(viewport),
            window: None,
            format: Format::Jpeg,
        })
        .await
    }

    /// A frame's samples as Explicit VR Little Endian holds them, for clients that cannot decode.
    ///
    /// # Errors
    /// [`FrameError`], which holds the reason where a picture would say it.
    pub async fn native_frame(
        &self,
        object: Object,
        frame: u32,
    ) -> Result<NativeFrame, FrameError> {
        let stored = self.stored_frame(object, Some(frame)).await?;
        match self.run(Task::Decode, &stored).await? {
            (AnswerHead::Samples(description), bytes) => Ok(NativeFrame { description, bytes }),
            _ => Err(RenderError::Answer.into()),
        }
    }

    /// One frame as it is stored; without a number the representative one.
    ///
    /// # Errors
    /// [`FrameError`].
    pub async fn stored_frame(
        &self,
        object: Object,
        frame: Option<u32>,
    ) -> Result<StoredFrame, FrameError> {
        let path = match object {
            Object::Bytes(bytes) => return stored(Cursor::new(bytes), frame),
            Object::Path(path) => path,
        };
        let _reading = self.readers.acquire().await;
        let read = move || stored(File::open(path)?, frame);
        let joined = tokio::task::spawn_blocking(read).await;
        joined.unwrap_or_else(|_| Err(RenderError::Answer.into()))
    }

    async fn run(
        &self,
        task: Task,
        stored: &StoredFrame,
    ) -> Result<(AnswerHead, Vec<u8>), FrameError> {
        let answer = self.pool.run(&job::parts(task, stored)).await.map_err(of_worker)?;
        match job::read_answer(answer) {
            Some((AnswerHead::NotShown(reason), _)) => Err(reason.into()),
            Some(answer) => Ok(answer),
            None => Err(RenderError::Answer.into()),
        }
    }
}

fn stored<R: Read + Seek>(reader: R, frame: Option<u32>) -> Result<StoredFrame, FrameError> {
    let mut instance = Instance::open(reader)?;
    let frame = frame.unwrap_or_else(|| instance.representative_frame());
    instance.stored_frame(frame)
}

fn check(viewport: &Viewport) -> Result<(), RenderError> {
    let possible = 1..=RENDER_VIEWPORT_PIXELS;
    let is_possible =
        [viewport.width, viewport.height].iter().all(|side| possible.contains(&(*side).into()));
    if is_possible { Ok(()) } else { Err(RenderError::Viewport) }
}

fn not_shown(
    reason: Reason,
    viewport: Option<&Viewport>,
    format: Format,
) -> Result<Rendered, RenderError> {
    let bytes = placeholder(&reason, viewport, format)?;
    Ok(Rendered { bytes, media_type: format.media_type(), placeholder: Some(reason) })
}

/// What the frame did to its process is a reason; what the machine lacks is an error.
fn of_worker(error: WorkerError) -> FrameError {
    match error {
        WorkerError::Busy | WorkerError::Start { .. } => RenderError::Worker(error).into(),
        other => Reason::Stopped { why: other.to_string() }.into(),
    }
}
