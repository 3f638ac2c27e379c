import type { JsonObject } from '../../core/json.ts';
import { actionOf, wordOf } from '../../core/network.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';
import { ecs, ecsAll } from './fields.ts';

/** `event.type` denied or allowed is the verdict; an alert that was not denied stays an alert. */
export function actionOfDocument(document: JsonObject): Action {
  const types = ecsAll(document, 'event.type');
  if (types.includes('denied')) return 'deny';
  const word = actionOf(wordOf(ecs(document, 'event.action')));
  if (ecs(document, 'event.kind') === 'alert') return word === 'deny' ? 'deny' : 'alert';
  return types.includes('allowed') ? 'allow' : word;
}

export function typeOfDocument(document: JsonObject): NetworkEvent['type'] {
  if (ecs(document, 'event.kind') === 'alert') return 'alert';
  if (ecsAll(document, 'event.category').includes('intrusion_detection')) return 'alert';
  if (ecs(document, 'dns.question.name') !== undefined) return 'dns';
  if (ecs(document, 'http.request.method') !== undefined) return 'http';
  return 'flow';
}
