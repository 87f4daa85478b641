import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { startServiceProcess, type ServiceProcess } from "#test/faults/service-process.js";
import { until } from "../../until.js";
import { startGitServer } from "../source/git-server.js";
import { scratchFolder, ScratchRepository } from "../source/scratch-repository.js";
import { FakeGithub } from "./fake-github.js";
import { FLOWS } from "./review-world.js";

describe("the service, killed when it has taken a webhook and done nothing about it", () => {
  it("makes one check of it in its next life, and answers what was asked for once", async () => {
    const scratch = await scratchFolder();
    const github = await FakeGithub.start();
    github.limits.lift();
    github.permissions.set("ann", "write");
    await mkdir(join(scratch.folder, "hosts"));
    const git = await startGitServer(join(scratch.folder, "hosts"));
    const origin = await ScratchRepository.create(join(scratch.folder, "hosts", "acme", "flows.git"));
    await origin.commit(FLOWS);
    github.cloneUrl = `${git.url}/acme/flows.git`;
    const keyFile = join(scratch.folder, "app.pem");
    await writeFile(keyFile, github.privateKey);
    const begin = async (): Promise<ServiceProcess> => {
      const service = await startServiceProcess(join(scratch.folder, "data"), {
        HEADWATER_CONTAINERS: "off",
        HEADWATER_GITHUB_APP_ID: String(github.appId),
        HEADWATER_GITHUB_PRIVATE_KEY_FILE: keyFile,
        HEADWATER_GITHUB_WEBHOOK_SECRET: github.secret,
        HEADWATER_GITHUB_API_URL: github.url,
      });
      github.hookUrl = `${service.url}/api/v1/hooks/github`;
      return service;
    };
    let service = await begin();
    await service.client.addRepository({ body: { url: github.cloneUrl } });

    await origin.git("branch", "work", "main");
    const files = { ...FLOWS, "weekly.workflow.yaml": "workflow: weekly\nsteps: { a: { run: echo } }\n" };
    const head = await origin.commit(files, { branch: "work" });
    await origin.git("update-ref", "refs/pull/1/head", head);
    // What it asks first of each: how the pull request is, and what she may do.
    const isAsked = { pull: false, permission: false };
    github.refuseRead = (what) => {
      isAsked.pull ||= what.endsWith("/pulls/1");
      isAsked.permission ||= what.endsWith("/ann/permission");
      return /\/pulls\/1$|\/permission$/.test(what) ? { status: 502, body: {} } : null;
    };
    assert.equal(await github.propose(1, head), 202);
    await until("it begins with it", () => isAsked.pull);
    github.pulls.set(2, { ...github.pulls.get(1)!, state: "closed" });
    const asked = await github.comment(2, "/headwater help", "ann");
    await until("it begins with that", () => isAsked.permission);
    await service.kill();
    assert.deepEqual([github.checks, github.reactions], [[], []]);

    github.refuseRead = () => null;
    service = await begin();
    await until("its check is there", () => github.checks.some(({ status }) => status === "completed"));
    await until("it is answered", () => github.comments.some(({ body }) => body.includes("headwater help")));
    await until("its plan is there", () => github.comments.some(({ body }) => body.includes("### Plan")));
    await service.stop();
    assert.deepEqual(
      github.checks.map((check) => [check.head, check.conclusion, check.title]),
      [[head, "success", "workflows: 1 added"]],
    );
    assert.deepEqual(github.reactions, [{ comment: asked, content: "eyes" }]);
    assert.equal(github.comments.length, 2);
    assert.deepEqual(github.violations, []);
    await Promise.all([git.stop(), github.stop()]);
    await scratch.remove();
  });
});
