import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { CompletionItem, TextEdit } from "vscode-languageserver-types";
import { TextDocument } from "vscode-languageserver-textdocument";
import { markedProject, settle } from "../marked-project.js";

const FILES = {
  "headwater.yaml": `project: growth
connections: { warehouse: { postgres: "postgres://me@db.example:5432/warehouse" } }
plugins: { dbt: { inputs: { model: { type: string }, full: { type: bool, default: false } } } }
`,
  "joins.workflow.yaml": `workflow: joins
triggers:
  - signal: report.sent
  - all: { sent: { signal: report.sent }, other: { signal: a } }
steps: { one: { noop: {} } }
`,
  "templates/audit.template.yaml": `template: audit
inputs:
  table: { type: string, description: The table to look at }
  deep: { type: bool, default: false }
run: echo
outputs: { bad: int }
`,
  "sql/copy.sql": "select 1",
  "scripts/load.py": "print()",
  "scripts/page.ipynb": "{}",
  "report.workflow.yaml": `workflow: report
owner: growth-data
params: { day: { type: date }, mode: { type: string, default: full } }
outputs: { rows: { type: int, value: 1 } }
steps:
  send:
    run: echo
    pool: large
    permits: [mail, api]
    env: { TOKEN: "\${{ secrets.MAIL_TOKEN }}" }
    outputs: { sent: int }
    emit: { signal: report.sent, params: { day: "\${{ params.day }}", mails: 3 } }
  each_country:
    foreach: { country: [de, us] }
    steps:
      copy: { run: echo }
`,
} as const;

const HEAD =
  "workflow: main\nparams:\n  day: { type: date, description: Day to load }\n  tags: { type: list<string> }\n";
const STEPS = `${HEAD}steps:
  extract: { run: echo, outputs: { rows: int, files: list<string>, sizes: map<int> } }
  load:
    needs: [extract]
    foreach: { file: "\${{ steps.extract.outputs.files }}" }
    steps:
      copy: { run: echo, outputs: { ms: int } }
      audit:
        needs: [copy]
        run: echo
`;

