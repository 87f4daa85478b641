/**
 * A listener is found by one range as well, in one environment, and its row says what else it asks (`residue`). The start writes the rows,
 * from the definitions of what lives, wherever it makes them otherwise than the build that has written them (`listener_rules`).
 */
export const rangesOfListeners = `
DROP TABLE signal_listener;
CREATE TABLE signal_listener (
  signal TEXT NOT NULL,
  environment TEXT NOT NULL,
  -- What must be equal, what is compared, and on which side of the bound, as JSON.
  shape TEXT NOT NULL,
  wanted TEXT NOT NULL,
  bound TEXT NOT NULL,
  project TEXT NOT NULL,
  workflow TEXT NOT NULL,
  until TEXT,
  -- Conditions of which those of one must hold as well, as JSON; null where nothing else must.
  residue TEXT,
  PRIMARY KEY (signal, environment, shape, wanted, bound, project, workflow)
) WITHOUT ROWID;
CREATE INDEX signal_listener_by_workflow ON signal_listener (project, environment, workflow);

CREATE TABLE listener_rules (version INTEGER NOT NULL);
INSERT INTO listener_rules VALUES (0);
`;
