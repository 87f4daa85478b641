import type { Signal } from "@headwater/api";
import { canonicalJson } from "@headwater/workflow";
import { ServiceError } from "../../errors.js";
import { systemIds } from "../../ids.js";
import type { HistoricSignal } from "../../store/signal-history.js";
import type { NewSignal, Store } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findAudience } from "../signal-audience.js";

/** Where keys of an earlier build begin. */
const BEFORE_ENVIRONMENTS = "api:";
/** Of one that came without a key. */
const BY_SERVICE = "new:";

/** Keeps callers' keys apart from those of emissions, which name a run, and from those of others: a key is of one signal in one environment. */
function prefixOf({ environment, signal }: Pick<NewSignal, "environment" | "signal">): string {
  return `api:${environment}/${signal}:`;
}

/** Signals from outside. */
export function signalRoutes({
  store,
  clock,
  ids = systemIds,
  onSignal,
}: HttpDependencies): Pick<Handlers, "sendSignal" | "listSignals"> {
  return {
    async sendSignal({ body: { signal, environment, params, key } }) {
      const at = clock.now();
      const unique =
        key === undefined
          ? `${BY_SERVICE}${ids.next("signal", at)}`
          : `${prefixOf({ environment, signal })}${key}`;
      const heard = await findAudience(store, { signal, environment, params: [params] });
      const recorded = await store.recordSignal({
        key: unique,
        signal,
        environment,
        params,
        runId: null,
        at,
      });
      if (!recorded.isNew) await refuseOther({ key: key ?? "", params, id: recorded.id }, store);
      onSignal();
      return { ...recorded, heard };
    },
    async listSignals({ query: { limit, signal, environment, since, until, before } }) {
      const rows = await store.listSignalHistory({
        limit,
        ...(signal === undefined ? {} : { signal }),
        ...(environment === undefined ? {} : { environment }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(before === undefined ? {} : { before: placeIn(before) }),
      });
      const last = rows.at(-1);
      return {
        signals: rows.map(signalAnswer),
        next: rows.length === limit && last !== undefined ? `${last.at}.${last.id}` : null,
      };
    },
  };
}

/** A signal as the API shows it. */
export function signalAnswer({ key, ...row }: HistoricSignal): Signal {
  const prefix = [prefixOf(row), BEFORE_ENVIRONMENTS].find((one) => key.startsWith(one));
  return { ...row, key: prefix === undefined ? null : key.slice(prefix.length) };
}

/** What was sent with that key before must be what is sent now: else a signal would be lost without a word. */
async function refuseOther(
  { key, params, id }: { readonly key: string; readonly params: NewSignal["params"]; readonly id: number },
  store: Pick<Store, "findSignal">,
): Promise<void> {
  const first = await store.findSignal(id);
  if (first === null || canonicalJson(first.params) === canonicalJson(params)) return;
  throw new ServiceError(
    "signal-differs",
    `Cannot record the signal: "${key}" was recorded before, as signal ${id}, with other params. Give what is new a key of its own`,
  );
}

/** Reads `next`: when a signal was recorded, and its id. */
function placeIn(before: string): { readonly at: number; readonly id: number } {
  const [at, id] = before.split(".");
  return { at: Number(at), id: Number(id) };
}