/** Labels in the order in which they are shown: all of them, or after `…` some of them; `!` says that one is not there. */
const OFFERED: readonly (readonly [marked: string, labels: string, path?: string])[] = [
  // Keys.
  ["|", "… steps workflow triggers !extract"],
  ["workflow: main\nste|", "… steps !workflow"],
  [`${HEAD}steps:\n  a:\n    |`, "… approval foreach http noop run sql use while workflow needs if"],
  [`${HEAD}steps:\n  a:\n    run: x\n    |`, "… env shell needs !sql !http !with !run"],
  [`${HEAD}steps:\n  a: { use: x, | }`, "… with !env"],
  [`${HEAD}steps:\n  a:\n    foreach: { x: [1] }\n    |`, "… steps max_parallel"],
  [
    `${HEAD}steps:\n  a:\n    run: x\n    retry: { | }`,
    "errors platform backoff delay max_delay timeouts".split(" ").sort().join(" "),
  ],
  ["workflow: main\ntriggers:\n  - |", "all schedule signal workflow params"],
  ["workflow: main\ntriggers:\n  |", "all schedule signal workflow params"],
  ["workflow: main\ntriggers:\n  - schedule: x\n    |", "… timezone missed gap !match !schedule"],
  ["workflow: main\ntriggers: { | }", "all schedule signal workflow params"],
  [`${HEAD}steps:\n  a:\n    run: x\n    emit:\n      signal: a\n      |`, "params"],
  // Values.
  [`${STEPS}  report:\n    require: |\n`, "all_finished all_succeeded any_failed any_succeeded"],
  [`${STEPS}  report:\n    workflow: report\n    wait: |\n`, "false true"],
  [`${STEPS}  report:\n    needs: [|]\n    noop: {}\n`, "extract load"],
  [`${STEPS}  report:\n    needs: [extract, |]\n    noop: {}\n`, "load"],
  [`${STEPS}  report:\n    noop: {}\n    needs:\n      - |\n`, "extract load"],
  [`${STEPS}  report:\n    noop: {}\n    needs: |\n`, "extract load"],
  [STEPS.replace("run: echo, outputs: { rows", "needs: [|], run: echo, outputs: { rows"), ""],
  [STEPS.replace("needs: [copy]", "needs: [|]"), "copy"],
  [`${STEPS}  report:\n    workflow: |\n`, "joins report"],
  [`${STEPS}  report:\n    workflow: report\n    with:\n      |\n`, "day mode"],
  [`${STEPS}  report:\n    workflow: report\n    with: { day: x, | }\n`, "mode"],
  [`${STEPS}  report:\n    use: |\n`, "templates/audit.template.yaml"],
  [`${STEPS}  report:\n    use: ./|\n`, "./templates/audit.template.yaml"],
  [`${STEPS}  report:\n    use: ./templates/audit.template.yaml\n    with:\n      |\n`, "table deep"],
  [`${STEPS}  report:\n    sql: { connection: |, query: x }\n`, "duckdb warehouse"],
  [`${STEPS}  report:\n    sql: { connection: duckdb, file: | }\n`, "sql/copy.sql"],
  [`${STEPS}  report:\n    run: python scr|\n`, "scripts/load.py"],
  [`${STEPS}  report:\n    run: ¦|\n      python scr¦\n`.replace("¦|", "|-"), "scripts/load.py"],
  [`${STEPS}  report:\n    run: x\n    pool: |\n`, "default large"],
  [`${STEPS}  report:\n    run: x\n    permits: [|]\n`, "api mail"],
  [`${STEPS}  report:\n    run: x\n    timeout: |\n`, "1h30m 2d 30m 90s"],
  [`${STEPS}  report:\n    run: x\n    emit: { signal: | }\n`, "a report.sent"],
  ["workflow: main\nowner: |\n", "growth-data"],
  ["workflow: main\ntriggers:\n  - workflow: |\n", "joins report"],
  ["workflow: main\ntriggers:\n  - signal: |\n", "a report.sent"],
  ["workflow: main\ntriggers:\n  - schedule: |\n", "… @daily */15\u00a0*\u00a0*\u00a0*\u00a0*"],
  [
    "workflow: main\ntriggers:\n  - schedule: x\n    timezone: |\n",
    "… UTC Europe/Berlin America/Los_Angeles",
  ],
  [`${HEAD}triggers:\n  - schedule: x\n    params: { | }\n`, "day tags"],
  ["workflow: main\nparams: { a: { type: | } }\n", "… int string date list<…>"],
  [`${STEPS}  report:\n    run: x\n    outputs: { n: | }\n`, "… int string list<…>"],
  [`${HEAD}triggers:\n  - signal: report.sent\n    match: { | }\n`, "day mails"],
  [`${STEPS}  report:\n    plugin: { kind: | }\n`, "dbt"],
  [`${STEPS}  report:\n    plugin: { kind: dbt, with: { | } }\n`, "model full"],
  // Tests.
  [
    "workflow: report\ntests:\n  a:\n    |",
    "… params signal signals run given expect",
    "a.workflow.test.yaml",
  ],
  [
    "workflow: report\ntests:\n  a:\n    run: { | }\n",
    "attempt environment scheduled_at trigger",
    "a.workflow.test.yaml",
  ],
  ["workflow: joins\ntests:\n  a:\n    signal: { | }\n", "day mails", "a.workflow.test.yaml"],
  ["workflow: joins\ntests:\n  a:\n    signals: { | }\n", "other sent", "a.workflow.test.yaml"],
  ["workflow: joins\ntests:\n  a:\n    signals: { sent: { | } }\n", "day mails", "a.workflow.test.yaml"],
  ["workflow: |\n", "joins report", "a.workflow.test.yaml"],
  [
    "workflow: report\ntests:\n  a: { given: { each_country.copy: { where: each.| } } }\n",
    "country index",
    "a.workflow.test.yaml",
  ],
  [
    "workflow: report\ntests:\n  a: { expect: { steps: { each_country.copy: { where: | } } } }\n",
    "… each params run",
    "a.workflow.test.yaml",
  ],
  [
    "workflow: report\ntests:\n  a: { given: { | } }\n",
    "each_country each_country.copy send",
    "a.workflow.test.yaml",
  ],
  [
    "workflow: report\ntests:\n  a: { expect: { steps: { send: | } } }\n",
    "… succeeded skipped failed",
    "a.workflow.test.yaml",
  ],
  [
    "workflow: report\ntests:\n  a:\n    given: { send: { outputs: { | } } }\n",
    "sent",
    "a.workflow.test.yaml",
  ],
  ["workflow: report\ntests:\n  a:\n    params: { | }\n", "day mode", "a.workflow.test.yaml"],
  // Expressions.
  [
    `${STEPS}  report:\n    run: x\n    env: { A: "\${{ | }}" }\n`,
    "… params run secrets signal steps workflow size range !each !response !succeeded",
  ],
  [`${STEPS}  report:\n    run: x\n    env: { A: \${{ params.|\n`, "day tags"],
  [`${STEPS}  report:\n    run: x\n    if: |\n`, "… steps params succeeded failed"],
  [`${STEPS}  report:\n    run: x\n    if: params.day == "x" && steps.|\n`, "extract load report"],
  [`${STEPS}  report:\n    run: x\n    if: steps.extract.|\n`, "attempt ended_at outputs started_at status"],
  [
    `${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.|\n`,
    "files rows sizes ?files.orValue(…) ?rows.orValue(…) ?sizes.orValue(…)",
  ],
  [
    `${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.files.|\n`,
    "… all size join map !startsWith !orValue",
  ],
  [
    `${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.files[0].|\n`,
    "… startsWith size contains !join",
  ],
  [`${STEPS}  report:\n    run: x\n    if: (1 > 2 ? "a" : "b").|\n`, "… startsWith size"],
  [`${STEPS}  report:\n    run: x\n    if: params.tags.exists(tag, |\n`, "… tag params"],
  [`${STEPS}  report:\n    run: x\n    if: params.tags.exists(tag, tag.|\n`, "… startsWith !join"],
  [
    `${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.?files.optMap(found, found.|\n`,
    "… all size join map !startsWith",
  ],
  [`${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.?files.optMap(found, |\n`, "… found params"],
  [`${STEPS}  report:\n    run: x\n    if: run.started_at.|\n`, "… date getHours !startsWith"],
  [`${STEPS}  report:\n    run: x\n    if: params.day == "st|"\n`, ""],
  [`${STEPS}  report:\n    run: x\n    env:\n      A: text \${{ secrets.|\n`, "MAIL_TOKEN"],
  [
    STEPS.replace("        run: echo\n", "        run: echo\n        env: { F: '${{ each.|' }\n"),
    "file index",
  ],
  [`${STEPS}  report:\n    run: x\n    if: steps.extract.outputs.?|\n`, "files rows sizes"],
  [`${HEAD}triggers:\n  - signal: orders.ready\n    if: signal.|\n`, "…"],
  [
    `${HEAD}triggers:\n  - signal: report.sent\n    if: signal.|\n  - signal: orders.ready\n`,
    "… day mails ?day.orValue(…) ?mails.orValue(…)",
  ],
  [
    `${HEAD}triggers:\n  - signal: report.sent\n  - signal: orders.ready\n    if: signal.|\n`,
    "… !day !mails",
  ],
  [
    `${STEPS.replace("steps:", "triggers:\n  - signal: report.sent\nsteps:")}  report:\n    run: x\n    if: signal.|\n`,
    "… day mails",
  ],
  [
    `${HEAD}triggers:\n  - all: { sent: { signal: report.sent }, other: { signal: a } }\n    if: signals.sent.|\n`,
    "… day mails",
  ],
  [
    `${HEAD}triggers:\n  - all: { sent: { signal: report.sent }, other: { signal: a } }\n    if: signals.other.|\n`,
    "… !day",
  ],
  // The condition of a trigger is asked before there is a run, its params when there is to be one.
  [`${HEAD}triggers:\n  - signal: report.sent\n    if: |\n`, "… signal !run"],
  [`${HEAD}triggers:\n  signal: report.sent\n  if: |\n`, "… signal !run"],
  [`${HEAD}triggers:\n  - signal: report.sent\n    params: { day: "\${{ | }}" }\n`, "… signal run"],
  [
    "template: t\ninputs: { table: { type: string } }\nrun: x\nenv: { A: '${{ inputs.| }}' }\n",
    "table",
    "t.template.yaml",
  ],
  // Nothing where nothing is known.
  ["# workf|", ""],
  [`${STEPS}  report:\n    run: echo \${{ params.|\n`, "day tags"],
  ["anything|", "", "other.yaml"],
];

