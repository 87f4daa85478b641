import type { Webhook } from "@headwater/workflow";

/** The webhooks that are deployed. */
export interface WebhookRows {
  /** As the commit says that is deployed in that environment; null when it has none of that name. */
  findWebhook(query: WebhookQuery): Promise<Webhook | null>;
}

export interface WebhookQuery {
  readonly project: string;
  readonly environment: string;
  readonly webhook: string;
}
