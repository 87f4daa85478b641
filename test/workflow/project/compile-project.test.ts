import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  compileProject,
  compileProjectInSteps,
  createCompileCache,
  type CompiledProject,
  type SourceTree,
} from "@headwater/workflow";
import { seededRandom } from "../../seeded-random.js";
import { treeOfTexts } from "../findings-fixture.js";

const ROOT = new URL("../../../../", import.meta.url);

const WORKFLOW = `workflow: load
params:
  day: { type: date, default: "2026-01-01" }
  mode: { type: string, default: full }
steps:
  extract:
    run: extract "$DAY"
    env: { DAY: "\${{ params.day }}", MODE: "\${{ params.mode }}", KEY: "\${{ secrets.KEY }}" }
    outputs: { rows: int }
  copy: { needs: [extract], sql: { connection: duckdb, file: copy.sql } }
  audit: { needs: [copy], use: audit.template.yaml, with: { table: orders, least: "\${{ steps.extract.outputs.rows }}" } }
`;
const TEMPLATE = `template: audit
inputs:
  table: { type: string }
  least: { type: int, default: 1 }
sql:
  connection: duckdb
  query: select $table, $name, $enough
  params: { table: "\${{ inputs.table }}", name: "t-\${{ inputs.table }}", enough: "\${{ inputs.least * 2 > 1 }}" }
outputs: { ok: bool }
`;
const FILES = { "load.workflow.yaml": WORKFLOW, "audit.template.yaml": TEMPLATE, "copy.sql": "select 1\n" };

function fingerprint(changes: Readonly<Record<string, string>> = {}): string {
  const project = compileProject(treeOfTexts({ ...FILES, ...changes }));
  assert.deepEqual(project.diagnostics, []);
  return project.workflows[0]?.fingerprint ?? "";
}

function projectOn(folder: string): CompiledProject {
  const root = new URL(folder, ROOT);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root.pathname, join(entry.parentPath, entry.name)));
  return compileProject(
    treeOfTexts(Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(path, root), "utf8")]))),
  );
}

