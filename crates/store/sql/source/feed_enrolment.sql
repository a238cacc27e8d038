SELECT feed_enrolment FROM source WHERE id = ?1
