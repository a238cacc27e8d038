SELECT COUNT(*) AS identities FROM identity