/** Takes an offer: what stands in the text afterwards, `$0` and the like included where the editor knows snippets. */
const TAKEN: readonly (readonly [marked: string, label: string, after: string])[] = [
  ["workflow: a\nste|\n", "steps", "workflow: a\nsteps:\n  ${1:name}:\n    $0\n"],
  ["workflow: a\nste|ps:\n", "steps", "workflow: a\nsteps:\n"],
  ["workflow: a\ntri|", "triggers", "workflow: a\ntriggers:\n  - $0"],
  ["workflow: a\nsteps:\n  b:\n    ret|", "retry", "workflow: a\nsteps:\n  b:\n    retry:\n      $0"],
  [
    "workflow: a\nsteps:\n  b: { run: x, ret| }",
    "retry",
    "workflow: a\nsteps:\n  b: { run: x, retry: { $0 } }",
  ],
  ["workflow: a\nsteps:\n  b: { run: x, ne| }", "needs", "workflow: a\nsteps:\n  b: { run: x, needs: [$0] }"],
  ["workflow: a\ntriggers:\n  - sig|", "signal", "workflow: a\ntriggers:\n  - signal: $0"],
  ["workflow: a\ntriggers:\n  |", "all", "workflow: a\ntriggers:\n  - all:\n      $0"],
  [
    "workflow: a\nfail|",
    "failure_mode",
    "workflow: a\nfailure_mode: ${1|fail_immediately,fail_after_running|}".replace("¦", "|"),
  ],
  ["workflow: a\ntriggers:\n  - schedule: @d|", "@daily", 'workflow: a\ntriggers:\n  - schedule: "@daily"'],
  ['workflow: a\ntriggers:\n  - schedule: "@d|"', "@daily", 'workflow: a\ntriggers:\n  - schedule: "@daily"'],
  [
    'workflow: a\nsteps:\n  b: { run: x, if: "run.at|tempt > 1" }',
    "attempt",
    'workflow: a\nsteps:\n  b: { run: x, if: "run.attempt > 1" }',
  ],
  [
    'workflow: a\nsteps:\n  b: { run: x, if: "\\"a\\" == run.i|" }',
    "id",
    'workflow: a\nsteps:\n  b: { run: x, if: "\\"a\\" == run.id" }',
  ],
  [
    "workflow: a\nsteps:\n  b:\n    run: x\n    if: si|(",
    "size",
    "workflow: a\nsteps:\n  b:\n    run: x\n    if: size(",
  ],
  [
    "workflow: a\nsteps:\n  b:\n    run: x\n    if: si|",
    "size",
    "workflow: a\nsteps:\n  b:\n    run: x\n    if: size($0)",
  ],
  [
    "workflow: a\nsteps:\n  b:\n    run: x\n    env: { A: | }",
    "${{ }}",
    'workflow: a\nsteps:\n  b:\n    run: x\n    env: { A: "\\${{ $0 \\}\\}" }',
  ],
];

