import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { CODES, compileProject, renderDiagnostic } from "@headwater/workflow";
import { HOSTILE_FILES } from "../hostile-files.js";
import { mutated, yamlTexts } from "../yaml-texts.js";

const SEED = { seed: 20261126 };
const TEXTS = Object.values(yamlTexts()).filter((text) => text.length < 5000);
const KINDS = ["headwater.yaml", "a.workflow.yaml", "a.template.yaml", "a.workflow.test.yaml"];

/** Compiles a project of files, and asks of the findings that each has a code, and a place in its file. */
function expectSound(files: Readonly<Record<string, Uint8Array | string>>): void {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const { diagnostics, workflows } = compileProject({
    paths: [...contents.keys()].sort(),
    contentId: (path) => contents.get(path)?.toString("base64"),
    read: (path) => contents.get(path),
  });
  for (const diagnostic of diagnostics) {
    const { code, message, file, range } = diagnostic;
    const text = contents.get(file)?.toString() ?? "";
    assert.ok(code in CODES, code);
    assert.ok(message.length <= 1000, message);
    assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, `${code} of ${file}`);
    renderDiagnostic(diagnostic, (named) => contents.get(named)?.toString() ?? "");
  }
  for (const { fingerprint } of workflows) assert.match(fingerprint, /^[0-9a-f]{64}$/);
}

describe("compileProject() never throws, and places every finding in its file", () => {
  it("whatever is put into, or lost from, a file, and whatever the file is taken for", () => {
    const files = fc.tuple(mutated(TEXTS), fc.constantFrom(...KINDS));
    fc.assert(
      fc.property(files, ([text, path]) => expectSound({ [path]: text })),
      { ...SEED, numRuns: 1200 },
    );
  });

  it("whatever happens to several files of a project at once", () => {
    const project = fc.record(Object.fromEntries(KINDS.map((path) => [path, mutated(TEXTS)])));
    fc.assert(fc.property(project, expectSound), { ...SEED, numRuns: 200 });
  });

  it("wherever a file is cut off", () => {
    const cut = fc.record({ text: fc.constantFrom(...TEXTS), at: fc.nat(), path: fc.constantFrom(...KINDS) });
    fc.assert(
      fc.property(cut, ({ text, at, path }) => {
        const bytes = Buffer.from(text);
        expectSound({ [path]: bytes.subarray(0, at % (bytes.length + 1)) });
      }),
      { ...SEED, numRuns: 1200 },
    );
  });

  it("whatever the bytes", () => {
    const files = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...KINDS));
    fc.assert(
      fc.property(files, ([bytes, path]) => expectSound({ [path]: bytes })),
      { ...SEED, numRuns: 400 },
    );
  });

  for (const [what, text] of Object.entries(HOSTILE_FILES)) {
    it(`in a file of ${what}`, () => expectSound({ "a.workflow.yaml": text }));
  }

  for (const path of KINDS.filter((kind) => kind !== "a.workflow.yaml")) {
    it(`in the same files taken for ${path}`, () => {
      for (const text of Object.values(HOSTILE_FILES).filter((_text, index) => index % 8 === 0)) {
        expectSound({ [path]: text });
      }
    }).timeout(60_000);
  }
}).timeout(60_000);

describe("compileProject() on hostile files", () => {
  it("needs no more than 64 MB: a process with so small a heap compiles them all", () => {
    const program = new URL("../compile-hostile-files.js", import.meta.url).pathname;
    const limits = ["--max-old-space-size=64", "--max-semi-space-size=2"];
    const said = execFileSync(process.execPath, [...limits, program], { encoding: "utf8" });
    assert.equal(said, `${Object.keys(HOSTILE_FILES).length} files\n`);
  }).timeout(120_000);
});

describe("a file", () => {
  const text = "workflow: a\nsteps:\n  s:\n    run: |\n      echo 1\n      echo 2\n";
  const ways: Readonly<Record<string, string>> = {
    "with the line ends of Windows": text.replaceAll("\n", "\r\n"),
    "with a byte order mark": `\ufeff${text}`,
    "with both": `\ufeff${text.replaceAll("\n", "\r\n")}`,
    "without a last line end": text.trimEnd().concat("\n"),
    "with tabs and blanks at the ends of lines": text
      .replace("s:\n", "s: \t\n")
      .replace("steps:\n", "steps:   \n"),
  };
  for (const [how, written] of Object.entries(ways)) {
    it(`${how} means the same`, () => assert.equal(fingerprint(written), fingerprint(text)));
  }

  it("with a NUL in it has a finding at its place", () => {
    const [finding] = compileProject(projectOf(text.replace("echo 1", "echo \u0000"))).diagnostics;
    assert.equal(finding?.code, "yaml-syntax");
    assert.equal(finding?.range.start, text.indexOf("1"));
  });
});

function projectOf(text: string): Parameters<typeof compileProject>[0] {
  return {
    paths: ["a.workflow.yaml"],
    contentId: (path) => (path === "a.workflow.yaml" ? text : undefined),
    read: (path) => (path === "a.workflow.yaml" ? Buffer.from(text) : undefined),
  };
}

function fingerprint(text: string): string {
  const { workflows, diagnostics } = compileProject(projectOf(text));
  assert.deepEqual(diagnostics, []);
  return workflows[0]?.fingerprint ?? "";
}
