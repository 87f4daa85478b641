/** Limits of permits, as operators have set them. Who holds any is not stored: it follows from the attempts that run. */
export const permits = `
CREATE TABLE permit (
  name TEXT PRIMARY KEY,
  held_max INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  set_at INTEGER NOT NULL
) WITHOUT ROWID;
`;
