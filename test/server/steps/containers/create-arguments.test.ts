import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { ContainerCommand } from "#server/steps/containers/container-command.js";
import { createArguments } from "#server/steps/containers/create-arguments.js";
import { stayingCommand } from "#server/steps/containers/gentle-stop.js";

const COMMAND: ContainerCommand = {
  image: "docker.io/library/python:3.12",
  resources: { cpu: 1.5, memoryBytes: 536_870_912, gpu: 2 },
  file: "bash",
  args: ["-e", "-o", "pipefail", "-c", "python load.py"],
  cwd: "/data/trees/run/pipelines",
  env: { API_KEY: "hunter2" },
  folders: ["/data/trees/run", '/data/odd, "named"'],
  labels: { "headwater.folder": "folder_1", "headwater.step": "load[0].copy" },
  logFile: "/data/logs/1.log",
  maxLogBytes: 1000,
  masks: ["hunter2"],
  killAfterMs: 1000,
};
const NEW = {
  name: "headwater_1",
  envFile: "/data/containers/headwater_1.env",
  passedNames: ["PEM"],
  gpus: null,
};

describe("createArguments()", () => {
  it("tells Podman all that the step asks for, and no value of a variable", () => {
    assert.deepEqual(createArguments({ name: "podman", user: null }, COMMAND, NEW), [
      "create",
      "--name=headwater_1",
      "--label=headwater.folder=folder_1",
      "--label=headwater.step=load[0].copy",
      "--pull=missing",
      "--init",
      "--security-opt=label=disable",
      "--mount=type=bind,source=/data/trees/run,target=/data/trees/run",
      '--mount=type=bind,"source=/data/odd, ""named""","target=/data/odd, ""named"""',
      "--workdir=/data/trees/run/pipelines",
      "--env-file=/data/containers/headwater_1.env",
      "--env=PEM",
      "--cpus=1.5",
      "--memory=536870912b",
      "--device=nvidia.com/gpu=0",
      "--device=nvidia.com/gpu=1",
      "--entrypoint=bash",
      "docker.io/library/python:3.12",
      ...stayingCommand({ file: "bash", args: [] }).args,
      "-e",
      "-o",
      "pipefail",
      "-c",
      "python load.py",
    ]);
  });

  it("counts GPUs with Docker, and has files belong to the service's user", () => {
    const told = createArguments({ name: "docker", user: { uid: 1000, gid: 100 } }, COMMAND, NEW);
    assert.ok(told.includes("--gpus=2") && told.includes("--user=1000:100"));
    assert.ok(!told.some((argument) => argument.startsWith("--device")));
  });

  it("names the GPUs that it gets where it is known which there are", () => {
    const told = (name: "podman" | "docker"): readonly string[] =>
      createArguments({ name, user: null }, COMMAND, { ...NEW, gpus: [1, 3] }).filter((argument) =>
        /gpu/.test(argument),
      );
    assert.deepEqual(told("podman"), ["--device=nvidia.com/gpu=1", "--device=nvidia.com/gpu=3"]);
    assert.deepEqual(told("docker"), ['--gpus="device=1,3"']);
  });

  it("limits nothing where the step does not say so", () => {
    const bare = createArguments({ name: "docker", user: null }, { ...COMMAND, resources: null }, NEW);
    const none = { cpu: null, memoryBytes: null, gpu: 0 };
    for (const told of [
      bare,
      createArguments({ name: "podman", user: null }, { ...COMMAND, resources: none }, NEW),
    ]) {
      assert.doesNotMatch(told.join(" "), /--(?:cpus|memory|gpus|device|user)/);
    }
  });

  it("is understood by Docker's own client, as far as that goes without its daemon", function () {
    const told = createArguments(
      { name: "docker", user: { uid: 1, gid: 1 } },
      { ...COMMAND, folders: ["/tmp"] },
      {
        ...NEW,
        envFile: "/dev/null",
      },
    );
    const client = spawnSync("docker", told, {
      env: { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock" },
      encoding: "utf8",
    });
    if (client.error !== undefined) this.skip();
    assert.match(client.stderr, /connect to the Docker daemon/);
  });
});
