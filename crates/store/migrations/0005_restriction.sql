-- Whether something of a patient waits unread is asked on every page of that patient.
CREATE INDEX quarantine_by_patient ON quarantine (source_id, patient_id);

-- What a hospital shows to its own people only (confidentialityCode R or V): kept on the document
-- and on everything derived from it, so that a decision needs no second row.
ALTER TABLE document ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE fact ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE timeline_entry ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;

@SQLITE_ONLY
UPDATE document SET restricted = 1
WHERE EXISTS (
    SELECT 1 FROM json_each(document.metadata, '$.cf') AS code
    WHERE json_extract(code.value, '$[0]') IN ('R', 'V')
);
@END

@POSTGRES_ONLY
UPDATE document SET restricted = 1
WHERE substring(metadata FROM '"cf":(\[\[.*?\]\])') ~ '\["[RV]",';
@END

UPDATE fact SET restricted = 1
WHERE document_id IN (SELECT id FROM document WHERE restricted = 1);
UPDATE timeline_entry SET restricted = 1
WHERE document_id IN (SELECT id FROM document WHERE restricted = 1);
