import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GIT_ENVIRONMENT } from "#test/git-environment.js";

/** An iteration among 5,000 that fails, so that a run has 10,000 steps. */
export const FAILING_ITERATION = 4321;

const FILES = {
  "headwater.yaml": "project: page\n",
  "order.workflow.yaml": `
workflow: order
description: Asks before it goes on
params:
  customer: { type: string, description: Who ordered }
  amount: { type: int, default: 3, min: 1 }
steps:
  greet:
    run: 'echo "$AMOUNT for $CUSTOMER" && echo "<b>careful</b>" >&2'
    env: { AMOUNT: "\${{ string(params.amount) }}", CUSTOMER: "\${{ params.customer }}" }
  ask: { needs: [greet], approval: { approvers: [ann, bob], prompt: Shall it be sent? } }
  send: { needs: [ask], noop: {} }
`,
  "once.workflow.yaml": `
workflow: once
description: Fails the first time
steps:
  before: { noop: {} }
  try:
    needs: [before]
    run: |
      mkdir "$HEADWATER_DATA/tried-$HEADWATER_RUN_ID" || exit 0
      echo "the source is away"
      exit 3
  after: { needs: [try], noop: {} }
`,
  "rest.workflow.yaml": `
workflow: rest
description: Rests for ten minutes
steps: { rest: { run: 'echo "sleeping" && exec sleep 600' } }
`,
  "wide.workflow.yaml": `
workflow: wide
description: Asks, and rests in a loop
run_strategy: parallel
steps:
  ask: { approval: { approvers: [ann] } }
  after: { needs: [ask], noop: {} }
  load:
    foreach: { n: "\${{ range(0, 4) }}" }
    max_parallel: 1
    steps: { rest: { sleep: 10m } }
`,
  "adjust.workflow.yaml": adjustWorkflow("slow"),
  "linked.workflow.yaml": `
workflow: linked
description: Tells where it is shown
outputs: { url: { type: string, value: "\${{ run.url }}" } }
steps: { one: { noop: {} } }
`,
  "timed.workflow.yaml": `
workflow: timed
description: Waits for this and that
max_parallel_steps: 2 # so that each noop has to ask for its place, which takes a moment
steps:
  rest: { sleep: 1s }
  load:
    needs: [rest]
    foreach: { n: "\${{ range(0, 120) }}" }
    max_parallel: 1
    steps: { copy: { noop: {} } }
  again:
    needs: [load]
    retry: { errors: 1, delay: 1s }
    run: test "$HEADWATER_ATTEMPT" = 2
  report: { needs: [again], workflow: linked }
  aside: { needs: [rest], noop: {} }
`,
  "many.workflow.yaml": `
workflow: many
description: One of 5,000 fails
steps:
  check:
    foreach: { n: "\${{ range(0, 5000) }}" }
    on_failure: continue
    steps:
      fine: { if: "each.n != ${FAILING_ITERATION}", noop: {} }
      broken: { if: "each.n == ${FAILING_ITERATION}", run: "echo it is broken; exit 7" }
`,
};

/** Succeeds where its param is not `slow`, or its version says otherwise. */
export function adjustWorkflow(bad: string): string {
  return `
workflow: adjust
description: Is too slow
params:
  mode: { type: string, default: slow }
  size: { type: int, default: 3, description: How much }
steps:
  check: { run: 'test "$MODE" != ${bad}', env: { MODE: "\${{ params.mode }}" } }
`;
}

/** Files of workflows that are only there, `none-1` and so on. */
export function idleWorkflows(count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, index) => `none-${index + 1}`);
  return Object.fromEntries(
    names.map((name) => [`${name}.workflow.yaml`, `workflow: ${name}\nsteps: { one: { noop: {} } }\n`]),
  );
}

/** Makes a repository in `folder` with a workflow for each thing that somebody does on the page, and with `more` files. */
export function makePageProject(folder: string, more: Readonly<Record<string, string>> = {}): void {
  git(folder, "init", "-q", "-b", "main");
  commitFiles(folder, { ...FILES, ...more });
}

/** Another branch of it, at the commit where it stands. */
export function branchOff(folder: string, branch: string): void {
  git(folder, "branch", branch);
}

/** One more commit of it. */
export function commitFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  git(folder, "add", ".");
  git(folder, "commit", "-qm", "What the page shows");
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync("git", ["-C", folder, ...args], { env: GIT_ENVIRONMENT, stdio: "pipe" });
}
