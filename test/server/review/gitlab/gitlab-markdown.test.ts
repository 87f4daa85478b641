import assert from "node:assert/strict";
import { it } from "mocha";
import { gitlabMarkdown } from "#server/review/gitlab/gitlab-markdown.js";

it("gitlabMarkdown() leaves no line that GitLab would do as a quick action, however it is hidden", () => {
  for (const text of [
    "/merge",
    "a\n/close",
    "a\n\r/merge",
    "a\n  /merge",
    "a\n\t/merge",
    "/MERGE",
    "\n\n/label ~a",
  ])
    assert.doesNotMatch(gitlabMarkdown(text).replaceAll("\r", ""), /^\s*\//m, JSON.stringify(text));
  assert.equal(gitlabMarkdown("a /merge b/c\n/d"), "a /merge b/c\n\\/d");
});
