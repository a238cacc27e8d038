DELETE FROM doomed_object WHERE sha256 = ?1
