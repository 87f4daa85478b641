import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MarkupContent } from "vscode-languageserver-types";
import { markedProject, settle } from "../marked-project.js";

const FILES = {
  "templates/audit.template.yaml":
    "template: audit\ndescription: Looks at a table\ninputs:\n  table: { type: string, description: The table }\nrun: echo\noutputs: { bad: int }\n",
  "report.workflow.yaml": `workflow: report
description: Tells people
params: { day: { type: date, description: Day to report }, mode: { type: string, default: full } }
steps: { send: { run: echo } }
triggers: { workflow: main }
`,
  "listener.workflow.yaml":
    "workflow: listener\ntriggers: { signal: orders.ready }\nsteps: { a: { noop: {}, wait_for: { signal: rates.ready } } }\n",
} as const;

/** Thursday. */
const NOW = Date.UTC(2026, 10, 26, 12);

const STEPS = `workflow: main
params: { day: { type: date, description: Day to load, default: 2026-01-01 } }
steps:
  extract: { run: echo, description: Gets it, outputs: { rows: int }, timeout: 1h30m }
  load:
    needs: [extract]
    run: echo
    env: { DAY: "\${{ params.day }}", N: "\${{ steps.extract.outputs.rows }}" }
    emit: { signal: orders.ready }
  report: { needs: [load], workflow: report, with: { day: "\${{ params.day }}" } }
  audit: { use: ./templates/audit.template.yaml, with: { table: x } }
`;

/** The mark goes before the first text of a second one that comes after a first: `needs: [` and `extract`. */
function markedAt(text: string, after: string, before: string): string {
  const at = text.indexOf(before, text.indexOf(after) + after.length);
  return `${text.slice(0, at)}¦${text.slice(at)}`;
}

function hovered(marked: string, path?: string): string {
  const { service, uri, position } = markedProject(marked, FILES, path);
  const contents = service.hover(uri, position, NOW)?.contents;
  return MarkupContent.is(contents) ? contents.value : "";
}

function schedule(written: string, more = ""): string {
  return `workflow: main\ntriggers:\n  - schedule: "¦${written}"\n${more}steps: { a: { noop: {} } }\n`;
}

const SHOWN: readonly (readonly [what: string, marked: string, shown: readonly string[]])[] = [
  ["a key", "workflow: main\nst¦eps: {}\n", ["**steps**: The steps, by id", "Required."]],
  ["a key in braces", STEPS.replace("timeout", "time¦out"), ["**timeout**", "such as 90s"]],
  ["a key with choices", "workflow: a\nfailu¦re_mode: fail_immediately\n", ["one of `fail_after_running`"]],
  [
    "one of those choices",
    "workflow: a\nfailure_mode: fail_imm¦ediately\n",
    ["**failure_mode**", "one of `fail"],
  ],
  [
    "the key of an id",
    "workf¦low: a\n",
    ['Takes text of a-z, 0-9 and "-" that begins with a letter and has at most 63 characters.'],
  ],
  ["a duration", STEPS.replace("1h30m", "1h¦30m"), ["1 hour 30 minutes"]],
  [
    "a step",
    markedAt(STEPS, "needs: [", "extract"),
    ["**step** `extract`", "Gets it", "Needed by `load`", "`rows`: `int`"],
  ],
  ["a step in an expression", markedAt(STEPS, "steps.", "extract"), ["**step** `extract`"]],
  ["an output in an expression", markedAt(STEPS, "outputs.", "rows"), ["Type `int`", "the step `extract`"]],
  [
    "a param",
    markedAt(STEPS, "params.", "day"),
    ["**param** `day`", "Type `date`", "Day to load", "Default: `2026-01-01`"],
  ],
  [
    "a param that is given",
    markedAt(STEPS, "with: {", "day:"),
    ["Day to report", "Declared in `report.workflow.yaml`"],
  ],
  ["an input that is given", markedAt(STEPS, "with: { t", "able"), ["**input** `table`", "The table"]],
  [
    "a workflow",
    markedAt(STEPS, "workflow: r", "eport"),
    ["Tells people", "`day`: `date` — Day to report", "`mode`: `string`, optional", "Run by steps of `main`"],
  ],
  [
    "the own id",
    STEPS.replace("workflow: main", "workflow: ma¦in"),
    ["Runs start when one of these ends: `report`"],
  ],
  [
    "a template",
    STEPS.replace("audit.template", "au¦dit.template"),
    ["Looks at a table", "`table`: `string`", "`bad`: `int`"],
  ],
  [
    "a signal",
    STEPS.replace("orders.ready", "or¦ders.ready"),
    ["Sent by `main`", "Starts runs of `listener`"],
  ],
  [
    "a name of the language",
    "workflow: a\nsteps: { b: { run: x, if: run.att¦empt > 1 } }\n",
    ["`run.attempt`: `int`", "How often the run"],
  ],
  [
    "a status",
    'workflow: a\nsteps:\n  a: { noop: {} }\n  b: { needs: a, run: x, if: steps.a.sta¦tus == "x" }\n',
    ["`steps.a.status`: `string`", "What has become"],
  ],
  [
    "a function",
    "workflow: a\nsteps: { b: { run: x, if: si¦ze(run.id) > 1 } }\n",
    ["size(string): int", "How many elements"],
  ],
  [
    "a method",
    'workflow: a\nsteps: { b: { run: x, if: run.id.starts¦With("x") } }\n',
    ["string.startsWith(string): bool"],
  ],
];

