import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.js";
import type { Ids } from "../../ids.js";
import { ProcessHostError, type ProcessExit, type ProcessHost } from "../process-host.js";
import { chooseEngine, type EngineChoice } from "./choose-engine.js";
import { ContainerError, type ContainerCommand } from "./container-command.js";
import { creationFailure, explainExit, type ContainerState } from "./container-failure.js";
import { clientVariables, containerVariables } from "./container-variables.js";
import { createArguments, type Engine, type NewContainer } from "./create-arguments.js";
import { EngineClient, type Answer } from "./engine-client.js";
import { signalCommand } from "./gentle-stop.js";
import { GraphicsProcessors, findGraphicsProcessors } from "./graphics-processors.js";

export interface ContainersOptions {
  readonly host: ProcessHost;
  readonly choice: EngineChoice;
  readonly dataFolder: string;
  /** Marks the containers of this data folder, in every life of the service. */
  readonly folderId: () => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whom the service runs as. */
  readonly user: Engine["user"];
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Enough that no image is taken for an option; the engine knows the rest. */
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/;
const FOLDER_LABEL = "headwater.folder";
/** For a command of the engine that does not pull, run or stop anything. */
const ANSWER_WITHIN_MS = 60_000;
/** For the client to see that its container has gone. */
const DETACH_MS = 3000;

/**
 * Runs commands in containers through the client of Podman or Docker.
 *
 *     leftovers removed ──create (pulls)──► start ──► its command runs, its output is the log ──► removed
 *                                                        └──stop: SIGTERM to all of it, later SIGKILL──► removed
 *
 * A container lives outside of the service's own processes: its label tells the next life of the service what to remove.
 */
export class Containers {
  readonly #options: ContainersOptions;
  readonly #folder: string;
  readonly #client: EngineClient;
  readonly #gpus = new GraphicsProcessors(findGraphicsProcessors());
  #engine: Promise<Engine> | null = null;

