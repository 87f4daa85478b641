import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { Compiler, type Comparison } from "#server/review/compiler/compiler-process.js";
import type { FileTree } from "#server/source/source.js";
import type { Judgement } from "#server/review/compiler/judgement.js";
import { permissionFlags } from "#server/review/compiler/permission-flags.js";
import { findProgram } from "#server/review/compiler/program.js";
import { until } from "#test/until.js";
import { fileTreeOf } from "../file-tree.js";
import { compilerIds, readIfThere } from "./compiler-ids.js";

const DAILY = "workflow: daily\nsteps: { a: { run: echo } }\n";
const PROJECT = { "headwater.yaml": "project: p\n", "daily.workflow.yaml": DAILY };
const LIMITS = { clock: systemClock, cpuMs: 60_000, memoryMegabytes: 1024 };

describe("Compiler", () => {
  const compiler = new Compiler(LIMITS);
  after(() => compiler.stop());
  const compare = (files: Files, before: Files = PROJECT): Promise<Judgement> =>
    compareBy(compiler, comparison(before, { ...PROJECT, ...files }));

  it("tells errors, and of warnings those that were not there before", async () => {
    const bad = "workflow: w\nsteps: { a: { run: echo, timeot: 1h } }\n";
    const { errors, newWarnings, findings, changes } = await compare({ "w.workflow.yaml": bad });
    assert.deepEqual([errors, newWarnings, changes.added], [1, 0, 1]);
    const [{ file, line, column, code } = none()] = findings;
    assert.deepEqual([file, line, column, code], ["w.workflow.yaml", 2, 26, "unknown-key"]);
    const misnamed = { ...PROJECT, "x.workflow.yml": DAILY };
    assert.equal((await compare(misnamed)).newWarnings, 1);
    assert.equal((await compare(misnamed, misnamed)).newWarnings, 0);
  });

  it("knows which files have their executable bit", async () => {
    const files = {
      ...PROJECT,
      "load.sh": "true\n",
      "w.workflow.yaml": "workflow: w\nsteps: { a: { run: ./load.sh } }\n",
    };
    const asked = async (executables: readonly string[]): Promise<readonly string[]> => {
      const after = fileTreeOf(files, executables);
      const { findings } = await compareBy(compiler, { ...comparison(PROJECT, files), after });
      return findings.map(({ code }) => code);
    };
    assert.deepEqual(await asked([]), ["script-not-executable"]);
    assert.deepEqual(await asked(["load.sh"]), []);
  });

  it("takes whatever a stranger proposes for text, however it is made", async () => {
    const bomb = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    const hostile: readonly (readonly [code: string, content: string | Buffer])[] = [
      ["yaml-alias", `l0: &l0 [x]\n${bomb.join("\n")}\n`],
      ["yaml-too-deep", `${"[".repeat(1500)}${"]".repeat(1500)}`],
      ["yaml-tag", 'workflow: !!js/function "function () {}"\n'],
      ["file-too-large", "#".repeat(300 * 1024)],
      ["file-not-utf8", Buffer.from([0xff, 0xfe, 0xff])],
      ["file-missing", "workflow: w\nsteps: { a: { sql: { file: ../../etc/passwd } } }\n"],
    ];
    for (const [code, content] of hostile) {
      const { findings, errors } = await compare({ "w.workflow.yaml": content });
      assert.ok(errors > 0, code);
      const codes = findings.map((finding) => finding.code);
      assert.ok(code === "file-missing" || codes.includes(code), `${code}: ${codes.join(", ")}`);
    }
  });

  it("refuses what asks for a file that there was no place for, and goes on with the next", async () => {
    const files = {
      ...PROJECT,
      "load.sh": "echo sent by nobody yet\n",
      "w.workflow.yaml": "workflow: w\nsteps: { a: { run: ./load.sh } }\n",
    };
    const whole = comparison(PROJECT, files);
    const { after: full } = whole;
    const readContents: FileTree["readContents"] = (paths, isKnown) =>
      full.readContents(
        paths.filter((path) => path !== "load.sh"),
        isKnown,
      );
    await assert.rejects(compareBy(compiler, { ...whole, after: { ...full, readContents } }), {
      message: /what is to be compiled takes more than 128 MiB$/,
    });
    const { findings } = await compareBy(compiler, whole);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["script-not-executable"],
    );
  });

  it("leaves the service's environment out of its process", async function () {
    await compare({});
    const ours = compilerIds() ?? this.skip();
    assert.ok(ours.length > 0);
    for (const id of ours) {
      const names = (readIfThere(`/proc/${id}/environ`) ?? "").split("\0").map((each) => each.split("=")[0]);
      assert.deepEqual(
        names.filter((name) => name !== "" && !name?.startsWith("NODE_CHANNEL")),
        [],
      );
    }
  });

  it("has its process read no file but those of the program, write none and start nothing", async function () {
    await compare({});
    const [id] = compilerIds() ?? this.skip();
    const args = (readIfThere(`/proc/${id}/cmdline`) ?? "").split("\0");
    const program = findProgram();
    assert.deepEqual(
      args
        .slice(1, args.indexOf(program.file))
        .filter((arg) => !/^--(max-old-space-size|expose-gc)/.test(arg)),
      permissionFlags(program.readable),
    );
  });
});