const SCHEDULES: readonly (readonly [marked: string, shown: string])[] = [
  [
    schedule("0 6 * * 1-5"),
    `**Monday to Friday at 06:00**, \`UTC\`

Next fires:

- Fri 2026-11-27 06:00
- Mon 2026-11-30 06:00
- Tue 2026-12-01 06:00
- Wed 2026-12-02 06:00
- Thu 2026-12-03 06:00`,
  ],
  [
    schedule("30 2 * * *", "    timezone: Europe/Berlin\n"),
    `**Every day at 02:30**, \`Europe/Berlin\`

Next fires:

- Fri 2026-11-27 02:30
- Sat 2026-11-28 02:30
- Sun 2026-11-29 02:30
- Mon 2026-11-30 02:30
- Tue 2026-12-01 02:30

Clock changes ahead:

- Sun 2027-03-28, 02:00 becomes 03:00: what would fire in the hour that is left out fires then
- Sun 2027-10-31, 03:00 becomes 02:00: what fires in the hour that is repeated fires once`,
  ],
  [
    schedule(
      "30 2 * * *",
      "    timezone: Europe/Berlin\n    gap: skip\n    overlap: twice\n    ends: 2026-11-28\n",
    ),
    `**Every day at 02:30**, \`Europe/Berlin\`

Next fires:

- Fri 2026-11-27 02:30`,
  ],
  [
    schedule("every 6h"),
    `**Every 6 hours of elapsed time**, \`UTC\`

Next fires:

- Thu 2026-11-26 18:00
- Fri 2026-11-27 00:00
- Fri 2026-11-27 06:00
- Fri 2026-11-27 12:00
- Fri 2026-11-27 18:00`,
  ],
];

describe("hoverAt()", () => {
  for (const [what, marked, shown] of SHOWN) {
    it(`tells what ${what} is`, () => {
      const text = hovered(marked);
      assert.deepEqual(
        shown.filter((part) => !text.includes(part)),
        [],
        text,
      );
    });
  }

  for (const [marked, shown] of SCHEDULES) {
    it(`tells when ${/"¦(.*)"/.exec(marked)?.[1]} fires`, () => {
      const [first] = hovered(marked).split("\n\n---");
      assert.equal(first, shown);
    });
  }

  it("shows what authors write as they write it", () => {
    const text = hovered(
      'workflow: main\nsteps:\n  a: { noop: {}, description: "[x](command:y) <img src=z> ![i](https://e.com/i) `a`" }\n  b: { noop: {}, needs: [¦a] }\n',
    );
    assert.match(text, /\\\[x\\\]\\\(command:y\\\)/);
    assert.doesNotMatch(text, /[^\\](?:\]\(|<img|https:)/);
  });

  it("knows names after edits elsewhere, while nothing has been checked", () => {
    const { service, uri } = markedProject(markedAt(STEPS, "needs: [", "extract"), FILES);
    settle(service);
    service.workspace.change(uri, 2, [{ text: `# a comment\n${STEPS}` }]);
    const hover = service.hover(uri, { line: 6, character: 13 }, NOW);
    assert.match(JSON.stringify(hover), /\*\*step\*\* `extract`/);
  });

  it("says nothing where nothing is", () => {
    assert.equal(hovered("# com¦ment\n"), "");
    assert.equal(hovered("x¦", "other.yaml"), "");
  });
});
