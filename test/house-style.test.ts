import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { describe, it } from "mocha";

/** What the linter cannot say about the house style: names of files and folders, docstrings, typed errors, no hidden state. */

const root = join(import.meta.dirname, "..", "..");
const PACKAGES = ["workflow", "engine", "api", "server", "cli", "language-server", "extension"];
const BANNED_NAMES = /^(utils?|helpers?|common|misc|lib|shared|core|interfaces|constants|manager)$/;
/** The types of the language's values are a concept; a file for whatever has a type is a shelf. */
const SHELF = /(^|\/)types\.ts$/;

const sources = PACKAGES.flatMap((name) => filesUnder(join(root, name))).map((path) => ({
  path: relative(root, path),
  text: readFileSync(path, "utf8"),
}));

describe("the house style", () => {
  it("finds the sources", () => assert.ok(sources.length > 50));

  it("names files and folders in kebab-case, after a concept and never after a shelf", () => {
    const bad = sources.filter(
      ({ path }) =>
        SHELF.test(path) ||
        path
          .replace(/\.ts$/, "")
          .split("/")
          .some((part) => BANNED_NAMES.test(part) || !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?$/.test(part)),
    );
    assert.deepEqual(paths(bad), []);
  });

  it("gives every exported function and class a docstring", () => {
    const bad = places(/(?<!\*\/\n)^export (?:async )?(?:function|class) (?!main\b)(\w+)/gm);
    assert.deepEqual(bad, []);
  });

  it("throws typed errors only", () => assert.deepEqual(places(/\bnew Error\(/g), []));

  it("says to people in VS Code only what went through messages.ts, which makes it plain", () => {
    const bad = places(/window\.(?:show(?:Error|Warning|Information)Message|setStatusBarMessage)/g);
    assert.deepEqual(
      bad.filter((place) => !place.startsWith("extension/messages.ts")),
      [],
    );
  });

  it("has private fields by #, not by the keyword", () => {
    assert.deepEqual(places(/^\s+(?:private|protected|public) (?!async function)\w/gm), []);
  });

  it("has no state at the top of a module", () => {
    assert.deepEqual(
      places(
        /^(?:export )?let |^(?:export )?const \w+(?:: [^=]+)? = new (?:Map|Set|WeakMap)(?:<[^>]*>)?\(\);/gm,
      ),
      [],
    );
  });

  it("exports by name, and package entries list names", () => {
    assert.deepEqual(places(/^export (?:\*|default) /gm), []);
  });

  it("has no ignored findings and no loose ends", () => {
    const bad = places(
      /@ts-ignore|@ts-nocheck|@ts-expect-error|\b(?:TODO|FIXME)\b|(?:oxlint|eslint)-disable(?!.* -- )/g,
    );
    assert.deepEqual(bad, []);
  });

  it("mirrors the sources in the tests", () => {
    const tests = filesUnder(join(root, "test")).filter((path) => path.endsWith(".test.ts"));
    const folders = new Set(sources.map(({ path }) => path.split("/").slice(0, -1).join("/")));
    const bad = tests
      .map((path) => relative(join(root, "test"), path).split("/").slice(0, -1).join("/"))
      .filter(
        (folder) =>
          folder !== "" && !folders.has(folder) && !STANDALONE.some((name) => folder.startsWith(name)),
      );
    assert.deepEqual([...new Set(bad)], []);
  });
});

/** Folders of tests that stand for no folder of sources. */
const STANDALONE = ["browser", "faults", "simulation", "workflows-example", "docs"];

function places(pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(
      (match) => `${path}:${text.slice(0, match.index).split("\n").length} ${match[0].trim()}`,
    ),
  );
}

function paths(found: readonly { readonly path: string }[]): readonly string[] {
  return found.map(({ path }) => path);
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory())
      return ["dist", "out", "editor", "node_modules", "fixtures"].includes(name) ? [] : filesUnder(path);
    return basename(path).endsWith(".ts") ? [path] : [];
  });
}
