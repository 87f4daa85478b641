/** Which build has written what is live: another one may write some of it otherwise, and writes all of it once. */
export const buildsOfEnvironments = `
ALTER TABLE project ADD COLUMN build TEXT;
`;
