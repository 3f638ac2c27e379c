import { digestOf } from '../../core/digest.ts';

/** Trainers repeat one prompt for every member of its group, and dump the prompt but seldom the group's name. */
export function promptGroup(prompt: unknown): string | undefined {
  return typeof prompt === 'string' && prompt !== '' ? `prompt:${digestOf(prompt, 12)}` : undefined;
}
