/** Who names a signal in one environment was found by a look at all that name it. */
export const mentionsByEnvironment = `
CREATE INDEX mention_by_environment ON mention (subject, role, environment);
`;
