/** One row: by which version of the time zone data the next slots were computed. */
export const timeZoneData = `
CREATE TABLE time_zone_data (version TEXT);
INSERT INTO time_zone_data VALUES (NULL);
`;
