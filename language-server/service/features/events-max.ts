/** Events that a run may take here before it is left, some seconds of work: an author waits beside it. */
export const EVENTS_MAX = 200_000;

/** What is said of a run that was left; who plays more of it follows. */
export const CUT_OFF = "The run was left after 200,000 events, as many as are played in an editor";
