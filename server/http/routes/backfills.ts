import type { Backfill, ParsedRequest, Routes } from "@headwater/api";
import type { BackfillReport, BackfillRequest } from "../../triggers/backfills/backfills.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

type BackfillHandlers = Pick<
  Handlers,
  "createBackfill" | "previewBackfill" | "listBackfills" | "getBackfill" | "actOnBackfill"
>;

/** Backfills: runs for slots of the past, or for many params. */
export function backfillRoutes({ backfills }: HttpDependencies): BackfillHandlers {
  return {
    createBackfill: async ({ body }) => answerOf(await backfills.create(requestOf(body))),
    async previewBackfill({ body: { after, limit, ...asked } }) {
      const { row, skipped, items, next } = await backfills.preview(requestOf(asked), { after, limit });
      return { total: row.total, maxParallel: row.maxParallel, skipped, items, next };
    },
    async listBackfills({ query: { environment, limit, project, workflow, before } }) {
      const reports = await backfills.list({
        environment,
        limit,
        ...(project === undefined ? {} : { project }),
        ...(workflow === undefined ? {} : { workflow }),
        ...(before === undefined ? {} : { before }),
      });
      const last = reports.at(-1);
      return {
        backfills: reports.map(answerOf),
        next: reports.length === limit && last !== undefined ? last.row.id : null,
      };
    },
    getBackfill: async ({ params }) => answerOf(await backfills.find(params.id)),
    actOnBackfill: async ({ params, body: { action, ...actor } }) =>
      answerOf(await backfills.act(params.id, action, actor)),
  };
}

type Asked = ParsedRequest<Routes["createBackfill"]>["body"];

function requestOf({ project, environment, workflow, from, to, ...asked }: Asked): BackfillRequest {
  const isOfSlots = from !== undefined || to !== undefined;
  return {
    ...asked,
    key: { project, environment, workflow },
    slots: isOfSlots ? { from: from ?? "", to: to ?? "" } : null,
    requestId: asked.requestId ?? null,
    choices: asked.choices ?? null,
    list: asked.list ?? null,
    maxParallel: asked.maxParallel ?? null,
  };
}

function answerOf({ row, counts, waiting, endsAt }: BackfillReport): Backfill {
  const { selection, binding, cursor: _cursor, ...shown } = row;
  const {
    from,
    before,
    timezone = null,
  } = selection.kind === "slots" ? selection : { from: null, before: null, timezone: null };
  const { versionId, commit } = binding.kind === "then" ? { versionId: null, commit: null } : binding;
  return {
    ...shown,
    of: selection.kind,
    from,
    before,
    timezone,
    version: binding.kind,
    branch: binding.kind === "branch" ? binding.branch : null,
    versionId,
    commit,
    counts: { ...counts },
    waiting,
    endsAt,
  };
}
