import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import { createRegistry } from "#server/registry/create-registry.js";
import type { Registry } from "#server/registry/registry.js";
import type { SourceOptions } from "#server/source/create-source.js";
import type { OnCommit } from "#server/source/source.js";
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
  const registry = createRegistry({
    store: world.store,
    // A restart puts another one in its place.
    source: {
      readTree: (...args) => world.source.readTree(...args),
      describeCommit: (...args) => world.source.describeCommit(...args),
      findCommit: (...args) => world.source.findCommit(...args),
      keepCommit: (...args) => world.source.keepCommit(...args),
      fetchBranch: (...args) => world.source.fetchBranch(...args),
      checkSignature: (...args) => world.source.checkSignature(...args),
      readRewritten: (...args) => world.source.readRewritten(...args),
      checkDeclared: (id) => world.source.checkDeclared(id),
    },
    clock: world.clock,
    ids: systemIds,
    feed: createChangeFeed({ boot: "test", remembered: 10 }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { world, registry };
}