  constructor(options: ContainersOptions) {
    const { host, clock, ids, environment } = options;
    this.#options = options;
    this.#folder = join(options.dataFolder, "containers");
    this.#client = new EngineClient({
      host,
      clock,
      ids,
      folder: this.#folder,
      variables: clientVariables(environment),
    });
  }

  /**
   * Removes what an earlier life has left, where one has used containers. An engine that does not answer now does not keep the service
   * from starting: it is asked again before the first container is made. Nor is it waited for when the start is given up.
   */
  async start(interrupt: AbortSignal): Promise<void> {
    if (!existsSync(this.#usedFile) || interrupt.aborted) return;
    let giveUp = (): void => undefined;
    const interrupted = new Promise<void>((resolve) => (giveUp = resolve));
    interrupt.addEventListener("abort", giveUp, { once: true });
    await Promise.race([interrupted, this.#ready().catch(() => undefined)]);
    interrupt.removeEventListener("abort", giveUp);
  }

  /**
   * Runs to the end and removes the container. `onStarted` is called when the image is there and the command starts.
   * @throws ContainerError when it could not be run; ProcessHostError when the engine's client was lost
   */
  async run(command: ContainerCommand, stop: AbortSignal, onStarted: () => void): Promise<ProcessExit> {
    if (!IMAGE.test(command.image)) {
      throw new ContainerError(
        "final",
        `Cannot make a container of image "${command.image}": it is no name of an image`,
      );
    }
    const engine = await this.#ready();
    const name = this.#options.ids.next("headwater", this.#options.clock.now());
    const gpus = this.#gpus.take(command.resources?.gpu ?? 0);
    try {
      await this.#create(engine, command, { name, gpus, stop });
      if (stop.aborted) return { kind: "signaled", signal: "SIGTERM", lastErrorLine: "" };
      const exit = await this.#start(engine, command, { name, stop, onStarted });
      if (stop.aborted || (exit.kind === "exited" && exit.code === 0)) return exit;
      return explainExit(command, exit, await this.#stateOf(engine, name));
    } finally {
      await this.#remove(engine, [name]);
      this.#gpus.giveBack(gpus ?? []);
    }
  }

  get #usedFile(): string {
    return join(this.#folder, "engine");
  }

  /** Asked for until it succeeds, then remembered. */
  #ready(): Promise<Engine> {
    this.#engine ??= this.#prepare().catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async #prepare(): Promise<Engine> {
    const { choice, user } = this.#options;
    await mkdir(this.#folder, { recursive: true });
    const usedName = await readFile(this.#usedFile, "utf8").catch(() => "");
    const engine = await chooseEngine(choice, this.#client, user);
    const used = (["podman", "docker"] as const).filter((name) => name === usedName);
    const names = new Set([engine.name, ...used]);
    for (const name of names) await this.#removeLeftovers({ ...engine, name });
    await writeFile(this.#usedFile, engine.name);
    return engine;
  }

  async #removeLeftovers(engine: Engine): Promise<void> {
    const filter = `label=${FOLDER_LABEL}=${this.#options.folderId()}`;
    const listed = await this.#ask(engine, ["ps", "--all", "--quiet", "--no-trunc", "--filter", filter]);
    if (!listed.succeeded) {
      throw new ContainerError("platform", `Cannot list the containers of ${engine.name}: ${listed.reason}`);
    }
    if (listed.lines.length > 0) await this.#remove(engine, listed.lines);
  }

  async #create(
    engine: Engine,
    command: ContainerCommand,
    { name, gpus, stop }: Pick<NewContainer, "name" | "gpus"> & { readonly stop: AbortSignal },
  ): Promise<void> {
    const { fileText, passed } = containerVariables(command.env);
    const envFile = join(this.#folder, `${name}.env`);
    const labels = { [FOLDER_LABEL]: this.#options.folderId(), ...command.labels };
    const passedNames = Object.keys(passed);
    await writeFile(envFile, fileText, { mode: 0o600 });
    try {
      const created = await this.#client.ask({
        file: engine.name,
        args: createArguments(engine, { ...command, labels }, { name, envFile, passedNames, gpus }),
        variables: passed,
        masks: command.masks,
        stop,
        timeoutMs: null,
      });
      if (!created.succeeded && !stop.aborted) throw creationFailure(command.image, created.reason);
    } finally {
      await rm(envFile, { force: true });
    }
  }

  /** The client stays for as long as the container runs, and what the one says is what the other has said. */
  async #start(
    engine: Engine,
    command: ContainerCommand,
    {
      name,
      stop,
      onStarted,
    }: { readonly name: string; readonly stop: AbortSignal; readonly onStarted: () => void },
  ): Promise<ProcessExit> {
    const { host, clock, environment } = this.#options;
    const detach = new AbortController();
    let cancelDetach = (): void => undefined;
    const end = (): void => {
      void this.#end(engine, command, name).then(
        () => (cancelDetach = clock.after(DETACH_MS, () => detach.abort())),
        () => detach.abort(),
      );
    };
    stop.addEventListener("abort", end, { once: true });
    try {
      const { logFile, maxLogBytes, masks, killAfterMs } = command;
      const client = {
        file: engine.name,
        args: ["start", "--attach", name],
        cwd: this.#folder,
        env: clientVariables(environment),
      };
      const process = { ...client, logFile, maxLogBytes, masks, killAfterMs };
      return await host.run(process, detach.signal, onStarted);
    } finally {
      stop.removeEventListener("abort", end);
      cancelDetach();
    }
  }

  /** The engine's own signal reaches only its first command; a container without a shell has no other. */
  async #end(engine: Engine, command: ContainerCommand, name: string): Promise<void> {
    const signal = signalCommand(command);
    if (signal !== null) await this.#ask(engine, ["exec", name, ...signal]).catch(() => undefined);
    const seconds = String(Math.ceil(command.killAfterMs / 1000));
    await this.#ask(engine, ["stop", "--time", seconds, name], command.killAfterMs + ANSWER_WITHIN_MS);
  }

  async #stateOf(engine: Engine, name: string): Promise<ContainerState> {
    const format = "{{.State.Status}} {{.State.OOMKilled}}";
    const answer = await this.#ask(engine, ["inspect", "--type", "container", "--format", format, name]);
    const [status = "", isOutOfMemory = ""] = answer.lines[0]?.split(" ") ?? [];
    return { status, isOutOfMemory: isOutOfMemory === "true" };
  }

  /** Never throws: what is left is removed by the next life of the service. */
  async #remove(engine: Engine, names: readonly string[]): Promise<void> {
    // Docker kills at once; Podman would first be polite for ten seconds.
    const atOnce = engine.name === "podman" ? ["--time=0"] : [];
    await this.#ask(engine, ["rm", "--force", ...atOnce, "--volumes", ...names]).catch((error: unknown) => {
      if (!(error instanceof ProcessHostError)) throw error;
    });
  }

  #ask(engine: Engine, args: readonly string[], timeoutMs: number = ANSWER_WITHIN_MS): Promise<Answer> {
    return this.#client.ask({ file: engine.name, args, timeoutMs });
  }
}
