import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");
/** What is written last of all that is bundled. */
const BUNDLED = join(root, "extension", "out", "language-server.js");
const BUILT = ["workflow", "engine", "api", "language-server", "extension"];

/** Bundles the extension as it now is, unless that was done since it was built: it may be in use by tests beside this one. */
export function bundleExtension(): void {
  const bundledAt = existsSync(BUNDLED) ? statSync(BUNDLED).mtimeMs : 0;
  const builds = BUILT.map((folder) => statSync(join(root, folder, "dist", "tsconfig.tsbuildinfo")).mtimeMs);
  if (bundledAt > Math.max(...builds)) return;
  execFileSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "pipe" });
}

/** A small project with a mistake: one workflow calls another, which has a step that needs what is not there. */
export const PROJECT: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: shop\nowner: shop-data\n",
  "pipelines/revenue.workflow.yaml": `# What a customer pays, a country at a time.
workflow: revenue
description: Revenue by country, every morning

triggers:
  - schedule: "0 6 * * *"
    timezone: America/New_York

params:
  countries: { type: "list<string>", default: [us, de], description: Countries to load }
  mode: { type: string, options: [full, delta], default: delta, description: How much to load }

steps:
  extract:
    run: |
      echo "extracting $MODE part one"
      until test -e "$MAY_GO_ON"; do sleep 0.1; done
      echo "extracting $MODE part two"
      echo "rows=42" >> "$HEADWATER_OUTPUT"
    env: { MODE: "\${{ params.mode }}" }
    outputs: { rows: int }
  load:
    needs: [extract]
    if: \${{ steps.extract.outputs.rows > 0 }}
    foreach: { country: "\${{ params.countries }}" }
    steps:
      copy:
        run: echo "copying $COUNTRY"
        env: { COUNTRY: "\${{ each.country }}" }
  publish:
    needs: [load]
    sql: { connection: duckdb, query: "select 1 as one" }
  report:
    needs: [publish]
    workflow: report
    with: { rows: "\${{ steps.extract.outputs.rows }}" }
`,
  "pipelines/report.workflow.yaml": `workflow: report
description: What people read

params:
  rows: { type: int }

steps:
  draw:
    run: echo "drawing $ROWS rows"
    env: { ROWS: "\${{ params.rows }}" }
`,
  "pipelines/revenue.workflow.test.yaml": `workflow: revenue
tests:
  no rows, no load:
    given:
      extract: { outputs: { rows: 0 } }
    expect:
      steps: { extract: succeeded, load: skipped, publish: skipped }
  everything is loaded:
    given:
      extract: { outputs: { rows: 3 } }
    expect:
      run: succeeded
      steps: { load: succeeded, publish: succeeded }
  a mistake in what is expected:
    expect:
      steps: { publish: failed }
`,
};

/** The same, broken in one place. */
export const BROKEN_PROJECT: Readonly<Record<string, string>> = {
  ...PROJECT,
  "pipelines/broken.workflow.yaml": `workflow: broken
steps:
  first:
    run: echo first
  second:
    needs: [frist]
    run: echo second
`,
};