describe("Compiler, at its limits", () => {
  it("gives up what takes too long, and goes on with the next", async () => {
    let isImpatient = true;
    let now = 0;
    const clock = {
      ...systemClock,
      steady: () => (isImpatient ? (now += 3_600_000) : systemClock.steady()),
      after: (delayMs: number, callback: () => void) =>
        systemClock.after(isImpatient ? 1 : delayMs, callback),
    };
    const compiler = new Compiler({ ...LIMITS, clock });
    await assert.rejects(compareBy(compiler, comparison(PROJECT, PROJECT)), /it took longer than 600? s/);
    isImpatient = false;
    assert.equal((await compareBy(compiler, comparison(PROJECT, PROJECT))).errors, 0);
    await compiler.stop();
    await assert.rejects(compareBy(compiler, comparison(PROJECT, PROJECT)), /the service stops/);
  });

  it("gives up what has the processor for too long, and not what waits for it", async function () {
    if (process.platform !== "linux") this.skip();
    // By its watch no time passes.
    const compiler = new Compiler({ ...LIMITS, cpuMs: 3000, clock: { ...systemClock, steady: () => 0 } });
    const steps = Array.from({ length: 8000 }, (_, step) => `  s${step}: { run: echo ${step} }\n`);
    const many = Array.from({ length: 20 }, (_, n) => {
      return [`w${n}.workflow.yaml`, `workflow: w${n}\nsteps:\n${steps.join("")}`] as const;
    });
    const proposed = comparison(PROJECT, { ...PROJECT, ...Object.fromEntries(many) });
    await assert.rejects(compareBy(compiler, proposed), /it took more than 3 s of the processor/);
    assert.equal((await compareBy(compiler, comparison(PROJECT, PROJECT))).errors, 0);
    await compiler.stop();
  });

  it("says nothing against what it compares when the service stops", async () => {
    const compiler = new Compiler(LIMITS);
    const compared = compareBy(compiler, comparison(PROJECT, PROJECT));
    const stopped = assert.rejects(compared, { code: "compiler-stopped" });
    await compiler.stop();
    await stopped;
  });

  it("gives up what takes too much memory, and the service stays", async () => {
    const compiler = new Compiler({ ...LIMITS, memoryMegabytes: 16 });
    await assert.rejects(compareBy(compiler, comparison(PROJECT, manyFiles(1000))), {
      message: "Cannot compare the two sides: it needs more than 16 MB of memory",
      kind: "limit",
    });
    await compiler.stop();
  });

  it("knows when somebody else has ended its process", async function () {
    if (compilerIds() === null) this.skip();
    const compiler = new Compiler(LIMITS);
    const ended = assert.rejects(compareBy(compiler, comparison(PROJECT, manyFiles(1000))), {
      message: "Cannot compare the two sides: its process ended with SIGKILL",
      kind: "outside",
    });
    process.kill(await until("it has begun", () => compilerIds()?.[0]), "SIGKILL");
    await ended;
    await compiler.stop();
  });
});

describe("Compiler, after others", () => {
  const compiler = new Compiler({ ...LIMITS, memoryMegabytes: 72 });
  after(() => compiler.stop());

  it("tries once more, in a fresh process, what has ended one that has compiled others", async function () {
    await compareBy(compiler, comparison(PROJECT, PROJECT));
    const [id] = compilerIds() ?? this.skip();
    const compared = await compiler.compare({ line: "r", name: "1" }, async () => {
      process.kill(id ?? none(), "SIGKILL");
      return comparison(PROJECT, PROJECT);
    });
    assert.equal(compared.errors, 0);
  });

  it("begins another process when what the one keeps takes half of its heap", async function () {
    await compareBy(compiler, comparison(PROJECT, PROJECT));
    const ids = compilerIds() ?? this.skip();
    await compareBy(compiler, comparison(PROJECT, manyFiles(10)));
    assert.deepEqual(compilerIds(), ids);
    // It alone has room.
    await compareBy(compiler, comparison(PROJECT, manyFiles(2000)));
    assert.deepEqual(compilerIds(), ids);
    await compareBy(compiler, comparison(PROJECT, PROJECT));
    assert.notDeepEqual(compilerIds(), ids);
  });
});

function compareBy(compiler: Compiler, compared: Comparison): Promise<Judgement> {
  return compiler.compare({ line: "r", name: "1" }, async () => compared);
}

function manyFiles(count: number): Files {
  const many = Array.from({ length: count }, (_, n) => {
    const steps = Array.from({ length: 20 }, (__, s) => `  s${s}: { run: echo ${n} }`).join("\n");
    return [`w${n}.workflow.yaml`, `workflow: w${n}\nsteps:\n${steps}\n`] as const;
  });
  return { ...PROJECT, ...Object.fromEntries(many) };
}

type Files = Readonly<Record<string, string | Buffer>>;

function comparison(before: Files, after: Files): Comparison {
  return {
    repositoryId: "r",
    before: fileTreeOf(before),
    after: fileTreeOf(after),
    at: Date.UTC(2026, 10, 27),
    from: "main",
    to: "head",
    history: [],
    runs: [],
  };
}

function none(): never {
  throw new TypeError("there is no finding");
}
