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
      until test -e "$MAY_GO_ON-revenue"; do sleep 0.1; done
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

/** It needs what is not there. */
export const BROKEN_WORKFLOW = `workflow: broken
steps:
  first:
    run: echo first
  second:
    needs: [frist]
    run: echo second
`;

/** The same, broken in one place. */
export const BROKEN_PROJECT: Readonly<Record<string, string>> = {
  ...PROJECT,
  "pipelines/broken.workflow.yaml": BROKEN_WORKFLOW,
};

/** A run of its workflow has a step in every state at once, until somebody answers it and it may go on. */
export const EVERY_LOOK: Readonly<Record<string, string>> = {
  "pipelines/every.workflow.yaml": `workflow: every
description: What was sold, and whether it may go out

triggers:
  - schedule: "0 6 * * *"
    timezone: America/New_York

params:
  note: { type: string, default: Looks right }

steps:
  extract:
    run: echo extracted
  check:
    needs: [extract]
    use: ./check.template.yaml
    with: { rows: 42 }
  load:
    needs: [check]
    run: echo loading
  copy:
    needs: [extract]
    run: until test -e "$MAY_GO_ON-every"; do sleep 0.1; done
  release:
    needs: [extract]
    approval: { approvers: [ann], prompt: "\${{ params.note }}" }
  each:
    needs: [extract]
    foreach: { country: [us, de] }
    steps:
      send: { run: echo sent }
`,
  "pipelines/check.template.yaml": `template: check
inputs:
  rows: { type: int }
run: |
  echo "![$ROWS rows](https://e.vil/t.png) are missing"
  exit 3
env: { ROWS: "\${{ inputs.rows }}" }
`,
};

/** Files in which there is something to show of most that the language server answers. */
export const SHOWN_PROJECT: Readonly<Record<string, string>> = {
  ...BROKEN_PROJECT,
  "pipelines/orders.workflow.yaml": `workflow: orders
description: What was ordered, a country at a time

triggers:
  - schedule: "30 6 * * 1-5"
    timezone: Europe/Berlin

params:
  day: { type: string, default: today }
  countries: { type: "list<string>", default: [us, de] }

steps:
  extract:
    foreach: { country: "\${{ params.countries }}" }
    steps:
      load:
        run: echo "loading $COUNTRY"
        env: { COUNTRY: "\${{ each.country }}" }
  count:
    needs: [extract]
    use: templates/count-rows.template.yaml
    with: { table: orders }
  publish:
    needs: [count]
    if: steps.count.outputs.rows > 0
    run: echo "publishing $DAY"
    env: { DAY: "orders of \${{ params.day }}" }
    timeout: 5m
`,
  "templates/count-rows.template.yaml": `template: count-rows
inputs:
  table: { type: string }
run: echo "rows=$(wc -l < "$TABLE.csv")" >> "$HEADWATER_OUTPUT"
env: { TABLE: "\${{ inputs.table }}" }
outputs: { rows: int }
`,
};
