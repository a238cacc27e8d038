UPDATE identity
SET demographics = ?2, demographics_sent = ?3, authoritative = ?4, said = ?5, birth_day = ?6, sex = ?7,
    updated_us = ?8
WHERE id = ?1
