-- Who is one human with whom: each identity beside every other of its person.
SELECT n.oid AS domain, i.local_id, other_n.oid AS other_domain, other_i.local_id AS other_local_id
FROM identity i
JOIN domain n ON n.id = i.domain_id
JOIN identity other_i ON other_i.person_id = i.person_id AND other_i.id <> i.id
JOIN domain other_n ON other_n.id = other_i.domain_id
