import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { plainText } from "#extension/plain-text.js";

/** What VS Code takes for a link in messages and in what its questions say: `LINK_REGEX` of its `linkedText.ts`. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** And for a picture: `iconNameExpression` of its `iconLabels.ts`. */
const PICTURE = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

describe("plainText()", () => {
  for (const text of [
    "[x](command:workbench.action.closeWindow)",
    "Cannot start: [a] [b](https://e.vil/) (c)",
    '[x](command:a "title") and [[y]](file:///etc/passwd)',
    "$(sync~spin) has been started",
    "$$(pass)",
  ])
    it(`leaves no link and no picture in ${text}, and all that can be read`, () => {
      assert.ok(LINK.test(text) || PICTURE.test(text));
      const plain = plainText(text);
      assert.doesNotMatch(plain, LINK);
      assert.doesNotMatch(plain, PICTURE);
      assert.equal(plain.replaceAll("\u200B", ""), text);
    });

  it("leaves other text as it is", () => {
    const text = "Cannot find run 3 (of 4): steps[0] costs $5, see https://example.org/a";
    assert.equal(plainText(text), text);
  });
});
