UPDATE doomed_object SET going = 1 WHERE sha256 = ?1
