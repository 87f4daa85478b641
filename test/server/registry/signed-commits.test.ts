import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import type { DeploymentRow } from "#server/store/store.js";
import { GIT_ENVIRONMENT } from "../../git-environment.js";
import { registryOver } from "./registry-over.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";

const WORKFLOW = "workflow: a\nsteps: { one: { noop: {} } }\n";
const settings = (signed: boolean): string => `project: growth\npolicies: { signed_commits: ${signed} }\n`;

describe("a policy of signed commits", () => {
  let world: SourceWorld;
  let registry: Registry;
  let deployments: DeploymentRow[];
  const signers: { allowedSignersFile: string | null; gnupgFolder: string | null } = {
    allowedSignersFile: null,
    gnupgFolder: null,
  };

  beforeEach(async () => {
    deployments = [];
    Object.assign(signers, { allowedSignersFile: null, gnupgFolder: null });
    world = await createSourceWorld({
      source: signers,
      onCommit: async (commit) => void deployments.push(await registry.deploy(commit)),
    });
    registry = registryOver(world);
  });
  afterEach(() => world.end());

  /** Commits and pushes, signed by `options` of git. */
  async function push(isAsked: boolean, ...options: readonly string[]): Promise<string> {
    const blob = await world.origin.blob(WORKFLOW);
    const yaml = await world.origin.blob(`${settings(isAsked)}# ${deployments.length}\n`);
    await commitTo("main", { blob, yaml }, ...options);
    if (deployments.length === 0) await world.source.addRepository({ url: world.origin.folder });
    else await world.source.syncRepository("flows");
    const { status, reason } = deployments.at(-1)!;
    return status === "active" ? status : `${status}: ${reason?.split(": ").slice(1).join(": ")}`;
  }

  async function commitTo(
    branch: string,
    { blob, yaml }: { readonly blob: string; readonly yaml: string },
    ...options: readonly string[]
  ): Promise<void> {
    const tree = await world.origin.mktree([
      `100644 blob ${blob}\ta.workflow.yaml`,
      `100644 blob ${yaml}\theadwater.yaml`,
    ]);
    const sign = options.length > 0 ? ["-S"] : [];
    const commit = await world.origin.git(...options, "commit-tree", ...sign, tree, "-m", "x");
    await world.origin.git("update-ref", `refs/heads/${branch}`, commit);
  }

  function sshKey(name: string): { readonly sign: readonly string[]; readonly publicKey: string } {
    const path = join(world.folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
    const sign = ["-c", "gpg.format=ssh", "-c", `user.signingKey=${path}`];
    return { sign, publicKey: readFileSync(`${path}.pub`, "utf8") };
  }

  it("deploys what a known ssh key has signed, and nothing else, also not what turns the policy off", async () => {
    const [ann, eve] = [sshKey("ann"), sshKey("eve")];
    signers.allowedSignersFile = join(world.folder, "signers");
    writeFileSync(signers.allowedSignersFile, `ann@example.com ${ann.publicKey}`);
    await world.restart();
    assert.equal(await push(true), "refused: it is not signed");
    assert.equal(await push(true, ...ann.sign), "active");
    assert.match(
      await push(true, ...eve.sign),
      /^refused: its signature is of nobody whom the service knows/,
    );
    assert.equal(await push(false), "refused: it is not signed");
    assert.match(await push(false, ...eve.sign), /^refused: its signature/);
    assert.equal(await push(false, ...ann.sign), "active");
    assert.equal(await push(false), "active");
  });

  it("holds for backfills from a branch in an environment that is declared, as for what is deployed there", async () => {
    const ann = sshKey("ann");
    signers.allowedSignersFile = join(world.folder, "signers");
    writeFileSync(signers.allowedSignersFile, `ann@example.com ${ann.publicKey}`);
    await world.restart();
    const blob = await world.origin.blob(WORKFLOW);
    const staging = "staging: { branch: develop, backfills_from: [fixes/*] }";
    const yaml = `${settings(true)}environments: { production: { branch: main }, ${staging} }\n`;
    await commitTo("main", { blob, yaml: await world.origin.blob(yaml) }, ...ann.sign);
    const unasked = { blob, yaml: await world.origin.blob(settings(false)) };
    await commitTo("develop", unasked, ...ann.sign);
    await commitTo("fixes/unsigned", unasked);
    await commitTo("fixes/signed", unasked, ...ann.sign);
    await world.source.addRepository({ url: world.origin.folder });
    assert.deepEqual(
      deployments.map(({ status }) => status),
      ["active", "active"],
    );
    const key = { project: "growth", environment: "staging", workflow: "a" };
    const { versions } = await registry.readBranch(key, "fixes/signed");
    assert.equal(versions.length, 1);
    await assert.rejects(registry.readBranch(key, "fixes/unsigned"), {
      code: "invalid-backfill",
      message: /only signed commits run here .* it is not signed/,
    });
  });

  it("deploys what an OpenPGP key of the folder has signed, and knows no key of the service's user", async () => {
    const home = join(world.folder, "gnupg");
    mkdirSync(home, { mode: 0o700 });
    const env = { ...GIT_ENVIRONMENT, GNUPGHOME: home };
    const gpg = (...args: readonly string[]): string =>
      execFileSync("gpg", ["--batch", "--quiet", ...args], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
      }).toString();
    gpg("--passphrase", "", "--quick-generate-key", "ann@example.com", "ed25519", "sign", "never");
    const program = join(world.folder, "sign");
    writeFileSync(program, `#!/bin/sh\nGNUPGHOME='${home}' exec gpg "$@"\n`, { mode: 0o755 });
    const sign = ["-c", `gpg.program=${program}`, "-c", "user.signingKey=ann@example.com"];
    assert.match(
      await push(true, ...sign),
      /^refused: the service knows no signers\. Name them by HEADWATER_ALLOWED/,
    );
    signers.allowedSignersFile = "/nonexistent";
    await world.restart();
    assert.match(await push(true, ...sign), /^refused: its signature is of nobody/);
    signers.gnupgFolder = join(world.folder, "known");
    mkdirSync(signers.gnupgFolder, { mode: 0o700 });
    writeFileSync(join(world.folder, "ann.asc"), gpg("--armor", "--export"));
    gpg("--homedir", signers.gnupgFolder, "--import", join(world.folder, "ann.asc"));
    // What was refused before is looked at again by each start.
    await world.restart();
    await world.until(() => deployments.at(-1)?.status === "active");
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"], { stdio: "ignore" });
  });
});
