import type { Json } from "@headwater/workflow";
import type { PreviewRow } from "../store/previews.js";
import type { DeliveryRow, HostObject } from "../store/reviews.js";
import type { Place } from "./place.js";
import type { HostEvent } from "./review-host.js";
import type { WantedObject } from "./wanted-object.js";

/** Where the pull request of a preview is. */
export type PreviewPlace = Place & { readonly host: string };

type WantedOf<Kind extends WantedObject["kind"]> = Extract<WantedObject, { readonly kind: Kind }>;

/** What the store keeps of it: it is of plain values alone, which TypeScript does not see in an interface. */
export function toKept(value: WantedObject | HostEvent): Json {
  return value as unknown as Json;
}

/** How something at a host is to look. Whatever is kept of that was made by `toKept`. */
export function wantedIn({ wanted }: Pick<HostObject, "wanted">): WantedObject {
  return wanted as unknown as WantedObject;
}

/** The same, where it is of that kind; null where there is none. */
export function wantedAs<Kind extends WantedObject["kind"]>(
  kind: Kind,
  object: Pick<HostObject, "wanted"> | null,
): WantedOf<Kind> | null {
  const wanted = object === null ? null : wantedIn(object);
  return isOfKind(kind, wanted) ? wanted : null;
}

function isOfKind<Kind extends WantedObject["kind"]>(
  kind: Kind,
  wanted: WantedObject | null,
): wanted is WantedOf<Kind> {
  return wanted?.kind === kind;
}

/** What a host has told. Whatever is kept of that was made by `toKept`. */
export function eventIn({ event }: Pick<DeliveryRow, "event">): HostEvent {
  return event as unknown as HostEvent;
}

/** Whatever is kept of that was given to `Previews.begin`. */
export function placeIn({ place }: Pick<PreviewRow, "place">): PreviewPlace {
  return place as unknown as PreviewPlace;
}
