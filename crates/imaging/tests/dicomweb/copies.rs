//! WADO-RS: what leaves is what came, or what was asked for.

use super::centre::{From, SERIES, ask, fill, get, slice_path};
use crate::support::{STUDY, TARO, announced, on_each_engine, origin, sent, slice};
use dicomfile::{DataSet, Encoding, TransferSyntax, scan, tags};
use http::StatusCode;

const EXPLICIT: &str =
    "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.1";
const REPAIRED: &str = "application/dicom; charset=utf-8";

#[test]
fn instances_come_back_byte_for_byte() {
    on_each_engine(async |world| {
        fill(world).await;
        let original = sent(&slice(TARO, 2));
        let alone = ask(world, From::Here, &slice_path(2), "application/dicom").await;
        assert_eq!(alone.status, StatusCode::OK);
        assert!(alone.body.ends_with(&original) && alone.body[128..132] == *b"DICM");
        assert_eq!(alone.header("content-length"), alone.body.len().to_string());
        let part = &get(world, &slice_path(2)).await.parts()[0];
        assert_eq!(part.0, "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
        assert_eq!(part.1, alone.body);
        for path in [
            format!("/dicomweb/studies/{STUDY}"),
            format!("/dicomweb/studies/{STUDY}/series/{SERIES}"),
        ] {
            let parts = get(world, &path).await.parts();
            assert_eq!(parts.len(), 3, "{path}");
            for (number, (_, bytes)) in (1..).zip(parts) {
                assert!(bytes.ends_with(&sent(&slice(TARO, number))), "{path} {number}");
            }
        }
    });
}

#[test]
fn a_system_that_has_an_instance_is_told_so() {
    on_each_engine(async |world| {
        fill(world).await;
        let first = ask(world, From::Here, &slice_path(1), "application/dicom").await;
        let request = http::Request::builder()
            .uri(slice_path(1))
            .header("accept", "application/dicom")
            .header("if-none-match", first.header("etag"));
        let request = request.body(axum::body::Body::empty()).unwrap();
        let again = super::centre::send(world, From::Here, request).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    });
}

#[test]
fn an_implicit_instance_is_given_in_explicit_little_endian_where_that_is_asked_for() {
    on_each_engine(async |world| {
        let mut set = slice(TARO, 1);
        set.put_number(tags::PIXEL_REPRESENTATION, 1).put_bytes(
            tags::SMALLEST_IMAGE_PIXEL_VALUE,
            dicomfile::VR::SS,
            [0xFE, 0xFF],
        );
        let bytes = set.write(Encoding::ImplicitLittle).unwrap();
        let mut from = origin(&set);
        from.announced = Some(ports::AnnouncedInstance {
            transfer_syntax_uid: TransferSyntax::IMPLICIT_LITTLE.uid().into(),
            ..announced(&set)
        });
        world.give(&from, bytes.clone().into()).await.unwrap();
        let received = get(world, &slice_path(1)).await.parts().remove(0).1;
        assert!(received.ends_with(&bytes));
        let explicit = ask(world, From::Here, &slice_path(1), EXPLICIT).await.parts().remove(0).1;
        let read = scan(explicit.as_slice(), None).unwrap();
        assert_eq!(read.transfer_syntax, TransferSyntax::EXPLICIT_LITTLE);
        assert_eq!(
            read.header.get(tags::SMALLEST_IMAGE_PIXEL_VALUE).unwrap().vr,
            dicomfile::VR::SS
        );
        set.remove(tags::PIXEL_DATA);
        let written = set.write(Encoding::ExplicitLittle).unwrap();
        assert_eq!(read.header, DataSet::read(&written, Encoding::ExplicitLittle).unwrap());
        let pixels = read.pixel_data.unwrap();
        let from = usize::try_from(pixels.offset).unwrap();
        assert_eq!(explicit[from..], [1; 32]);
    });
}

#[test]
fn what_cannot_be_given_as_asked_is_not_acceptable() {
    on_each_engine(async |world| {
        fill(world).await;
        let jpeg = "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50";
        for accept in [jpeg, "text/html", "image/jpeg", "nonsense", ";;,,==", "*/*;q=0"] {
            let answer = ask(world, From::Here, &slice_path(1), accept).await;
            assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{accept}");
        }
    });
}

#[test]
fn a_repaired_copy_is_utf_8_and_says_what_was_there_before() {
    on_each_engine(async |world| {
        let mut set = slice(TARO, 1);
        // 山田 in Shift_JIS under a declaration of Latin 1, as imported media carry it.
        let raw = [b"YAMADA^TARO=".as_slice(), &[0x8E, 0x52, 0x93, 0x63]].concat();
        set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100")
            .put_bytes(tags::PATIENT_NAME, dicomfile::VR::PN, raw.clone())
            .put_str(tags::STUDY_DESCRIPTION, "CT")
            .put_str(tags::INSTITUTION_NAME, "CENTRAL");
        world.send(&set).await.unwrap();
        let study = get(world, "/dicomweb/studies?PatientID=00123").await.json();
        assert_eq!(study[0]["00100010"]["Value"][0]["Ideographic"], "山田");
        let copy = ask(world, From::Here, &slice_path(1), REPAIRED).await;
        let read = scan(&copy.body[..], None).unwrap().header;
        assert_eq!(read.ascii(tags::SPECIFIC_CHARACTER_SET), Some("ISO_IR 192"));
        assert_eq!(read.bytes(tags::PATIENT_NAME).unwrap(), "YAMADA^TARO=山田".as_bytes());
        let note = &read.items(tags::ORIGINAL_ATTRIBUTES_SEQUENCE)[0];
        let before = &note.items(tags::MODIFIED_ATTRIBUTES_SEQUENCE)[0];
        assert_eq!(before.bytes(tags::PATIENT_NAME).unwrap(), raw);
        assert_eq!(before.ascii(tags::SPECIFIC_CHARACTER_SET), Some("ISO_IR 100"));
        assert_eq!(before.len(), 2);
        let received = get(world, &slice_path(1)).await.parts().remove(0).1;
        assert!(received.ends_with(&sent(&set)), "the bytes as received stay");
    });
}
