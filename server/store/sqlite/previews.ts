import type { PreviewRow, Previews } from "../previews.js";
import type { VersionRow } from "../store.js";
import type { Access } from "./access.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { saveUndeployedVersions } from "./undeployed-versions.js";

type PreviewRecord = Omit<PreviewRow, "place" | "isEnding"> & {
  readonly place: JsonText<PreviewRow["place"]>;
  readonly isEnding: number;
};

/** What pull requests have run before they are merged. */
export function previewMethods({ read, write }: Access): Previews {
  return {
    savePreview: (preview, versions) => write((db) => savePreview(db, preview, versions)),
    listPreviews: () => read((db) => listPreviews(db)),
    endPreview: ({ repositoryId, change }) =>
      write(async (db) => {
        await db.run("UPDATE preview SET is_ending = 1 WHERE repository_id = ? AND change = ?", [
          repositoryId,
          change,
        ]);
      }),
    removePreview: (of) => write((db) => removePreview(db, of)),
  };
}

async function savePreview(
  connection: Connection,
  preview: PreviewRow,
  versions: readonly VersionRow[],
): Promise<void> {
  const { repositoryId, change, project, environment, commit, workflow, runId, place, isEnding } = preview;
  await saveUndeployedVersions(connection, preview, versions);
  await connection.run(
    `INSERT OR REPLACE INTO preview (repository_id, change, project, environment, commit_sha, workflow, run_id, place, is_ending)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      repositoryId,
      change,
      project,
      environment,
      commit,
      workflow,
      runId,
      JSON.stringify(place),
      isEnding ? 1 : 0,
    ],
  );
}

async function listPreviews(connection: Connection): Promise<readonly PreviewRow[]> {
  const records = await connection.all<PreviewRecord>(
    `SELECT repository_id AS repositoryId, change, project, environment, commit_sha AS "commit", workflow,
       run_id AS runId, place, is_ending AS isEnding
     FROM preview ORDER BY repository_id, change`,
  );
  return records.map((record) => ({
    ...record,
    place: parseColumn(record.place),
    isEnding: record.isEnding === 1,
  }));
}

async function removePreview(
  connection: Connection,
  { repositoryId, change }: Pick<PreviewRow, "repositoryId" | "change">,
): Promise<void> {
  await connection.run(
    `DELETE FROM undeployed_version WHERE (project, environment) IN
       (SELECT project, environment FROM preview WHERE repository_id = ? AND change = ?)`,
    [repositoryId, change],
  );
  await connection.run("DELETE FROM preview WHERE repository_id = ? AND change = ?", [repositoryId, change]);
}
