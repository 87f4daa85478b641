import { ContainerError } from "./container-command.js";

/** The two ways by which variables reach a container without being seen on a command line. */
export interface ContainerVariables {
  /** Lines of `NAME=value`, each as it is: neither engine knows quotes there. */
  readonly fileText: string;
  /** Those with line breaks, for the environment of the engine's client. */
  readonly passed: Readonly<Record<string, string>>;
}

/** Variables that the client itself, its libraries and its helpers heed. */
const HEEDED = /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LC_.*|LD_.*|GO.*|GLIBC_.*|MALLOC_.*|XDG_.*|DBUS_.*)$/;
const OF_ENGINES =
  /^(?:DOCKER_.*|BUILDKIT_.*|BUILDAH_.*|PODMAN_.*|CONTAINERS?_.*|REGISTRY_.*|STORAGE_.*|_?CONTAINERS_.*|SSL_.*|SSH_.*|https?_proxy|no_proxy|all_proxy)$/i;

/** What of the service's environment the engine's client sees: how to reach the engine, and registries. */
export function clientVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const isOfLoader = /^(?:LD_|GLIBC_|MALLOC_)/.test(name);
    if (value !== undefined && !isOfLoader && isHeeded(name)) seen[name] = value;
  }
  return seen;
}

/** @throws ContainerError for a variable that cannot be handed over */
export function containerVariables(env: Readonly<Record<string, string>>): ContainerVariables {
  const lines: string[] = [];
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!/[\r\n]/.test(value)) lines.push(`${name}=${value}\n`);
    else if (!isHeeded(name)) passed[name] = value;
    else {
      throw new ContainerError(
        "final",
        `Cannot give "${name}" to the container: it has several lines, and the engine's own client heeds a variable of this name; rename it`,
      );
    }
  }
  return { fileText: lines.join(""), passed };
}

function isHeeded(name: string): boolean {
  return HEEDED.test(name) || OF_ENGINES.test(name);
}
