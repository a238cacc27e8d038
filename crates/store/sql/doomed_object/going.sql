SELECT going FROM doomed_object WHERE sha256 = ?1 @FOR_UPDATE
