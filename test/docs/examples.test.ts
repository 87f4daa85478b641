import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "mocha";
import { compileProject, type SourceTree } from "@headwater/workflow";

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

describe("the documentation", () => {
  it("shows only workflows that compile", () => {
    const examples = documents.flatMap((path) => wholeWorkflows(path));
    assert.ok(examples.length >= 4);
    for (const { path, text } of examples) {
      const { diagnostics } = compileProject(treeOf(text));
      // What the service does not execute yet is part of the language all the same, and the page says so.
      const errors = diagnostics.filter(
        ({ severity, code }) => severity === "error" && code !== "not-yet-supported",
      );
      assert.deepEqual(
        errors.map(({ code, message }) => `${path}: ${code}: ${message}`),
        [],
      );
    }
  });

  it("leads nowhere that is not there", () => {
    const broken = documents.flatMap((path) => linksOf(path).filter((link) => !isThere(path, link)));
    assert.deepEqual(broken, []);
  });
});

interface Example {
  readonly path: string;
  readonly text: string;
}

/** Every block of YAML, and every here-document of a shell block, that has an id and steps. */
function wholeWorkflows(path: string): readonly Example[] {
  const blocks = contentOf(path).matchAll(/^```(yaml|sh)\n([^]*?)^```$/gm);
  return Array.from(blocks)
    .flatMap(([, language, block = ""]) =>
      language === "yaml"
        ? [block]
        : Array.from(block.matchAll(/<<'EOF'\n([^]*?)^EOF$/gm), ([, text = ""]) => text),
    )
    .filter((text) => /^workflow:/m.test(text) && /^steps:/m.test(text))
    .map((text) => ({ path, text }));
}

function treeOf(workflow: string): SourceTree {
  const files: Readonly<Record<string, string>> = {
    "headwater.yaml": "project: documentation\n",
    "example.workflow.yaml": workflow,
    "ingest.workflow.yaml": "workflow: ingest\nsteps: { go: { noop: } }\n",
    "sql/load.sql": "select 1 as rows",
  };
  return {
    paths: Object.keys(files).toSorted(),
    read: (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
    contentId: (path) => files[path],
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
