import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { requireGit } from "#server/source/git/git-version.js";

describe("requireGit()", () => {
  const git = (said: string) => ({ run: async () => said });

  for (const said of ["git version 2.31.0", "git version 2.39.5 (Apple Git-154)", "git version 3.0.rc1"])
    it(`takes ${said}`, () => requireGit(git(said)));

  for (const said of ["git version 2.30.9", "git version 1.99", "nothing of the kind"]) {
    it(`refuses ${said}, and says what is needed`, () =>
      assert.rejects(requireGit(git(said)), {
        code: "cannot-run-git",
        message: `Cannot follow repositories: "${said}" is too old, 2.31 or newer is needed`,
      }));
  }

  it("says what to do where there is none", () =>
    assert.rejects(
      requireGit({ run: async () => Promise.reject(new Error("spawn git ENOENT")) }),
      /spawn git ENOENT\. Install git, on the PATH of the service$/,
    ));
});
