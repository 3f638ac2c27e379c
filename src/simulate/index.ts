import { FAMILIES } from './families.ts';
import { createRandom, type Random } from './random.ts';
import type { Skew } from './skew.ts';
import { type Chunk, type Sandbox, World } from './world.ts';

export interface NightOptions {
  readonly seed: number;
  /** All families when empty. */
  readonly families: readonly string[];
  /** Scenes to play, one or two episodes each. */
  readonly episodes?: number;
  /** Records to write at least, instead of a number of scenes. */
  readonly records?: number;
  /** How the machines' clocks lie, instead of what the families ask for. */
  readonly skews?: ReadonlyMap<string, Skew>;
}

export const familyNames: readonly string[] = Object.keys(FAMILIES);

/** 2026-11-23T17:00:00Z. */
const T0 = 1_795_453_200;
/** The longest time for which a scene still writes records. */
const DEFAULT_SCENES = 40;

/** Writes one night piece by piece: the same options give the same bytes, and memory does not grow with the night. */
export function* simulateNight(options: NightOptions): Generator<Chunk> {
  const random = createRandom(options.seed);
  const world = new World(random, T0);
  const names = options.families.length > 0 ? options.families : familyNames;
  for (const [clock, skew] of options.skews ?? lyingClocks(names, random)) world.skews.set(clock, skew);
  yield { file: 'inputs/inventory.json', text: inventory(world) };
  yield { file: 'skews.json', text: `${JSON.stringify(skewsOf(world), null, 1)}\n` };
  const enough = (scenes: number): boolean =>
    options.records === undefined ? scenes >= (options.episodes ?? DEFAULT_SCENES) : world.records >= options.records;
  let t = T0 + 2;
  for (let scene = 0; !enough(scene); scene++) {
    const family = names[scene % names.length] ?? '';
    const play = FAMILIES[family];
    if (play === undefined) throw new RangeError(`no such family: ${family}`);
    const sandbox = earliest(world.sandboxes.filter(({ host }) => host.telemetry));
    const other = earliest(world.sandboxes.filter((box) => box.host.telemetry && box !== sandbox));
    const blind = earliest(world.sandboxes.filter(({ host }) => !host.telemetry));
    t = Math.max(t + 1 + random.next() * 5, sandbox.freeAt);
    play({ world, t, family, sandbox, other, blind });
    if (scene % 32 === 31) yield* world.settle(t);
  }
  yield* world.settle(Number.POSITIVE_INFINITY);
}

function earliest(list: readonly Sandbox[]): Sandbox {
  const first = list.reduce((best, box) => (box.freeAt < best.freeAt ? box : best));
  return first;
}

/** Which clocks lie on a night with these families. */
function lyingClocks(names: readonly string[], random: Random): Map<string, Skew> {
  const out = new Map<string, Skew>();
  const sign = (): number => (random.next() < 0.5 ? -1 : 1);
  const size = (most: number): number => Math.round(sign() * (0.3 + random.next() * (most - 0.3)) * 1000) / 1000;
  if (names.includes('wrong-zone')) out.set('edge-fw', { offsetS: sign() * 3600 * random.between(1, 12), driftPpm: 0 });
  if (names.includes('drift')) out.set('train-02', { offsetS: size(5), driftPpm: sign() * random.between(20, 200) });
  if (names.includes('clock-step'))
    out.set('train-01', { offsetS: size(3), driftPpm: 0, stepAtS: random.between(60, 400), stepS: size(30) });
  return out;
}

function skewsOf(world: World): object {
  const skews = Object.entries(Object.fromEntries(world.skews)).map(([name, skew]) => [
    name,
    {
      offset_s: skew.offsetS,
      drift_ppm: skew.driftPpm,
      ...(skew.stepAtS === undefined ? {} : { step_at_s: skew.stepAtS, step_s: skew.stepS }),
    },
  ]);
  return { clocks: Object.fromEntries(skews), t0_epoch: world.t0 };
}

function inventory({ hosts, sandboxes }: World): string {
  const servers = hosts.map(({ name, lanIp, net }) => ({
    host: name,
    lan_ip: lanIp,
    sandbox_net: `${net}0/24`,
    infra_uid: 20_101,
  }));
  const boxes = sandboxes.map(({ id, host, ip }) => ({ id, server: host.name, ip }));
  const firewall = { host: 'edge-fw', outside_ip: '198.51.100.1', inside_ip: '10.70.0.1' };
  const services = { proxy: '10.77.0.3:3128', dns: '10.77.0.53', metadata: '169.254.169.254' };
  return `${JSON.stringify({ servers, firewall, ...services, sandboxes: boxes }, null, 1)}\n`;
}
