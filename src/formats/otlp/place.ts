import { type Attributes, namesOf, textNamed } from './attributes.ts';

/** Sandbox and container that attributes name. */
export interface Place {
  readonly sandboxId: string | undefined;
  readonly containerId: string | undefined;
}

const SANDBOX = namesOf(
  'rock.sandbox.id',
  'sandbox.id',
  'sandbox_id',
  'rl.sandbox_id',
  'rl.sandbox.id',
  'k8s.pod.name',
);
const CONTAINER = namesOf('container.id');

export function placeIn(attributes: Attributes): Place {
  return { sandboxId: textNamed(attributes, SANDBOX), containerId: textNamed(attributes, CONTAINER) };
}

/** What a span or log entry says itself, else what its resource says. */
export function placeOf({
  attributes,
  resource,
}: {
  readonly attributes: Attributes;
  readonly resource: { readonly place: Place };
}): Place {
  const { sandboxId, containerId } = resource.place;
  return {
    sandboxId: textNamed(attributes, SANDBOX) ?? sandboxId,
    containerId: textNamed(attributes, CONTAINER) ?? containerId,
  };
}
