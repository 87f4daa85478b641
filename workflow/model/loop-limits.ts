/** One foreach may have so many iterations. */
export const ITERATIONS_MAX = 100_000;

/** One run may have so many instances of leaf steps. */
export const JOBS_MAX = 1_000_000;
