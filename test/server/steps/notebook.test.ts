import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notebookRequest, openWorld, type World } from "../workers/attempts.js";

/** Stands in for papermill, which this machine need not have: says what it was told, and executes a notebook as papermill leaves it. */
const STAND_IN = `#!/bin/sh
printf '%s\\n' "$@" >&1
cat "$4"; echo
for executed; do :; done
if [ -n "$LEAVES" ]; then eval "$LEAVES"; else printf '%s' "$NOTEBOOK" > "$executed"; fi
[ -z "$WRITES" ] || echo "$WRITES" >> "$HEADWATER_OUTPUT"
[ -z "$FAILS" ] || { echo "ZeroDivisionError: division by zero
------" >&2; exit 1; }
`;

const FAILED = {
  cells: [
    { cell_type: "markdown", source: ["# Revenue"] },
    { cell_type: "code", execution_count: 1, outputs: [{ output_type: "stream", text: ["1"] }] },
    {
      cell_type: "code",
      execution_count: 2,
      outputs: [
        { output_type: "error", ename: "ZeroDivisionError", evalue: "division by zero", traceback: [] },
      ],
    },
  ],
};

describe("notebook", () => {
  let world: World;
  afterEach(() => world.close());

  /** With a notebook in the tree, and a papermill that leaves this one. */
  async function openNotebooks(variables: Readonly<Record<string, string>>): Promise<void> {
    world = await openWorld({ environment: variables, stepEnv: Object.keys(variables), bin: "bin" });
    const bin = join(world.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "papermill"), STAND_IN);
    chmodSync(join(bin, "papermill"), 0o755);
    mkdirSync(join(world.tree, "reports"));
    writeFileSync(join(world.tree, "reports/revenue.ipynb"), "{}");
  }

  it("is executed by papermill in the working copy, with its params in a file, and kept beside the log", async () => {
    await openNotebooks({ NOTEBOOK: '{"cells": []}', WRITES: "rows=3", FAILS: "" });
    const request = notebookRequest("reports/revenue.ipynb", {
      params: { date: "2026-03-02", countries: ["us", "de"], limit: 1.5 },
      outputs: { rows: { name: "int" } },
    });
    const result = await world.execute(request);
    assert.deepEqual(result, { status: "succeeded", outputs: { rows: 3 } });
    const output = join(world.folder, "outputs", "step.1");
    assert.deepEqual(world.log().split("\n").slice(0, 9), [
      "out --cwd",
      `out ${world.tree}`,
      "out --parameters_file",
      `out ${output}.params.yaml`,
      "out --log-output",
      "out --no-progress-bar",
      `out ${join(world.tree, "reports/revenue.ipynb")}`,
      `out ${output}.ipynb`,
      'out {"date":"2026-03-02","countries":["us","de"],"limit":1.5}',
    ]);
    const kept = join(world.folder, "logs/run/step/1.ipynb");
    assert.equal(readFileSync(kept, "utf8"), '{"cells": []}');
    assert.match(world.log(), new RegExp(`sys the executed notebook is "${kept}"`));
    assert.deepEqual(readdirSync(join(world.folder, "outputs")), []);
  });

  it("fails with the error of the cell that failed, and keeps the notebook all the same", async () => {
    await openNotebooks({ NOTEBOOK: JSON.stringify(FAILED), WRITES: "retryable=false", FAILS: "1" });
    assert.deepEqual(await world.execute(notebookRequest("reports/revenue.ipynb")), {
      status: "failed",
      class: "error",
      message: "cell 2: ZeroDivisionError: division by zero",
      retryable: false,
      exitCode: 1,
    });
    assert.ok(existsSync(join(world.folder, "logs/run/step/1.ipynb")));
  });

  for (const { left, command, problem } of [
    {
      left: "a link",
      command: 'ln -s /etc/hostname "$executed"',
      problem: "it is a symbolic link, not a file",
    },
    { left: "a FIFO", command: 'mkfifo "$executed"', problem: "it is not a plain file" },
    { left: "a folder", command: 'mkdir "$executed"', problem: "it is not a plain file" },
  ]) {
    it(`ends where ${left} is left in its place, and the log says why it is not kept`, async () => {
      await openNotebooks({ LEAVES: command, WRITES: "", FAILS: "1" });
      const result = await world.execute(notebookRequest("reports/revenue.ipynb"));
      assert.match(result.status === "failed" ? result.message : "", /^exited with code 1/);
      assert.ok(world.log().includes(`not kept, ${problem}: the notebook`), world.log());
      assert.ok(!existsSync(join(world.folder, "logs/run/step/1.ipynb")));
      assert.deepEqual(readdirSync(join(world.folder, "outputs")), []);
    });
  }

  it("says that the repository has no such notebook, and that this machine has no papermill", async () => {
    await openNotebooks({ PATH: "/nowhere" });
    const missing = await world.execute(notebookRequest("reports/other.ipynb"));
    assert.match(
      missing.status === "failed" ? missing.message : "",
      /^Cannot execute notebook "reports\/other\.ipynb"/,
    );
    const result = await world.execute(notebookRequest("reports/revenue.ipynb"));
    assert.match(
      result.status === "failed" ? result.message : "",
      /papermill is not on the service's PATH; install it/,
    );
  });
});
