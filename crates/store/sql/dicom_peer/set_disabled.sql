UPDATE dicom_peer SET disabled = ?2 WHERE id = ?1
