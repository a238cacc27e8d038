SELECT count(*) AS identities FROM link_evidence
