import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "mocha";
import { compileProject } from "@headwater/workflow";
import { capturedMain } from "../cli/captured-main.js";
import { withFolder } from "../cli/scratch-folder.js";
import { treeOfTexts } from "../workflow/findings-fixture.js";

const root = join(import.meta.dirname, "..", "..", "..");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "ARCHITECTURE.md",
  "workflows-example/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].filter((path) => existsSync(join(root, path)));

/** What examples refer to, and the project that they are in unless they say their own. */
const AROUND: Readonly<Record<string, string>> = {
  "headwater.yaml": `project: documentation
plugins:
  send-message: { inputs: { webhook: { type: string }, text: { type: string } } }
`,
  "ingest.workflow.yaml": "workflow: ingest\nsteps: { go: { noop: } }\n",
  "sql/load.sql": "select 1 as rows",
  "quality-check.sql": "select count(*) >= $min_rows as ok from query_table($table)",
};

/** An example may use what is not executed yet, as its page says, and scripts that the page does not show. */
const ALLOWED: readonly string[] = ["script-missing", "file-missing"];

describe("the documentation", () => {
  const examples = documents.flatMap((path) => examplesOf(path));
  const workflows = examples.filter(({ kind }) => kind === "workflow");

  it("has examples of all kinds of files, and shows no part of one but steps", () => {
    const kinds = new Set(examples.map(({ kind }) => kind));
    for (const kind of ["settings", "template", "test", "workflow"] as const)
      assert.ok(kinds.has(kind), kind);
  });

  for (const { path, line, kind, text } of examples.filter((example) => example.kind !== "test")) {
    it(`shows a ${kind} in which nothing is found, at ${path}:${line}`, () => {
      const whole = kind === "step" ? `workflow: example\nsteps:\n${text.replaceAll(/^/gm, "  ")}` : text;
      const files = { ...AROUND, ...templatesOf(examples), [NAMES[kind]]: whole };
      const { diagnostics } = compileProject(treeOfTexts(files));
      const found = diagnostics.filter(({ file, code }) => file === NAMES[kind] && !ALLOWED.includes(code));
      assert.deepEqual(
        found.map(({ code, message }) => `${code}: ${message}`),
        [],
      );
    });
  }

  for (const { path, line, text } of examples.filter(({ kind }) => kind === "test")) {
    it(`shows tests that pass, at ${path}:${line}`, () => {
      const tested = workflows.find((example) => example.id === idOf(text));
      assert.ok(tested, `no page shows the workflow "${idOf(text)}" whole`);
      const files = { ...AROUND, [NAMES.workflow]: tested.text, [NAMES.test]: text };
      return withFolder(files, async (cwd) => {
        const { code, stdout, stderr } = await capturedMain(["test"], { cwd });
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout, /\n[1-9]\d* passed, 0 failed\n/);
      });
    });
  }

  it("leads nowhere that is not there", () => {
    const broken = documents.flatMap((path) => linksOf(path).filter((link) => !isThere(path, link)));
    assert.deepEqual(broken, []);
  });
});

type Kind = keyof typeof NAMES;

const NAMES = {
  settings: "headwater.yaml",
  workflow: "example.workflow.yaml",
  template: "templates/example.template.yaml",
  test: "example.workflow.test.yaml",
  /** One or more steps, as they stand in a workflow. */
  step: "example.workflow.yaml",
} as const;

interface Example {
  readonly path: string;
  /** Where its block begins. */
  readonly line: number;
  readonly kind: Kind;
  readonly id: string;
  readonly text: string;
}

/** Every block of YAML but mere comments, and every file that a shell block makes. */
function examplesOf(path: string): readonly Example[] {
  return Array.from(contentOf(path).matchAll(/^```(yaml|sh)\n([^]*?)^```$/gm)).flatMap(
    ({ 1: language, 2: block = "", index, input }) => {
      const line = input.slice(0, index).split("\n").length;
      const texts =
        language === "yaml"
          ? [block].filter((text) => /^[^#\n]/m.test(text))
          : Array.from(block.matchAll(/cat > [^\n]*<<'EOF'\n([^]*?)^EOF$/gm), ([, text = ""]) => text);
      return texts.map((text) => ({
        path,
        line,
        kind: kindOf(text),
        id: idOf(text),
        text,
      }));
    },
  );
}

function kindOf(text: string): Kind {
  if (/^tests:/m.test(text)) return "test";
  if (/^workflow:/m.test(text)) return "workflow";
  if (/^template:/m.test(text)) return "template";
  return /^project:/m.test(text) ? "settings" : "step";
}

function idOf(text: string): string {
  return /^(?:workflow|template): ([a-z0-9-]+)/m.exec(text)?.[1] ?? "";
}

/** Where the examples that use them look for them. */
function templatesOf(examples: readonly Example[]): Readonly<Record<string, string>> {
  const templates = examples.filter(({ kind }) => kind === "template");
  return {
    "templates/quality-check.sql": "select count(*) >= $min_rows as ok from query_table($table)",
    ...Object.fromEntries(templates.map(({ id, text }) => [`templates/${id}.template.yaml`, text])),
  };
}

/** Code has brackets too, so it is left out. */
function linksOf(path: string): readonly string[] {
  const prose = contentOf(path)
    .replaceAll(/^```[^]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

function isThere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? from : relative(root, join(root, dirname(from), decodeURIComponent(file)));
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || !path.endsWith(".md") || anchorsOf(path).includes(anchor);
}

/** As Git hosts make them of headings. */
function anchorsOf(path: string): readonly string[] {
  return Array.from(contentOf(path).matchAll(/^#{1,6} (.+)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function contentOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
