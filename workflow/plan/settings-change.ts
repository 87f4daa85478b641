import { canonicalJson } from "../compile/canonical-json.js";
import type { ProjectSettings } from "../project/compiled-project.js";
import type { Json } from "../types/json.js";

/** One difference of `headwater.yaml` that is of the whole project, in the words of the file. */
export interface SettingChange {
  readonly change: "added" | "changed" | "removed";
  /** As `environments.staging.triggers`. */
  readonly key: string;
  /** Null on the side where there is none. */
  readonly before: Json;
  readonly after: Json;
}

/** What changes for all workflows of a project: its name, where it lives, what it demands. Defaults that reach a workflow are told there. */
export function settingChanges(before: ProjectSettings, after: ProjectSettings): readonly SettingChange[] {
  const [old, now] = [writtenSettings(before), writtenSettings(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  return keys.flatMap((key): readonly SettingChange[] => {
    const pair = { before: old.get(key) ?? null, after: now.get(key) ?? null };
    if (canonicalJson(pair.before) === canonicalJson(pair.after)) return [];
    return [
      { change: pair.before === null ? "added" : pair.after === null ? "removed" : "changed", key, ...pair },
    ];
  });
}

function writtenSettings({
  project,
  owner,
  workflows,
  environments,
  webhooks,
  policies,
}: ProjectSettings): ReadonlyMap<string, Json> {
  const { requireOwner, requireTests, signedCommits, maxDeletedWorkflows } = policies;
  return new Map<string, Json>([
    ["project", project],
    ["owner", owner],
    ["workflows", workflows.join(", ")],
    ...Object.entries(environments).flatMap(
      ([name, { branch, triggers, backfillsFrom }]): readonly [string, Json][] => [
        [`environments.${name}.branch`, branch],
        [`environments.${name}.triggers`, triggers ? "on" : "off"],
        [`environments.${name}.backfills_from`, backfillsFrom.join(", ") || null],
      ],
    ),
    ["policies.require_owner", requireOwner],
    ["policies.require_tests", requireTests],
    ["policies.signed_commits", signedCommits],
    ["policies.max_deleted_workflows", maxDeletedWorkflows === null ? null : percent(maxDeletedWorkflows)],
    ...Object.entries(webhooks).flatMap(([name, webhook]): readonly [string, Json][] =>
      Object.entries({ ...webhook }).flatMap(([key, value]): readonly [string, Json][] =>
        value === null || isEmpty(value) ? [] : [[`webhooks.${name}.${key}`, value]],
      ),
    ),
  ]);
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function percent(share: number): string {
  return `${Math.round(share * 1e4) / 100}%`;
}
