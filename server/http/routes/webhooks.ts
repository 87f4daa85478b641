import { ServiceError } from "../../errors.js";
import { systemIds } from "../../ids.js";
import type { WebhookQuery } from "../../store/webhook-rows.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findAudience } from "../signal-audience.js";
import { webhookSignals } from "../webhook-signals.js";

/** What services of others send; who they are was checked before their body was parsed. */
export function webhookRoutes({
  store,
  clock,
  ids = systemIds,
  onSignal,
}: HttpDependencies): Pick<Handlers, "receiveWebhook"> {
  return {
    async receiveWebhook({ params, query, body }, { header }) {
      const webhook = await store.findWebhook({ ...params, ...query });
      if (webhook === null) throw noWebhook({ ...params, ...query });
      const at = clock.now();
      const { signal } = webhook;
      const { environment } = query;
      const sent = webhookSignals(webhook, body, header);
      const heard = await findAudience(store, { signal, environment, params: sent.map((one) => one.params) });
      // All in this turn, so that the store writes all or none: those of half a delivery would be recorded again with the next try.
      const recorded = sent.map(({ params: values, key }) =>
        store.recordSignal({
          key:
            key === null
              ? `new:${ids.next("signal", at)}`
              : `webhook:${environment}/${params.project}/${params.webhook}:${key}`,
          signal,
          environment,
          params: values,
          runId: null,
          at,
        }),
      );
      const signals = await Promise.all(recorded);
      onSignal();
      return { signals, heard };
    },
  };
}

/** Where there is no such webhook. */
export function noWebhook({ project, environment, webhook }: WebhookQuery): ServiceError {
  return new ServiceError(
    "not-found",
    `Cannot find the webhook "${webhook}": the commit that is deployed in ${environment} of "${project}" declares none of that name`,
  );
}
