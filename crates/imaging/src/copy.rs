//! What leaves of an instance: its bytes as received, or a copy that is made while it is sent.

use crate::repaired::repair;
use bytes::Bytes;
use dicomfile::{
    DataSet, Encoding, Inflate, Scan, Tag, TransferSyntax, VR, Value, file_head, scan, tags,
};
use futures::{StreamExt, TryStreamExt};
use model::Timestamp;
use model::limits::DICOM_COPY_BYTES;
use soap::{BodySender, BodyStream};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use store::study::InstanceRow;
use store::{ObjectKey, Store};

/// In what form an instance is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it came, byte for byte.
    Received,
    /// In Explicit VR Little Endian.
    Explicit,
    /// Text as UTF-8 (ISO_IR 192), what it was before in the Original Attributes Sequence
    /// (0400,0561); pixel data as they came.
    Repaired,
}

/// Bytes piece by piece while a copy is read.
const PIECE_BYTES: usize = 256 * 1024;

impl Form {
    /// The form of an instance in a transfer syntax that somebody asked for; empty and `*` are
    /// what it came in. `None` where it cannot be had.
    pub(crate) fn of(instance: &InstanceRow, asked: &str, is_utf8: bool) -> Option<Form> {
        let own = TransferSyntax::new(&instance.said.transfer_syntax_uid);
        let is_explicit = asked == TransferSyntax::EXPLICIT_LITTLE.uid();
        let is_given = matches!(asked, "" | "*") || asked == own.uid();
        match is_utf8 {
            true if is_given || (is_explicit && !own.is_encapsulated()) => Some(Form::Repaired),
            false if is_given => Some(Form::Received),
            false if is_explicit && !own.is_encapsulated() => Some(Form::Explicit),
            _ => None,
        }
    }

    /// The transfer syntax of an instance in this form.
    pub(crate) fn transfer_syntax(self, instance: &InstanceRow) -> String {
        let own = TransferSyntax::new(&instance.said.transfer_syntax_uid);
        match self {
            Form::Explicit | Form::Repaired if !own.is_encapsulated() => {
                TransferSyntax::EXPLICIT_LITTLE.uid().to_owned()
            }
            _ => own.uid().to_owned(),
        }
    }
}

/// An instance on its way out: its length where it is known, and its bytes. An object that is
/// damaged breaks off: it never looks whole.
pub(crate) fn of(
    store: &Store,
    instance: &InstanceRow,
    form: Form,
    now: Timestamp,
) -> io::Result<(Option<u64>, BodyStream)> {
    let key = instance.object().map_err(io::Error::other)?;
    if form == Form::Received {
        return Ok((Some(key.size), received(store, key)));
    }
    let (sender, stream) = soap::channel();
    let original = Original { path: store.objects().path(&key.sha256), deflated_at: None };
    let checked = received(store, key);
    let making = async move {
        // A converted copy is made of bytes that were found whole.
        let whole = checked.try_for_each(|_| std::future::ready(Ok(()))).await;
        let made = match whole {
            Ok(()) => {
                let making = move || convert(original, form, now, &sender).map(|()| sender);
                tokio::task::spawn_blocking(making).await.map_err(io::Error::other).flatten()
            }
            Err(error) => Err(error),
        };
        match made {
            Ok(sender) => drop(sender.finish().await),
            Err(error) => tracing::warn!(%error, "a copy of an instance was not made"),
        }
    };
    let begun = futures::stream::once(async move {
        tokio::spawn(making);
        Ok::<_, io::Error>(stream)
    });
    Ok((None, begun.try_flatten().boxed()))
}

fn received(store: &Store, key: ObjectKey) -> BodyStream {
    let objects = store.objects().clone();
    let opened = futures::stream::once(async move {
        let stream = objects.get(key).await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(stream.map_err(|error| {
            tracing::error!(%error, "an instance broke off while it was given");
            io::Error::other(error)
        }))
    });
    opened.try_flatten().boxed()
}

/// An object that is read more than once.
struct Original {
    path: PathBuf,
    /// Where a deflated data set begins.
    deflated_at: Option<u64>,
}

impl Original {
    /// A reader from a place on, counted as the scan counts.
    fn at(&self, offset: u64) -> io::Result<Box<dyn Read>> {
        let mut file = File::open(&self.path)?;
        match self.deflated_at {
            None => {
                file.seek(SeekFrom::Start(offset))?;
                Ok(Box::new(file))
            }
            Some(begin) => {
                file.seek(SeekFrom::Start(begin))?;
                let mut inflated = Inflate::new(io::BufReader::new(file));
                io::copy(&mut (&mut inflated).take(offset), &mut io::sink())?;
                Ok(Box::new(inflated))
            }
        }
    }

