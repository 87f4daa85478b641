import type { AttemptRequest } from "@headwater/engine";
import { writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolveTexts } from "../secrets/resolve-texts.js";
import type { Secrets } from "../secrets/secrets.js";
import type { ExecuteCommand } from "./execute-command.js";
import { noteUnmasked } from "./note-unmasked.js";
import { resultOfExit } from "./result-of-exit.js";
import { finalResult, missingSecrets } from "./results.js";
import type { PluginModule } from "./plugins/find-plugins.js";
import type { StepKind } from "./step-context.js";

export type PluginRequest = Extract<AttemptRequest, { readonly kind: "plugin" }>;

export interface PluginKindOptions {
  readonly execute: ExecuteCommand;
  readonly secrets: Secrets;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The `node` that runs the service. */
  readonly nodePath: string;
  /** By the names of the plug-ins. */
  readonly modules: Readonly<Record<string, PluginModule>>;
}

const HOST = fileURLToPath(new URL("./plugins/host/main.js", import.meta.url));

/** `plugin`: a module that the service's operator has chosen, in a process of the attempt's own; the service never loads it. */
export function createPluginKind(options: PluginKindOptions): StepKind<PluginRequest> {
  const { execute, secrets: provider, now, nodePath, modules } = options;
  return async (attempt, stop, onStarted) => {
    const { request, logFile } = attempt;
    const module = Object.hasOwn(modules, request.plugin) ? modules[request.plugin] : undefined;
    if (module === undefined) {
      return finalResult(
        `Cannot execute plug-in "${request.plugin}": the service has none of this name, HEADWATER_PLUGINS names those that it has`,
      );
    }
    const wanted = Object.entries(request.secrets).map(([input, secret]) => [input, { secret }] as const);
    const secrets = await resolveTexts(Object.fromEntries(wanted), { provider, scope: attempt.secretScope });
    if (!secrets.ok) return missingSecrets(secrets.missing);
    const masks = [...secrets.secrets.values()];
    await noteUnmasked(logFile, now(), secrets.secrets);
    const tree = await attempt.tree();
    const { outputs } = request;
    return execute(
      {
        attempt,
        tree,
        cwd: tree,
        env: {},
        masks,
        image: null,
        resources: null,
        prepare: async (outputFile) => {
          const file = `${outputFile}.inputs`;
          await writeFile(file, JSON.stringify({ ...request.inputs, ...secrets.texts }), { mode: 0o600 });
          return { file: nodePath, args: [...hostArguments(module), file], files: [file] };
        },
        conclude: (exit, outputFile) =>
          resultOfExit(exit, { outputFile, logFile, outputs, masks, now: now() }),
      },
      { stop, onStarted },
    );
  };
}

/** Node.js resolves a name as from another folder where it is asked to: https://nodejs.org/api/esm.html#importmetaresolvespecifier */
function hostArguments(module: PluginModule): readonly string[] {
  return "path" in module
    ? [HOST, pathToFileURL(module.path).href, ""]
    : ["--experimental-import-meta-resolve", HOST, module.specifier, module.folder];
}
