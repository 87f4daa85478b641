import type { ContainerCommand } from "./container-command.js";
import { stayingCommand } from "./gentle-stop.js";

/** The client of an engine, as this machine has it. Podman's and Docker's take the same words nearly everywhere. */
export interface Engine {
  readonly name: "podman" | "docker";
  /** Who the files that a container writes must belong to; null where the engine sees to it, or the service is root. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

export interface NewContainer {
  readonly name: string;
  /** Lines of `NAME=value`. */
  readonly envFile: string;
  /** Variables whose values the client takes from its own environment: a file has no place for a line break. */
  readonly passedNames: readonly string[];
  /** The graphics processors that it gets; null where nobody knows which there are, so that it gets the first. */
  readonly gpus: readonly number[] | null;
}

/** What `podman create` or `docker create` is told: never a value of a variable, which everybody on the machine could read. */
export function createArguments(
  { name: engine, user }: Engine,
  command: ContainerCommand,
  { name, envFile, passedNames, gpus }: NewContainer,
): readonly string[] {
  const { image, cwd, folders, labels } = command;
  const { file, args } = stayingCommand(command);
  return [
    "create",
    `--name=${name}`,
    ...Object.entries(labels).map(([label, value]) => `--label=${label}=${value}`),
    "--pull=missing",
    // Reaps what the script leaves, and takes the signals that a shell as the first process would ignore.
    "--init",
    // Where SELinux would keep the container from the folders; elsewhere it means nothing.
    "--security-opt=label=disable",
    ...(user === null ? [] : [`--user=${user.uid}:${user.gid}`]),
    ...folders.map((folder) => `--mount=${bindMount(folder)}`),
    `--workdir=${cwd}`,
    `--env-file=${envFile}`,
    ...passedNames.map((variable) => `--env=${variable}`),
    ...resourceArguments(engine, command, gpus),
    `--entrypoint=${file}`,
    image,
    ...args,
  ];
}

/** A row of CSV, as both engines read it. */
function bindMount(folder: string): string {
  const quote = (field: string): string =>
    /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  return ["type=bind", quote(`source=${folder}`), quote(`target=${folder}`)].join(",");
}

function resourceArguments(
  engine: Engine["name"],
  { resources }: ContainerCommand,
  gpus: NewContainer["gpus"],
): readonly string[] {
  if (resources === null) return [];
  const { cpu, memoryBytes, gpu } = resources;
  return [
    ...(cpu === null ? [] : [`--cpus=${cpu}`]),
    ...(memoryBytes === null ? [] : [`--memory=${memoryBytes}b`]),
    ...(gpu === null || gpu === 0 ? [] : gpuArguments(engine, gpu, gpus)),
  ];
}

/** Docker counts them, or takes a row of CSV; Podman knows them by names, of which the numbers are those that `nvidia-ctk cdi` makes. */
function gpuArguments(
  engine: Engine["name"],
  count: number,
  gpus: readonly number[] | null,
): readonly string[] {
  if (engine === "docker") return [gpus === null ? `--gpus=${count}` : `--gpus="device=${gpus.join()}"`];
  const numbers = gpus ?? Array.from({ length: count }, (_, index) => index);
  return numbers.map((number) => `--device=nvidia.com/gpu=${number}`);
}
