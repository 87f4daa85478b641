/** Schedules that are gone, with slots that had come before: a slot is judged by the schedule that was live at its time. */
export const pastSchedules = `
CREATE TABLE past_schedule (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  workflow TEXT NOT NULL,
  version_id TEXT NOT NULL,
  commit_sha TEXT NOT NULL,
  repository_id TEXT NOT NULL,
  definition TEXT NOT NULL,
  next_slot_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX past_schedule_due ON past_schedule (next_at);
CREATE INDEX past_schedule_by_workflow ON past_schedule (project, environment, workflow);
`;
