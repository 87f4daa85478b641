import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readGitlabConfig } from "#server/review/gitlab/gitlab-config.js";
import { projectAt } from "#server/review/gitlab/project.js";
import { scratchFolder } from "../../source/scratch-repository.js";

describe("readGitlabConfig()", () => {
  it("is null without a token, and says so where one is meant", () => {
    assert.deepEqual(readGitlabConfig({}, "/"), { gitlab: null, problems: [] });
    const { problems } = readGitlabConfig({ HEADWATER_GITLAB_URL: "https://gitlab.example.com" }, "/");
    assert.match(problems.join(), /need HEADWATER_GITLAB_TOKEN_FILE/);
  });

  it("takes gitlab.com, one below a path, and a token of the environment or of a file", async () => {
    const scratch = await scratchFolder();
    await writeFile(join(scratch.folder, "token"), "glpat-x\n");
    const environment = {
      HEADWATER_GITLAB_TOKEN_FILE: "token",
      HEADWATER_GITLAB_URL: "https://example.com/gitlab/",
    };
    const { gitlab, problems } = readGitlabConfig(environment, scratch.folder);
    assert.deepEqual(problems, []);
    assert.deepEqual(gitlab?.token, { file: join(scratch.folder, "token") });
    assert.equal(gitlab?.url, "https://example.com/gitlab");
    const other = readGitlabConfig({ HEADWATER_GITLAB_TOKEN: "glpat-x" }, "/");
    assert.deepEqual([other.gitlab?.url, other.problems], ["https://gitlab.com", []]);
    await scratch.remove();
  });

  it("tells what is wrong, and never a token", async () => {
    const scratch = await scratchFolder();
    await writeFile(join(scratch.folder, "empty"), "\n");
    await writeFile(join(scratch.folder, "two"), "glpat-x glpat-y\n");
    for (const [environment, expected] of [
      [{ HEADWATER_GITLAB_TOKEN_FILE: "absent" }, /"absent", which cannot be used/],
      [{ HEADWATER_GITLAB_TOKEN_FILE: "empty" }, /"empty", which cannot be used/],
      [{ HEADWATER_GITLAB_TOKEN_FILE: "two" }, /"two", which cannot be used/],
      [{ HEADWATER_GITLAB_TOKEN: "glpat-x glpat-y" }, /must be one word/],
      [{ HEADWATER_GITLAB_TOKEN: "glpat-x", HEADWATER_GITLAB_TOKEN_FILE: "two" }, /are both set/],
      [
        { HEADWATER_GITLAB_TOKEN: "glpat-x", HEADWATER_GITLAB_URL: "http://gitlab.example.com" },
        /must be like/,
      ],
      [
        { HEADWATER_GITLAB_TOKEN: "glpat-x", HEADWATER_GITLAB_URL: "https://a:b@example.com" },
        /must be like/,
      ],
    ] as const) {
      const said = readGitlabConfig(environment, scratch.folder).problems.join();
      assert.match(said, expected);
      assert.doesNotMatch(said, /glpat-/);
    }
    await scratch.remove();
  });
});

it("projectAt() knows a project by each of its URLs, and none of another host", () => {
  const found = { account: "gitlab", owner: "acme/data", name: "flows" };
  const [plain, below] = ["https://gitlab.com", "https://example.com/gitlab"];
  assert.deepEqual(projectAt("https://gitlab.com/acme/data/flows.git", plain), found);
  assert.deepEqual(projectAt("git@gitlab.com:acme/data/flows.git", plain), found);
  assert.deepEqual(projectAt("ssh://git@altssh.gitlab.com:443/acme/data/flows.git", plain), found);
  assert.deepEqual(projectAt("https://example.com/gitlab/acme/data/flows", below), found);
  assert.deepEqual(projectAt("git@example.com:acme/data/flows.git", below), found);
  assert.equal(projectAt("https://gitlab.com.evil.example/acme/flows.git", plain), null);
  assert.equal(projectAt("https://github.com/acme/flows.git", plain), null);
  assert.equal(projectAt("/srv/git/flows.git", plain), null);
  assert.equal(projectAt("https://gitlab.com/flows.git", plain), null);
});
