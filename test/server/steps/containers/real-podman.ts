import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An image of one static busybox, and the environment in which Podman runs it on this machine. */
export interface RealPodman {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the client prints. */
  podman(...args: readonly string[]): string;
  close(): void;
}

const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"];
const COMMANDS = ["sh", "cat", "sleep", "id", "env", "dd", "seq", "test"];
/** Where this process may not raise its limits, or the kernel mixes both kinds of cgroups, Podman's own defaults do not run. */
const MODEST = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n';
const CONFIGURATIONS = ["", MODEST, `${MODEST}[engine]\nruntime = "runc"\n`];

/** In words why containers cannot run here. */
export type NoPodman = string;

/** Makes the image and tries whether it runs. It needs no registry. */
export function openPodman(): RealPodman | NoPodman {
  const busybox = BUSYBOX.find((path) => existsSync(path));
  if (busybox === undefined) return "there is no static busybox (apt-get install busybox-static)";
  const folder = mkdtempSync(join(tmpdir(), "headwater-podman-"));
  const image = `headwater-test:${process.pid}`;
  try {
    importImage(folder, busybox, image);
    for (const configuration of CONFIGURATIONS) {
      const podman = podmanWith(folder, configuration);
      if (podman.runs(image)) {
        const close = (): void => {
          podman.ask("rmi", "--force", image);
          rmSync(folder, { recursive: true });
        };
        return { image, environment: podman.environment, podman: podman.ask, close };
      }
    }
    return "podman runs no container on this machine";
  } catch (error) {
    return `podman cannot be used: ${String(error)}`;
  }
}

function importImage(folder: string, busybox: string, image: string): void {
  const bin = join(folder, "root", "bin");
  mkdirSync(bin, { recursive: true });
  execFileSync("cp", ["-L", busybox, join(bin, "busybox")]);
  for (const name of COMMANDS) symlinkSync("busybox", join(bin, name));
  execFileSync("tar", ["-C", join(folder, "root"), "-cf", join(folder, "image.tar"), "."]);
  execFileSync("podman", ["import", join(folder, "image.tar"), image], { stdio: "pipe" });
}

function podmanWith(
  folder: string,
  configuration: string,
): {
  readonly environment: Readonly<Record<string, string>>;
  ask(...args: readonly string[]): string;
  runs(image: string): boolean;
} {
  const file = join(folder, "containers.conf");
  writeFileSync(file, configuration);
  const environment = configuration === "" ? {} : { CONTAINERS_CONF: file };
  const ask = (...args: readonly string[]): string =>
    execFileSync("podman", args, {
      env: { ...process.env, ...environment },
      encoding: "utf8",
      stdio: "pipe",
    });
  const runs = (image: string): boolean => {
    try {
      ask("run", "--rm", "--init", "--memory", "64m", image, "/bin/sh", "-c", "exit 0");
      return true;
    } catch {
      return false;
    }
  };
  return { environment, ask, runs };
}
