import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { unknownEnvironment } from "@headwater/workflow";

describe("unknownEnvironment()", () => {
  const many = Array.from({ length: 14 }, (_, number) => `env${number}`);
  const cases: readonly (readonly [name: string, deployed: readonly string[], said: string])[] = [
    ["moon", [], 'Nothing is deployed in an environment "moon"'],
    ["moon", ["production"], 'Nothing is deployed in an environment "moon". There is production'],
    [
      "stagin",
      ["production", "staging"],
      'Nothing is deployed in an environment "stagin". Did you mean "staging"? There are production, staging',
    ],
    [
      "moon",
      many,
      `Nothing is deployed in an environment "moon". There are ${many.slice(0, 12).join(", ")} and 2 more`,
    ],
  ];
  for (const [name, deployed, said] of cases)
    it(`tells what ${name} may be among ${deployed.length}`, () =>
      assert.equal(unknownEnvironment(name, deployed), said));
});
