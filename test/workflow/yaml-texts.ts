import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { parseFixture } from "./findings-fixture.js";

const ROOT = new URL("../../../", import.meta.url);

/** The text of every file of the fixtures and of the example, by path; a fixture of findings holds several. */
export function yamlTexts(): Readonly<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const folder of ["test/fixtures", "workflows-example"]) {
    for (const entry of readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })) {
      const path = `${folder}/${entry}`;
      if (/\.ya?ml$/.test(path)) texts.push([path, readFileSync(new URL(path, ROOT), "utf8")]);
      else if (path.startsWith("test/fixtures/findings/")) texts.push(...filesOfFixture(path));
    }
  }
  return Object.fromEntries(texts);
}

function filesOfFixture(path: string): readonly [string, string][] {
  return parseFixture(readFileSync(new URL(path, ROOT), "utf8"))
    .filter((file) => file.path.endsWith(".yaml"))
    .map((file) => [`${path} ${file.path}`, file.lines.slice(1).join("\n")]);
}

/** What an edit puts in: signs of YAML and of expressions, values of every kind, and what only hostile files hold. */
const PIECES = [
  ..."\n|  | |- |: |:|? |#| # x|&a |*a|{|}|[|]|,|'|\"|>|!|%|@|~|null|0x1f|1e3|0o7|.5|-0|+1|.inf|\\|é|😀|<<: |a|b: ".split(
    "|",
  ),
  ..."${{ |}}|steps.a.outputs|params.|==|.map(x, x)|||needs: [a]|\u00a0|\u2028|\ufeff|\u0000|\t|\r\n|\r|--- |...\n".split(
    "|",
  ),
  "|",
  "|-\n  x",
  "|2",
  "!!str ",
  "\n---\n",
];

/** One of the texts after some edits: pieces put in, letters lost, a part written twice. */
export function mutated(texts: readonly string[], pieces: readonly string[] = PIECES): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(),
    lost: fc.nat(3),
    added: fc.oneof(fc.constantFrom(...pieces), fc.record({ from: fc.nat(), length: fc.nat(20) })),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) =>
      edits.reduce((edited, { at, lost, added }) => {
        const place = at % (edited.length + 1);
        const from = typeof added === "string" ? 0 : added.from % (edited.length + 1);
        const piece = typeof added === "string" ? added : edited.slice(from, from + added.length);
        return `${edited.slice(0, place)}${piece}${edited.slice(place + lost)}`;
      }, text),
    );
}
