// The trials of a run. Each generates what it reads, lets the contenders alternate, and removes it again.
import { createReadStream, createWriteStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { writeNight } from '../nights/generate.mjs';
import { mixes } from '../nights/lines.mjs';
import { checkOurs, checkPeer, readTruth } from './answers.mjs';
import { cli, contendersOf, OURS, ours, PARSE, parseFloor, SCAN, TERMINAL } from './contenders.mjs';
import { alternate } from './measure.mjs';

/** Their records are no JSON: JSON.parse reads the EVE night of the same size instead. */
const TEXT = ['netfilter', 'panos', 'auditd', 'conntrack', 'ale', 'zeek'];
const GZIP = '.gz';

/** A night of which every fifth record is an alert. */
const LOUD = ' with 20 % alerts';
const LOUD_SHARE = 0.35;

export const mixNames = [...Object.keys(mixes), `eve${GZIP}`, `eve${LOUD}`];

const count = (value) => value.toLocaleString('en-US');

function makeNight({ work, note, calls }, name, options) {
  note(`${name}: generating ${options.megabytes} MB`);
  const folder = `${work}/${name}`;
  const made = writeNight({ ...options, out: folder, callsPerSandbox: calls });
  const logs = made.files.map((file) => `${folder}/${file}`);
  return { ...made, folder, log: logs[0], logs, file: made.files[0], mix: options.mix };
}

async function gzipLog(night) {
  const packed = `${night.log}${GZIP}`;
  await pipeline(createReadStream(night.log), createGzip({ level: 6 }), createWriteStream(packed));
  rmSync(night.log);
  return { ...night, log: packed, logs: [packed] };
}

function remove({ folder }) {
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.truth.jsonl`);
}

async function checkAnswers(night, contenders) {
  const truth = await readTruth(`${night.folder}.truth.jsonl`);
  const answers = {};
  for (const { name, answer } of contenders) {
    if (name === OURS) answers[name] = await checkOurs(answer, { truth, file: night.file });
    else if (![TERMINAL, SCAN, PARSE].includes(name)) answers[name] = await checkPeer(answer, truth);
    rmSync(answer);
  }
  return answers;
}

/** All contenders on one mix. */
async function mixTrial(run, name) {
  const mix = name.replace(GZIP, '').replace(LOUD, '');
  const loud = name.endsWith(LOUD) ? { alertShare: LOUD_SHARE } : {};
  const made = makeNight(run, name, { mix, megabytes: run.mb, ...loud });
  const night = name.endsWith(GZIP) ? await gzipLog(made) : made;
  const parsed = TEXT.includes(mix) ? run.reference() : night;
  const keyed = mixes[mix][0].key !== undefined;
  const contenders = contendersOf({ ...night, keyed, parsed: parsed.logs }, run.only);
  const rounds = await alternate(contenders, run.rounds, run.note);
  const answers = await checkAnswers(night, contenders);
  remove(night);
  return {
    kind: 'mix',
    mix: name,
    title: name,
    facts: `${count(night.bytes)} bytes of ${night.files.join(', ')}${night.log.endsWith(GZIP) ? ', read from gzip' : ''}, ${count(night.records)} records, ${count(night.alerts)} alerts.`,
    floor: PARSE,
    bytes: night.bytes,
    alerts: night.alerts,
    floorBytes: parsed.bytes,
    rounds,
    // A log without alerts has nothing to agree on.
    answers: night.alerts === 0 ? {} : answers,
  };
}

async function growthTrial(run) {
  const [small, large] = run.growth.map((megabytes) =>
    makeNight(run, `growth-${megabytes}`, { mix: 'eve', megabytes }),
  );
  const nameOf = (night) => `${OURS}, ${Math.round(night.bytes / 1e6)} MB`;
  const contenders = [
    parseFloor(small.logs),
    ...[small, large].map((night) => ours(night.folder, undefined, nameOf(night))),
  ];
  const rounds = await alternate(contenders, run.rounds, run.note);
  for (const night of [small, large]) remove(night);
  return {
    kind: 'growth',
    title: 'Growth with the size of the log',
    facts: `EVE nights of ${count(small.bytes)} and ${count(large.bytes)} bytes; JSON.parse reads the smaller.`,
    floor: PARSE,
    rounds,
    bytes: small.bytes,
    small: nameOf(small),
    large: nameOf(large),
    growth: large.bytes / small.bytes,
  };
}

/** Bytes of EVE that hold this many alerts when every second record of a call is one. */
const BYTES_PER_ALERT = 2000;
const SHARE_IN_CALLS = 0.577;
const RECORD_BYTES = 640;

async function violationsTrial(run) {
  const megabytes = (Math.max(...run.violations) * BYTES_PER_ALERT) / 1e6;
  const records = (megabytes * 1e6) / RECORD_BYTES;
  const nights = run.violations.map((wanted) =>
    makeNight(run, `violations-${wanted}`, {
      mix: 'eve',
      megabytes,
      alertShare: wanted / (records * SHARE_IN_CALLS),
    }),
  );
  const counts = nights.map(({ alerts }) => ({ name: `${OURS}, ${count(alerts)} violations`, alerts }));
  const contenders = [
    parseFloor(nights[0].logs),
    ...nights.map((night, i) => ours(night.folder, undefined, counts[i].name)),
  ];
  const rounds = await alternate(contenders, run.rounds, run.note);
  for (const night of nights) remove(night);
  return {
    kind: 'violations',
    title: 'Growth with the number of violations',
    facts: `EVE nights of ${megabytes} MB each.`,
    floor: PARSE,
    rounds,
    counts,
  };
}

const LAUNCHES = 10;

async function startupTrial(run) {
  const contenders = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: '--version', args: [cli, '--version'] },
    { name: '--help', args: [cli, '--help'] },
  ].map((contender) => ({ ...contender, times: LAUNCHES }));
  return {
    kind: 'startup',
    title: 'Start',
    facts: `Mean of ${LAUNCHES} launches.`,
    floor: 'node -e 0',
    rounds: await alternate(contenders, run.rounds, run.note),
  };
}

const nightA = fileURLToPath(new URL('../../../shared/nights/night-a/raw', import.meta.url));

async function sharedNightTrial(run) {
  if (!existsSync(nightA)) return undefined;
  const sizes = readdirSync(nightA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).size);
  const contenders = [{ name: 'node -e 0', args: ['-e', '0'] }, ours(nightA, undefined)];
  return {
    kind: 'night-a',
    title: 'A recorded night',
    facts: `night-a, ${sizes.length} files, ${count(sizes.reduce((a, b) => a + b, 0))} bytes.`,
    floor: 'node -e 0',
    rounds: await alternate(contenders, run.rounds, run.note),
  };
}

const parts = {
  startup: async (run) => [await startupTrial(run)],
  mixes: async (run) => {
    const trials = [];
    for (const mix of run.mixes) trials.push(await mixTrial(run, mix));
    return trials;
  },
  growth: async (run) => [await growthTrial(run)],
  violations: async (run) => [await violationsTrial(run)],
  'night-a': async (run) => [await sharedNightTrial(run)],
};

export const partNames = Object.keys(parts);

/** An EVE night of the usual size, made when it is first asked for. */
function referenceOf(settings) {
  let night;
  return () => {
    night ??= makeNight(settings, 'reference', { mix: 'eve', megabytes: settings.mb });
    return night;
  };
}

export async function runTrials(settings) {
  const run = { ...settings, reference: referenceOf(settings) };
  const trials = [];
  for (const part of run.parts) trials.push(...(await parts[part](run)));
  return trials.filter((trial) => trial !== undefined);
}
