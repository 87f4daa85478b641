/** How much was written to hosts lately, so that a service that starts again does not write as much once more. */
export const writeBudgets = `
CREATE TABLE write_budget (
  host TEXT NOT NULL,
  account TEXT NOT NULL,
  spent TEXT NOT NULL,
  closed_until INTEGER NOT NULL,
  PRIMARY KEY (host, account)
);
`;
