import { systemIds } from "../../ids.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** Signals from outside. */
export function signalRoutes({
  store,
  clock,
  ids = systemIds,
  onSignal,
}: HttpDependencies): Pick<Handlers, "sendSignal"> {
  return {
    async sendSignal({ body: { signal, params, key } }) {
      const at = clock.now();
      // The prefix keeps callers' keys apart from those of emissions, which name a run.
      const unique = `api:${key ?? ids.next("signal", at)}`;
      const id = await store.recordSignal({ key: unique, signal, params, runId: null, at });
      onSignal();
      return { id };
    },
  };
}
