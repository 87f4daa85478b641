import * as fc from "fast-check";

const INDENTS = [0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6];

const HEADS =
  "|||a:|b:|- |- |-|c: |d: |\"e\": |'f''g': |- a: |- h:|? |#|- - |a b: |- # x|a : |a:\t|\"e\" : |? a: ".split(
    "|",
  );

const VALUES = [
  ..."|x|x y|1|-1|.5|-|.|--|...|---|$x|${{ a }}|x # c|x#c|x: y|a:b|http://x|# c|null|~|true|0x1f|é|&a x|*a|!t x|@x|%x".split(
    "|",
  ),
  ...'a\tb|x |x  # c|(a && b)|a, b|a]|\\x|<x>|=|`x`|- x|a:|"a": b|"q"|\'q\'|\'it\'\'s\'|"a\\n\\"b"|"\\u00e9"|"a\\|"a'.split(
    "|",
  ),
  ..."[a, b]|[]|{}|{ a: b }|{ a: , b: c }|{a: b}|{ a: }|[a, {b: c}, [d]]|[a,|b]|{ a: [|] }|{|}|[\"x\", 'y']|[a: b]".split(
    "|",
  ),
  ...'{"a": 1}|{"a":1}|[a b, c]|[a,]|[,]|{ a }|{ a: b, a: c }|[a # c|[${{ a }}]|{ a: -1, b: - }'.split("|"),
  ..."| > |- >- |+ >+ |2 |-1 |# |x".split(" "),
  "| # c",
];

/**
 * Texts of lines that were put together at random: nearly every rule about what may stand below, beside and behind what is
 * met within some thousands of them.
 */
export function soupOfLines(): fc.Arbitrary<string> {
  const line = fc
    .tuple(fc.constantFrom(...INDENTS), fc.constantFrom(...HEADS), fc.constantFrom(...VALUES))
    .map(([indent, head, value]) => " ".repeat(indent) + head + value);
  return fc
    .tuple(
      fc.array(line, { minLength: 1, maxLength: 7 }),
      fc.constantFrom("\n", "\n", "\n", "", "\n\n", "\n  \n"),
    )
    .map(([lines, end]) => lines.join("\n") + end);
}
