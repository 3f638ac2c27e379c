import { type JsonObject, numberOf } from '../../core/json/json.ts';
import { actionOf, wordOf } from '../../core/network/network.ts';
import type { Action } from '../../model/event.ts';

/** security_control profile, enum `disposition_id`. */
const DISPOSITIONS: Readonly<Record<number, Action>> = {
  1: 'allow',
  2: 'deny',
  3: 'deny',
  4: 'deny',
  6: 'deny',
  8: 'allow',
  15: 'alert',
  19: 'alert',
  21: 'deny',
  24: 'deny',
  25: 'deny',
  26: 'deny',
};
const ACTIONS: Readonly<Record<number, Action>> = { 1: 'allow', 2: 'deny', 3: 'alert' };

/** The disposition (what became of it) before the action (what the control did); a finding without either is an alert. */
export function actionOfEvent(json: JsonObject): { action: Action; raw: string | undefined } {
  const raw = wordOf(json['disposition']) ?? wordOf(json['action']);
  const disposition = DISPOSITIONS[numberOf(json['disposition_id']) ?? -1] ?? actionOf(wordOf(json['disposition']));
  if (disposition !== 'unknown') return { action: disposition, raw };
  const action = ACTIONS[numberOf(json['action_id']) ?? -1] ?? actionOf(wordOf(json['action']));
  if (action !== 'unknown') return { action, raw };
  return { action: /^200\d$/.test(String(json['class_uid'])) ? 'alert' : 'unknown', raw };
}
