import { ecs, ecsAll } from '../../core/json/ecs.ts';
import type { JsonObject } from '../../core/json/json.ts';
import { actionOf, wordOf } from '../../core/network/network.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';

/** `event.type` denied or allowed is the verdict; an alert that was not denied stays an alert. */
export function actionOfDocument(document: JsonObject): Action {
  const types = ecsAll(document, 'event.type');
  if (types.includes('denied')) return 'deny';
  const word = actionOfWords(wordOf(ecs(document, 'event.action')));
  if (ecs(document, 'event.kind') === 'alert') return word === 'deny' ? 'deny' : 'alert';
  return types.includes('allowed') ? 'allow' : word;
}

/** Actions are compound words: `flow_denied`, `connection-dropped`. */
function actionOfWords(text: string | undefined): Action {
  for (const word of text?.split(/[\s_-]+/) ?? []) {
    const action = actionOf(word);
    if (action !== 'unknown') return action;
  }
  return 'unknown';
}

export function typeOfDocument(document: JsonObject): NetworkEvent['type'] {
  if (ecs(document, 'event.kind') === 'alert') return 'alert';
  if (ecsAll(document, 'event.category').includes('intrusion_detection')) return 'alert';
  if (ecs(document, 'dns.question.name') !== undefined) return 'dns';
  if (ecs(document, 'http.request.method') !== undefined) return 'http';
  return 'flow';
}
