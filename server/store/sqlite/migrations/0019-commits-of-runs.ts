/** Which commits the runs that are kept need: the mirrors throw the others away. */
export const commitsOfRuns = `CREATE INDEX run_by_commit ON run (commit_sha);`;