    /// Loads what the scan left where it stands.
    fn load(&self, set: &mut DataSet) -> io::Result<()> {
        let (mut open, mut loaded) = (vec![set], 0_u64);
        while let Some(set) = open.pop() {
            for (_, _, value) in set.values_mut() {
                match value {
                    Value::Sequence(items) => open.extend(items.iter_mut()),
                    Value::Place(place) => {
                        loaded = loaded.saturating_add(place.length);
                        if loaded > DICOM_COPY_BYTES {
                            return Err(io::Error::other("its header is too large for a copy"));
                        }
                        let mut bytes = Vec::new();
                        self.at(place.offset)?.take(place.length).read_to_end(&mut bytes)?;
                        *value = Value::Bytes(bytes);
                    }
                    Value::Bytes(_) | Value::Fragments(_) => {}
                }
            }
        }
        Ok(())
    }
}

/// Writes a copy, piece by piece.
fn convert(
    mut original: Original,
    form: Form,
    now: Timestamp,
    sender: &BodySender,
) -> io::Result<()> {
    let size = std::fs::metadata(&original.path)?.len();
    let scanned = scan(io::BufReader::new(File::open(&original.path)?), Some(size));
    let mut scanned = scanned.map_err(io::Error::other)?;
    if scanned.transfer_syntax.is_deflated() {
        original.deflated_at = Some(scanned.data_set_offset);
    }
    original.load(&mut scanned.header)?;
    sign(&mut scanned.header);
    if form == Form::Repaired {
        repair(&mut scanned.header, now);
    }
    let syntax = match scanned.transfer_syntax.is_encapsulated() {
        true => scanned.transfer_syntax.clone(),
        false => TransferSyntax::EXPLICIT_LITTLE,
    };
    let uid = |tag| scanned.header.uid(tag).unwrap_or_default();
    let (class, instance) = (uid(tags::SOP_CLASS_UID), uid(tags::SOP_INSTANCE_UID));
    let mut head = file_head(class, instance, &syntax, None).map_err(io::Error::other)?;
    let header = scanned.header.write(Encoding::ExplicitLittle).map_err(io::Error::other)?;
    head.extend(header);
    let send = |bytes: Vec<u8>| sender.send_blocking(Bytes::from(bytes)).map_err(io::Error::other);
    let Some(pixels) = scanned.pixel_data else { return send(head) };
    head.extend(element_head(pixels.tag, pixels.vr, pixels.length));
    send(head)?;
    let mut rest = original.at(pixels.offset)?;
    let is_swapped = scanned.encoding.is_big_endian() && pixels.vr == VR::OW;
    pass(&mut rest, pixels.length.unwrap_or(u64::MAX), is_swapped, &send)?;
    trailing(rest, &scanned, &send)
}

/// What stands behind the pixel data: padding, signatures.
fn trailing(
    mut rest: Box<dyn Read>,
    scanned: &Scan,
    send: &impl Fn(Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    if scanned.encoding == Encoding::ExplicitLittle {
        return pass(&mut rest, u64::MAX, false, send);
    }
    let mut bytes = Vec::new();
    rest.take(DICOM_COPY_BYTES).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(());
    }
    let set = DataSet::read(&bytes, scanned.encoding).map_err(io::Error::other)?;
    send(set.write(Encoding::ExplicitLittle).map_err(io::Error::other)?)
}

fn pass(
    reader: &mut dyn Read,
    mut left: u64,
    is_swapped: bool,
    send: &impl Fn(Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    while left > 0 {
        let room = left.min(PIECE_BYTES as u64);
        let mut piece = Vec::new();
        (&mut *reader).take(room).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Ok(());
        }
        left -= piece.len() as u64;
        if is_swapped {
            piece.chunks_exact_mut(2).for_each(<[u8]>::reverse);
        }
        send(piece)?;
    }
    Ok(())
}

/// The head of an element whose length takes four bytes (PS3.5 7.1.2).
fn element_head(tag: Tag, vr: VR, length: Option<u64>) -> Vec<u8> {
    let length = length.and_then(|length| u32::try_from(length).ok()).unwrap_or(u32::MAX);
    let vr = if length == u32::MAX { VR::OB } else { vr };
    let mut head = Vec::new();
    head.extend(tag.group().to_le_bytes());
    head.extend(tag.element().to_le_bytes());
    head.extend(vr.to_bytes());
    head.extend([0, 0]);
    head.extend(length.to_le_bytes());
    head
}

/// Values that are signed where pixels are (PS3.3 C.7.6.3.1): implicit representations do not say.
fn sign(set: &mut DataSet) {
    if set.number(tags::PIXEL_REPRESENTATION) != Some(1) {
        return;
    }
    const SIGNED: [Tag; 6] = [
        tags::SMALLEST_IMAGE_PIXEL_VALUE,
        tags::LARGEST_IMAGE_PIXEL_VALUE,
        tags::SMALLEST_PIXEL_VALUE_IN_SERIES,
        tags::LARGEST_PIXEL_VALUE_IN_SERIES,
        tags::PIXEL_PADDING_VALUE,
        tags::PIXEL_PADDING_RANGE_LIMIT,
    ];
    for tag in SIGNED {
        if let Some(bytes) = set.get(tag).filter(|one| one.vr == VR::US).and_then(|one| one.bytes())
        {
            let bytes = bytes.to_vec();
            set.put_bytes(tag, VR::SS, bytes);
        }
    }
}