function offered(
  marked: string,
  path?: string,
  abilities = { hasSnippets: true, keepsIndent: true },
): CompletionItem[] {
  const { service, uri, position } = markedProject(marked, FILES, path);
  const items = service.completions(uri, position, abilities);
  return items.sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
}

function textAfter(marked: string, label: string, abilities?: Parameters<typeof offered>[2]): string {
  const item = offered(marked, undefined, abilities).find((candidate) => candidate.label === label);
  const { text, uri } = markedProject(marked, FILES);
  // An item of ours always has an edit of this kind.
  const edit = item?.textEdit as TextEdit | undefined;
  return edit === undefined ? "" : TextDocument.applyEdits(TextDocument.create(uri, "", 1, text), [edit]);
}

describe("completionsAt()", () => {
  for (const [marked, labels, path] of OFFERED) {
    it(`offers ${JSON.stringify(labels)} at ${JSON.stringify(marked.slice(-70))}`, () => {
      const found = offered(marked, path)
        .map(({ label }) => label)
        .filter((label) => label !== "${{ }}");
      const [first, ...rest] = labels.split(" ").map((label) => label.replaceAll("\u00a0", " "));
      if (first !== "…") return assert.equal(found.join(" "), labels);
      const wanted = rest.filter((label) => !label.startsWith("!"));
      assert.deepEqual(
        wanted.filter((label) => !found.includes(label)),
        [],
      );
      const unwanted = rest.filter((label) => label.startsWith("!")).map((label) => label.slice(1));
      assert.deepEqual(
        unwanted.filter((label) => found.includes(label)),
        [],
      );
    });
  }

  for (const [marked, label, after] of TAKEN) {
    it(`writes ${JSON.stringify(label)} into ${JSON.stringify(marked)}`, () =>
      assert.equal(textAfter(marked, label), after));
  }

  it("writes no snippets for an editor that knows none", () =>
    assert.equal(
      textAfter("workflow: a\nste|\n", "steps", { hasSnippets: false, keepsIndent: false }),
      "workflow: a\nsteps: \n",
    ));

  it("leaves the indentation of the line to an editor that adds it by itself", () =>
    assert.equal(
      textAfter("workflow: a\nsteps:\n  b:\n    ret|", "retry", { hasSnippets: true, keepsIndent: false }),
      "workflow: a\nsteps:\n  b:\n    retry:\n  $0",
    ));

  it("shows what a key is for, and what a param is", () => {
    const [key] = offered("workflow: a\nste|").filter(({ label }) => label === "steps");
    assert.match(JSON.stringify(key?.documentation), /The steps, by id/);
    const [param] = offered(`${STEPS}  report:\n    run: x\n    if: params.|\n`);
    assert.deepEqual([param?.label, param?.detail], ["day", "date"]);
    assert.match(JSON.stringify(param?.documentation), /Day to load/);
  });

  it("knows the steps of the moment before while the file is no YAML", () => {
    const { service, uri, text, position } = markedProject(
      `${STEPS}  report:\n    run: x\n    if: |\n`,
      FILES,
    );
    settle(service);
    const broken = text
      .replace("    if: \n", "    if: steps.\n")
      .replace("description: Day to load", `description: "Day to load`);
    service.workspace.change(uri, 2, [{ text: broken }]);
    const items = service.completions(
      uri,
      { ...position, character: position.character + 6 },
      { hasSnippets: false, keepsIndent: false },
    );
    assert.deepEqual(
      items.map(({ label }) => label),
      ["extract", "load", "report"],
    );
  });
});