describe("compileProject()", () => {
  it("makes no new version of reformatting, comments, key order, anchors and the order of steps", () => {
    const [head = "", steps = ""] = WORKFLOW.split("steps:\n");
    const [extract = "", rest = ""] = steps.split(/(?=^ {2}copy:)/m);
    const reordered = `# a comment\n${head}steps:\n${rest}${extract}`;
    const anchored = WORKFLOW.replace("default: full", "default: &mode full").replace(
      "[extract]",
      "[ &first 'extract' ]",
    );
    const keys = WORKFLOW.replace(
      '{ type: date, default: "2026-01-01" }',
      "{ default: '2026-01-01', type: date }",
    );
    for (const text of [reordered, anchored, keys]) {
      assert.notEqual(text, WORKFLOW);
      assert.equal(fingerprint({ "load.workflow.yaml": text }), fingerprint());
    }
  });

  it("makes no new version of what belongs to operation, or of a file of SQL by another name", () => {
    assert.equal(
      fingerprint({ "load.workflow.yaml": `owner: me\npriority: high\n${WORKFLOW}` }),
      fingerprint(),
    );
    const renamed = WORKFLOW.replace("copy.sql", "./other.sql");
    assert.equal(fingerprint({ "load.workflow.yaml": renamed, "other.sql": "select 1\n" }), fingerprint());
  });

  it("makes a new version of a changed script, template, file of SQL or default", () => {
    const changed = [
      fingerprint(),
      fingerprint({ "load.workflow.yaml": WORKFLOW.replace('extract "$DAY"', 'extract -v "$DAY"') }),
      fingerprint({ "audit.template.yaml": TEMPLATE.replace("select $table", "select 2, $table") }),
      fingerprint({ "copy.sql": "select 2\n" }),
      fingerprint({ "headwater.yaml": "defaults: { timeout: 5m }\n" }),
    ];
    assert.equal(new Set(changed).size, changed.length);
  });

  it("expands a template: literals are put in, expressions keep their meaning", () => {
    const [workflow] = compileProject(treeOfTexts(FILES)).workflows;
    const audit = workflow?.definition.steps.find(({ id }) => id === "audit");
    assert.ok(audit?.kind === "sql");
    assert.deepEqual(audit.params, {
      table: { kind: "literal", value: "orders" },
      name: { kind: "literal", value: "t-orders" },
      enough: { kind: "expression", source: "(steps.extract.outputs.rows) * 2 > 1" },
    });
    assert.deepEqual([audit.needs, audit.outputs], [["copy"], { ok: { name: "bool" } }]);
  });

  it("keeps a secret as a name", () => {
    const [workflow] = compileProject(treeOfTexts(FILES)).workflows;
    const extract = workflow?.definition.steps[0];
    assert.ok(extract?.kind === "run");
    assert.deepEqual(extract.env["KEY"], { kind: "secret", name: "KEY" });
  });

  it("compiles the example of the language", () => {
    const { diagnostics, workflows, tests } = projectOn("test/fixtures/language/");
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      workflows.map(({ id }) => id),
      ["daily-revenue", "ingest-orders", "send-report"],
    );
    assert.equal(tests[0]?.tests.length, 3);
  });

  it("finds nothing wrong in the project that ships", () => {
    const { diagnostics } = projectOn("workflows-example/");
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity !== "info"),
      [],
    );
  });

  it("never throws, whatever becomes of a real workflow", () => {
    const text = readFileSync(
      new URL("test/fixtures/language/pipelines/daily-revenue.workflow.yaml", ROOT),
      "utf8",
    );
    const random = seededRandom(7);
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      "&a ",
      "*a",
      "'",
      '"',
      ": ",
      "- ",
      "\n",
      "\t",
      "${{",
      "}}",
      "|",
      "!!int ",
      "\u0000",
      "é",
      "<<",
    ];
    for (let round = 0; round < 400; round += 1) {
      let mutated = text;
      for (let change = 0; change < 3; change += 1) {
        const at = Math.floor(random() * mutated.length);
        const piece = pieces[Math.floor(random() * pieces.length)] ?? "";
        mutated = mutated.slice(0, at) + piece + mutated.slice(at + Math.floor(random() * 12));
      }
      const { diagnostics } = compileProject(treeOfTexts({ "a.workflow.yaml": mutated }));
      for (const { range } of diagnostics)
        assert.ok(range.start >= 0 && range.start <= range.end && range.end <= mutated.length);
    }
  });

  it("refuses what is made to hurt, quickly", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 9; level += 1) {
      bomb.push(
        `${"abcdefghi"[level]}: &${"abcdefghi"[level]} [${`*${"abcdefghi"[level - 1]}, `.repeat(9)}]`,
      );
    }
    const hostile = {
      brackets: "[".repeat(100_000),
      dashes: "- ".repeat(100_000),
      maps: "{a: ".repeat(60_000),
      bomb: bomb.join("\n"),
      keys: Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n"),
      braces: `workflow: a\nsteps: { s: { noop: {}, name: "${"${{".repeat(50_000)}" } }`,
    };
    for (const [name, text] of Object.entries(hostile)) {
      const { diagnostics } = compileProject(treeOfTexts({ "a.workflow.yaml": text }));
      if (name !== "braces") assert.notDeepEqual(diagnostics, [], name);
      assert.ok(diagnostics.length <= 600, name);
    }
  });

  it("takes keys of Object.prototype for unknown keys and plain names", () => {
    const text =
      "workflow: a\n__proto__: x\nconstructor: y\nsteps: { s: { run: 'true', env: { __proto__: z } } }\n";
    const { diagnostics, workflows } = compileProject(treeOfTexts({ "a.workflow.yaml": text }));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["unknown-key", "unknown-key"],
    );
    const step = workflows[0]?.definition.steps[0];
    assert.deepEqual(step?.kind === "run" ? Object.keys(step.env) : [], ["__proto__"]);
  });

  it("lets others have a turn within a file, and leaves nothing of what was given up", () => {
    const text = (last: string): string =>
      `workflow: a\nsteps:\n${Array.from({ length: 200 }, (_, nth) => `  s${nth}: { noop: {} }\n`).join("")}  last: ${last}\n`;
    const [wrong, right] = ["{ nop: {} }", "{ noop: {} }"].map((last) =>
      treeOfTexts({ "a.workflow.yaml": text(last) }),
    );
    assert.ok(wrong !== undefined && right !== undefined);
    const cache = createCompileCache();
    const given = compileProjectInSteps(wrong, cache);
    for (let turns = 0; turns < 10; turns += 1) assert.equal(given.next().done, false);
    assert.deepEqual(compileProject(right, cache), compileProject(right));
    assert.deepEqual(compileProject(wrong, cache), compileProject(wrong));
  });

  it("reads again only what changed, or read what changed", () => {
    const cache = createCompileCache();
    compileProject(treeOfTexts(FILES), cache);
    const readPaths = (changes: Readonly<Record<string, string>>) => {
      const read = new Set<string>();
      compileProject(watched(treeOfTexts({ ...FILES, ...changes }), read), cache);
      return [...read].sort();
    };
    assert.deepEqual(readPaths({}), []);
    assert.deepEqual(readPaths({ "copy.sql": "select 3\n" }), ["copy.sql", "load.workflow.yaml"]);
    assert.deepEqual(readPaths({ "headwater.yaml": "owner: me\n" }), [
      "copy.sql",
      "headwater.yaml",
      "load.workflow.yaml",
    ]);
  });

  it("looks again for a folder with nothing but folders when that comes or goes", () => {
    const cache = createCompileCache();
    const step = "{ run: x, working_directory: jobs }";
    const without = { "a.workflow.yaml": `workflow: a\nsteps: { s: ${step} }\n` };
    const codes = (files: Readonly<Record<string, string>>): readonly string[] =>
      compileProject(treeOfTexts(files), cache).diagnostics.map(({ code }) => code);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(codes({ ...without, "jobs/daily/load.py": "" }), []);
      assert.deepEqual(codes(without), ["script-missing"]);
    }
  });

  it("keeps a few editions of a file, so that branches may be compiled in turn", () => {
    const cache = createCompileCache();
    const editions = [1, 2, 3, 4, 5].map((edition) => ({ ...FILES, "copy.sql": `select ${edition}\n` }));
    for (const files of editions) compileProject(treeOfTexts(files), cache);
    const [first, ...others] = editions.map((files) => {
      const read = new Set<string>();
      return () => {
        compileProject(watched(treeOfTexts(files), read), cache);
        return [...read].sort();
      };
    });
    for (const again of others) assert.deepEqual(again(), []);
    assert.deepEqual(first?.(), ["copy.sql", "load.workflow.yaml"]);
  });

  it("says of each edition and each day what it says without a cache", () => {
    const cache = createCompileCache();
    const workflow = (id: string, more = "") =>
      `workflow: ${id}\ntriggers: [{ schedule: "30 2 * * *", timezone: Europe/Berlin${more} }]\nsteps: { s: { noop: } }\n`;
    const editions: readonly Readonly<Record<string, string>>[] = [
      {
        "1.workflow.yaml": workflow("b"),
        "2.workflow.yaml": workflow("d"),
        "3.workflow.yaml": workflow("c"),
      },
      {
        "1.workflow.yaml": workflow("e"),
        "2.workflow.yaml": workflow("d"),
        "3.workflow.yaml": workflow("c"),
      },
      {
        "1.workflow.yaml": workflow("d"),
        "2.workflow.yaml": workflow("d"),
        "3.workflow.yaml": workflow("a"),
      },
      // The same ids of files that are other.
      {
        "1.workflow.yaml": workflow("d"),
        "2.workflow.yaml": workflow("d", ", ends: 2026-06-01"),
        "3.workflow.yaml": workflow("a", ", ends: 2026-06-01"),
      },
      {
        "1.workflow.yaml": workflow("d", ", ends: 2026-07-01"),
        "2.workflow.yaml": workflow("d"),
        "3.workflow.yaml": workflow("a"),
      },
      { "1.workflow.yaml": workflow("d"), "3.workflow.yaml": workflow("a", ", ends: 2026-06-01") },
    ];
    for (const files of [...editions, ...editions.toReversed()]) {
      for (const today of [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 6, 1)]) {
        const tree = treeOfTexts(files);
        const alone = compileProject(tree, createCompileCache(), { today });
        assert.deepEqual(compileProject(tree, cache, { today }), alone);
        assert.ok(alone.workflows.length > 1);
      }
    }
  });

  it("asks a tree that tells what is other since the last one of nothing else", () => {
    const cache = createCompileCache();
    const plain = "workflow: plain\nsteps: { s: { noop: } }\n";
    const first = commitOf({ ...FILES, "plain.workflow.yaml": plain });
    compileProject(first.tree, cache);
    const second = commitOf({ ...first.files, "copy.sql": "select 2\n" }, first);
    const asked = new Set<string>();
    const contentId = (path: string): string | undefined => {
      asked.add(path);
      return second.tree.contentId(path);
    };
    const project = compileProject({ ...second.tree, contentId }, cache);
    assert.deepEqual(
      project.workflows.map(({ fingerprint: made }) => made),
      compileProject(second.tree).workflows.map(({ fingerprint: made }) => made),
    );
    assert.ok(asked.has("load.workflow.yaml"));
    assert.ok(!asked.has("plain.workflow.yaml"));
  });

  it("says of trees that tell what is other what it says without a cache", () => {
    const random = seededRandom(20);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] ?? assert.fail();
    const cache = createCompileCache();
    const commits = [commitOf(FILES)];
    for (let round = 0; round < 300; round += 1) {
      // Now and then another branch goes on from an older one.
      const before = pick(commits.slice(-3));
      const path = pick(Object.keys(EDITIONS));
      const { [path]: _, ...others } = before.files;
      const text = pick(EDITIONS[path] ?? []);
      const commit = commitOf(text === "" ? others : { ...others, [path]: text }, before);
      commits.push(commit);
      const [project, alone] = [compileProject(commit.tree, cache), compileProject(commit.tree)];
      assert.deepEqual(project, alone);
      const meanings = ({ workflows }: CompiledProject) => workflows.map(({ fingerprint: made }) => made);
      assert.deepEqual(meanings(project), meanings(alone));
    }
  });
});

