/** The signals of authors and people in the order of their times: the ends of runs are signals too, and far more. */
export const signalHistory = `
CREATE INDEX signal_of_people ON signal (at) WHERE signal NOT GLOB 'headwater/*';
`;
