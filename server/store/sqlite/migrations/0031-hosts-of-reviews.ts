/** Of which host a delivery is, and what is to look as we say there. GitHub was the only one. */
export const hostsOfReviews = `
ALTER TABLE review_delivery ADD COLUMN host TEXT NOT NULL DEFAULT 'github';
ALTER TABLE host_object ADD COLUMN host TEXT NOT NULL DEFAULT 'github';
UPDATE preview SET place = json_set(place, '$.host', 'github');
`;