/** What each file is in turn; nothing where it is gone. */
const EDITIONS: Readonly<Record<string, readonly string[]>> = {
  "headwater.yaml": ["project: p\n", "project: p\nowner: team-a\n", ""],
  "load.workflow.yaml": [
    WORKFLOW,
    WORKFLOW.replace("extract:", "fetch:"),
    WORKFLOW.replace(": load", ": copy"),
  ],
  "run.workflow.yaml": ["workflow: run\nsteps: { s: { run: python jobs/load.py } }\n", ""],
  "call.workflow.yaml": ["workflow: call\nsteps: { s: { workflow: load } }\n", ""],
  "audit.template.yaml": [TEMPLATE, TEMPLATE.replace("select $table", "select 2, $table"), ""],
  "copy.sql": ["select 1\n", "select 2\n", ""],
  "jobs/load.py": ["print(1)\n", ""],
  "jobs/other.py": ["print(2)\n", ""],
};

interface Commit {
  readonly files: Readonly<Record<string, string>>;
  readonly tree: SourceTree;
}

/** A tree with a name, which tells what is other than in the one before. */
function commitOf(files: Commit["files"], before?: Commit): Commit {
  const tree = treeOfTexts(files);
  const state = JSON.stringify(tree.paths.map((path) => [path, files[path]]));
  if (before === undefined) return { files, tree: { ...tree, state } };
  const changed = [...tree.paths, ...before.tree.paths].filter((path) => files[path] !== before.files[path]);
  const paths = changed.every((path) => path in files && path in before.files)
    ? before.tree.paths
    : tree.paths;
  const since = { state: before.tree.state ?? "", changed: new Set(changed) };
  return { files, tree: { ...tree, paths, state, since } };
}

function watched(tree: SourceTree, read: Set<string>): SourceTree {
  return {
    paths: tree.paths,
    contentId: (path) => tree.contentId(path),
    read: (path) => {
      read.add(path);
      return tree.read(path);
    },
  };
}
