import { ProcessHostError } from "../process-host.js";
import { ContainerError } from "./container-command.js";
import type { Engine } from "./create-arguments.js";
import type { Answer, EngineClient } from "./engine-client.js";

/** Which engine runs containers: `HEADWATER_CONTAINERS`. */
export const ENGINE_CHOICES = ["auto", "podman", "docker", "off"] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** Podman first: it needs no service of its own. */
const ENGINES = ["podman", "docker"] as const;
/** What tells that the engine maps the container's root to the service's user, so that files belong to it anyway. */
const ASK_ROOTLESS = { podman: "{{.Host.Security.Rootless}}", docker: "{{.SecurityOptions}}" } as const;
const IS_ROOTLESS = { podman: /^true$/, docker: /name=rootless/ } as const;
const ANSWER_WITHIN_MS = 30_000;

/** The engine that answers on this machine. @throws ContainerError, which says what to do */
export async function chooseEngine(
  choice: EngineChoice,
  client: EngineClient,
  user: Engine["user"],
): Promise<Engine> {
  if (choice === "off")
    throw refusal("final", "containers are switched off in the service (HEADWATER_CONTAINERS=off)");
  const wanted = choice === "auto" ? ENGINES : [choice];
  const silent: string[] = [];
  for (const name of wanted) {
    const answer = await askEngine(name, client);
    if (answer?.succeeded === true) return { name, user: isRoot(name, answer, user) ? null : user };
    if (answer !== null) silent.push(`${name} does not answer (${answer.reason})`);
  }
  if (silent.length > 0) throw refusal("platform", silent.join(", "));
  throw refusal("final", `this machine has no ${wanted.join(" or ")} on the service's PATH; install one`);
}

/** Whether what the container's root writes belongs to whom the service runs as. */
function isRoot(name: Engine["name"], { lines }: Answer, user: Engine["user"]): boolean {
  return user?.uid === 0 || lines.some((line) => IS_ROOTLESS[name].test(line));
}

/** Null where there is no such client. */
async function askEngine(name: Engine["name"], client: EngineClient): Promise<Answer | null> {
  try {
    const args = ["info", "--format", ASK_ROOTLESS[name]];
    return await client.ask({ file: name, args, timeoutMs: ANSWER_WITHIN_MS });
  } catch (error) {
    if (error instanceof ProcessHostError && error.errno === "ENOENT") return null;
    throw error;
  }
}

function refusal(blame: ContainerError["blame"], state: string): ContainerError {
  return new ContainerError(blame, `Cannot run a container: ${state}`);
}
