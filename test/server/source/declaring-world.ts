import type { Registry } from "#server/registry/registry.js";
import type { SourceOptions } from "#server/source/create-source.js";
import type { OnCommit } from "#server/source/source.js";
import { registryOver } from "../registry/registry-over.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

export const STAGING = "staging: { branch: develop, triggers: off }";
export const daily = (id: string, step = "one"): string =>
  `workflow: ${id}\ntriggers: [{ schedule: "@daily" }]\nsteps: { ${step}: { noop: {} } }\n`;

/** A project with an environment beside production, unless it is told otherwise. */
export const project = (environments = STAGING, ...ids: readonly string[]): Record<string, string> => ({
  "headwater.yaml": `project: growth\nenvironments: { production: { branch: main }${environments === "" ? "" : `, ${environments}`} }\n`,
  ...Object.fromEntries((ids.length === 0 ? ["a"] : ids).map((id) => [`${id}.workflow.yaml`, daily(id)])),
});

/** A source whose commits are deployed, after `before` was told of each. */
export async function createDeclaringWorld(
  options: Partial<SourceOptions>,
  before: OnCommit,
): Promise<{ readonly world: SourceWorld; readonly registry: Registry }> {
  const world: SourceWorld = await createSourceWorld({
    source: options,
    onCommit: async (commit) => {
      await before(commit);
      await registry.deploy(commit);
    },
  });
  const registry = registryOver(world);
  return { world, registry };
}
