/** What hosts of repositories told, and how checks and comments there are to look. */
export const reviews = `
CREATE TABLE review_delivery (
  id TEXT NOT NULL PRIMARY KEY,
  event TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX review_delivery_open ON review_delivery (received_at) WHERE is_open;

CREATE TABLE host_object (
  key TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  wanted TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1,
  written INTEGER NOT NULL DEFAULT 0,
  remote_id TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  is_unfinished INTEGER NOT NULL,
  problem TEXT,
  updated_at INTEGER NOT NULL
);
CREATE INDEX host_object_waiting ON host_object (rank, updated_at) WHERE written < generation;
`;
