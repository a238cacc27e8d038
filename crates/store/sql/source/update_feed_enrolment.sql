UPDATE source SET feed_enrolment = ?2 WHERE id = ?1
