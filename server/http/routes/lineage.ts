import type { ActualLink, LineageRun, SignalMention, SignalUses } from "@headwater/api";
import {
  canMeet,
  mentionsOf,
  writtenForm,
  type Json,
  type Mention,
  type ValueTemplate,
} from "@headwater/workflow";
import { ServiceError } from "../../errors.js";
import { runName } from "../../runs/run-name.js";
import type { MentionRow } from "../../store/lineage-rows.js";
import type { RunRow, Store } from "../../store/store.js";
import { lineageOfRun, type RunLink } from "../../triggers/lineage/run-lineage.js";
import { lineageOfWorkflow } from "../../triggers/lineage/workflow-lineage.js";
import { findWorkflow } from "../find-workflow.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findRun } from "../run-answer.js";
import { signalAnswer } from "./signals.js";

type LineageHandlers = Pick<Handlers, "listMentions" | "workflowLineage" | "runLineage" | "getSignal">;
type Params = Readonly<Record<string, Json>>;

/** Who makes whom act. */
export function lineageRoutes({ store }: HttpDependencies): LineageHandlers {
  return {
    async listMentions({ query: { signal, project, environment, params = {}, after, limit } }) {
      const rows = await store.listMentions({
        roles: ["emits", "receives", "starts", "waits"],
        limit,
        ...(signal === undefined ? {} : { subject: signal }),
        ...(project === undefined ? {} : { project }),
        ...(environment === undefined ? {} : { environment }),
        ...(after === undefined ? {} : { after: placeIn(after) }),
      });
      const mentions = await Promise.all(rows.map((row) => mentionsBehind(store, row, params)));
      const last = rows.at(-1);
      const next = rows.length === limit && last !== undefined ? placeText(last) : null;
      return { mentions: mentions.flat(), next };
    },
    async workflowLineage({ params, query: { environment, depth } }) {
      const { workflow } = await findWorkflow(store, { ...params, environment });
      return lineageOfWorkflow(store, { ...params, environment, workflow }, depth);
    },
    async runLineage({ params: { id }, query: { environment, depth } }) {
      const run = await findRun(store, id, environment);
      const { upstream, downstream, unheard, isCut } = await lineageOfRun(store, run, depth);
      return {
        run: runAnswer(run),
        upstream: upstream.map(linkAnswer),
        downstream: downstream.map(linkAnswer),
        unheard: unheard.map(signalAnswer),
        isCut,
      };
    },
    getSignal: ({ params: { id }, query }) => usesOfSignal(store, id, query),
  };
}

async function usesOfSignal(
  store: Store,
  id: number,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<SignalUses> {
  const signal = await store.findSignal(id);
  if (signal === null) {
    const why = "there is none, or it is no longer kept";
    throw new ServiceError("not-found", `Cannot find signal ${id}: ${why}`);
  }
  const emitter = signal.runId === null ? null : await store.findRun(signal.runId);
  const place = after === undefined ? {} : { after: usePlaceIn(after) };
  const uses = await store.listSignalUses(id, { limit, ...place });
  const last = uses.at(-1);
  return {
    signal: signalAnswer(signal),
    emittedBy: emitter === null ? null : runAnswer(emitter),
    uses: uses.map(({ run, path }) => ({ run: runAnswer(run), step: path === "" ? null : path })),
    next: uses.length === limit && last !== undefined ? `${last.place}.${last.path}` : null,
  };
}

/** Every place of what is deployed that the row stands for; one that no such params reach is left out. */
async function mentionsBehind(
  store: Store,
  { subject: signal, ...row }: MentionRow,
  params: Params,
): Promise<readonly SignalMention[]> {
  const { role, project, environment, name } = row;
  const common = { signal, project, environment, name, params: {}, match: {}, step: null };
  if (role === "receives") return [{ ...common, role }];
  const workflow = await store.findWorkflow({ project, environment, workflow: name });
  const version = workflow === null ? null : await store.findVersion(workflow.versionId);
  const mentions = version === null ? [] : mentionsOf(version.definition);
  return mentions.flatMap((mention) =>
    "signal" in mention && mention.role === role && mention.signal === signal && isAbout(mention, params)
      ? [{ ...common, ...mentionAnswer(mention) }]
      : [],
  );
}

type SignalPlace = Extract<Mention, { readonly signal: string }>;

/** Whether it may be about these values. */
function isAbout(mention: SignalPlace, params: Params): boolean {
  if (mention.role === "emits") {
    return canMeet(
      mention.params,
      Object.entries(params).map(([param, value]) => ({
        param,
        operator: "eq",
        value: { kind: "literal", value },
      })),
    );
  }
  const given = Object.entries(params).map(([name, value]): [string, ValueTemplate] => [
    name,
    { kind: "literal", value },
  ]);
  const asked = mention.match.filter(({ param }) => Object.hasOwn(params, param));
  return canMeet(Object.fromEntries(given), asked);
}

function mentionAnswer(mention: SignalPlace): Pick<SignalMention, "role" | "step" | "params" | "match"> {
  const { role } = mention;
  const step = "step" in mention ? mention.step : null;
  if (role === "emits")
    return { role, step, params: writtenMap({ params: mention.params }, "params"), match: {} };
  return { role, step, params: {}, match: writtenMap({ match: mention.match }, "match") };
}

function writtenMap(part: object, key: string): Readonly<Record<string, Json>> {
  const written = writtenForm(part);
  const map = isMap(written) ? written[key] : null;
  return isMap(map) ? map : {};
}

function isMap(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function linkAnswer({ from, to, ...link }: RunLink & { readonly distance: number }): ActualLink {
  return { ...link, from: from === null ? null : runAnswer(from), to: runAnswer(to) };
}

function runAnswer(run: RunRow): LineageRun {
  const { id, environment, status, trigger, createdAt, endedAt } = run;
  return { id, name: runName(run), environment, status, trigger: trigger.kind, createdAt, endedAt };
}

/** None of the parts can hold a slash. */
function placeText({ subject, role, project, environment, name }: MentionRow): string {
  return [subject, role, project, environment, name].join("/");
}

/** Reads `next`; what nobody was given is a place like any other. */
function placeIn(text: string): MentionRow {
  const [subject = "", role = "", project = "", environment = "", name = ""] = text.split("/");
  const roles = ["emits", "receives", "starts", "waits"] as const;
  return { subject, role: roles.find((one) => one === role) ?? "waits", project, environment, name };
}

function usePlaceIn(text: string): { readonly place: number; readonly path: string } {
  const dot = text.indexOf(".");
  return { place: Number(text.slice(0, dot)), path: text.slice(dot + 1) };
}
