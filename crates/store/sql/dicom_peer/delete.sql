DELETE FROM dicom_peer WHERE id = ?1
