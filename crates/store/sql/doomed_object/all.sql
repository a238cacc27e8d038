SELECT sha256 FROM doomed_object ORDER BY sha256
