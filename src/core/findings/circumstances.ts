import type { Incident } from '../../model/attribution.ts';
import type { GpuTime, GpuUse, Likeness, Recurrence, Requested } from '../../model/circumstance.ts';
import type { Micros } from '../../model/time.ts';
import { formatIso } from '../time/time.ts';

/** A label where each row begins with a capital. */
export function titleOf(label: string): string {
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}

/** The circumstances of an incident in words, with their labels; nothing for those that nobody asked about. */
export function circumstancesOf(incident: Incident): readonly (readonly [label: string, says: string])[] {
  const { requested, recurrence, gpu } = incident;
  const rows: (readonly [string, string])[] = [];
  if (requested !== undefined && incident.episode !== undefined) rows.push(['asked for', requestedText(requested)]);
  if (recurrence !== undefined) rows.push(['recurs', recurrenceText(recurrence)]);
  if (gpu !== undefined && incident.episode !== undefined) rows.push(['GPU time', gpuText(gpu)]);
  return rows;
}

function requestedText({ answer, says }: Requested): string {
  const words = { requested: 'requested', 'not-requested': 'not requested', unknown: 'unknown' };
  return `${words[answer]}: ${says}`;
}

const LIKENESS: Readonly<Record<Likeness, string>> = {
  destination: 'same destination',
  'command-shape': 'same command shape',
  task: 'same task',
};

function recurrenceText({ answer, earlier, reports }: Recurrence): string {
  if (answer === 'new') return `new: nothing like it in ${reports} earlier ${reports === 1 ? 'night' : 'nights'}`;
  const named = earlier
    .slice(0, 3)
    .map(({ report, incident, same }) => `${incident} of ${report} (${same.map((one) => LIKENESS[one]).join(', ')})`);
  const more = earlier.length > 3 ? ` and ${earlier.length - 3} more` : '';
  return `${answer === 'similar' ? 'similar to' : 'seen before:'} ${named.join('; ')}${more}`;
}

function gpuText(gpu: GpuTime): string {
  if (gpu.answer === 'unknown') return `unknown: ${gpu.says}`;
  const uses = gpu.uses.map(useText).join('; ');
  return gpu.uses.length === 1 ? uses : `${hours(gpu.gpuHours)} in all; ${uses}`;
}

function useText({ host, device, from, to, utilisation, gpuHours, basis }: GpuUse): string {
  const [low, high] = utilisation.map((share) => Math.round(share * 100));
  const load = low === high ? `${low} %` : `${low}-${high} %`;
  const of = basis === 'process' ? ', its own process' : ', load of the whole card';
  return `GPU ${device}${host === undefined ? '' : ` of ${host}`}: ${minutes(to - from)} at ${load}, ${hours(gpuHours)}, from ${second(from)} to ${second(to)}${of}`;
}

/** Samples are seconds apart. */
function second(at: Micros): string {
  return `${formatIso(at).slice(0, 19)}Z`;
}

function minutes(us: number): string {
  const seconds = us / 1e6;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function hours([atLeast, atMost]: readonly [number, number]): string {
  const [low, high] = [atLeast.toFixed(2), atMost.toFixed(2)];
  return low === high ? `${low} GPU-hours` : `${low} to ${high} GPU-hours`;
}
