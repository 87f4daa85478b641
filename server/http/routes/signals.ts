import type { Signal } from "@headwater/api";
import { systemIds } from "../../ids.js";
import type { HistoricSignal } from "../../store/signal-history.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** Keeps callers' keys apart from those of emissions, which name a run. */
const BY_CALLER = "api:";
/** Of one that came without a key. */
const BY_SERVICE = "new:";

/** Signals from outside. */
export function signalRoutes({
  store,
  clock,
  ids = systemIds,
  onSignal,
}: HttpDependencies): Pick<Handlers, "sendSignal" | "listSignals"> {
  return {
    async sendSignal({ body: { signal, params, key } }) {
      const at = clock.now();
      const unique = key === undefined ? `${BY_SERVICE}${ids.next("signal", at)}` : `${BY_CALLER}${key}`;
      const recorded = await store.recordSignal({ key: unique, signal, params, runId: null, at });
      onSignal();
      return recorded;
    },
    async listSignals({ query: { limit, signal, since, until, before } }) {
      const rows = await store.listSignalHistory({
        limit,
        ...(signal === undefined ? {} : { signal }),
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
  return { ...row, key: key.startsWith(BY_CALLER) ? key.slice(BY_CALLER.length) : null };
}

/** Reads `next`: when a signal was recorded, and its id. */
function placeIn(before: string): { readonly at: number; readonly id: number } {
  const [at, id] = before.split(".");
  return { at: Number(at), id: Number(id) };
}
