// Attribution cases: real captures whose processes an independent witness names. Each is a folder with network.jsonl (one flow
// a line), telemetry.* (host records; `noconn` without sockets) and truth.jsonl. Without network.jsonl the network.* files are logs
// themselves, and the truth names lines of them and the container. The program itself answers, as a user would run it.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** From here on a process counts as named, whatever the verdict is called. */
const NAMED = 0.8;

/** How the flows are told to the program: what changes must not change who is named. */
const VARIANTS = {
  plain: (flow) => alertOf(flow, flow.start),
  'skewed 4 s': (flow) => alertOf(flow, later(flow.start, 4)),
  'stamped at the end': (flow) => ({
    ...alertOf(flow, flow.end),
    flow: { start: eveTime(flow.start), end: eveTime(flow.end) },
  }),
  shuffled: (flow) => alertOf(flow, flow.start),
};

const filesIn = (folder, ...kinds) =>
  readdirSync(folder).filter((file) => kinds.some((kind) => file.startsWith(`${kind}.`)));

/** Answers of every variant of every telemetry file: `{ case, telemetry, variant, tally, wrong }`. `scratch` is emptied. */
export async function scoreCases(root, scratch, investigate) {
  const out = [];
  for (const name of readdirSync(root).sort()) {
    const folder = join(root, name);
    if (!existsSync(join(folder, 'network.jsonl'))) {
      const score = await scoreContainers({ folder, scratch, investigate });
      out.push({ case: name, telemetry: 'all of it', variant: 'as logged', ...score });
      continue;
    }
    for (const telemetry of filesIn(folder, 'telemetry'))
      for (const variant of Object.keys(VARIANTS))
        out.push({
          case: name,
          telemetry,
          variant,
          ...(await scoreOne({ folder, telemetry, variant, scratch, investigate })),
        });
  }
  return out;
}

async function scoreOne({ folder, telemetry, variant, scratch, investigate }) {
  const flows = linesOf(join(folder, 'network.jsonl'));
  if (variant === 'shuffled') flows.reverse();
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(join(scratch, 'firewall'), { recursive: true });
  mkdirSync(join(scratch, 'host'));
  const log = flows.map((flow) => `${JSON.stringify(VARIANTS[variant](flow))}\n`);
  writeFileSync(join(scratch, 'firewall', 'eve.json'), log.join(''));
  const host = join(scratch, 'host', telemetry);
  if (variant === 'shuffled') writeFileSync(host, `${readLines(join(folder, telemetry)).reverse().join('\n')}\n`);
  else copyFileSync(join(folder, telemetry), host);
  const report = await investigate({ paths: [scratch], cwd: scratch });
  const truth = new Map(linesOf(join(folder, 'truth.jsonl')).map((row) => [row.flow, row]));
  const tally = newTally();
  const wrong = [];
  for (const attribution of report.attributions) {
    const flow = flows[attribution.violation.event.ref.line - 1];
    const row = truth.get(flow.id);
    const what = judge(attribution, row);
    tally[what]++;
    if (what === 'wrong' || what === 'claimed')
      wrong.push(`${flow.id}: ${attribution.verdict}, ${attribution.reason}; truth ${JSON.stringify(row.initiator)}`);
  }
  return { tally, wrong, flows: flows.length, answers: report.attributions.length };
}

const newTally = () => ({ right: 0, wrong: 0, 'set with it': 0, 'set without': 0, unknown: 0, claimed: 0 });

/** Requests that the proxy refused: no process is known, but the container is. */
async function scoreContainers({ folder, scratch, investigate }) {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  for (const file of filesIn(folder, 'network', 'telemetry')) copyFileSync(join(folder, file), join(scratch, file));
  const report = await investigate({ paths: [scratch], cwd: scratch });
  const truth = new Map(linesOf(join(folder, 'truth.jsonl')).map((row) => [`${row.network}:${row.line}`, row]));
  const tally = newTally();
  const wrong = [];
  for (const { violation, untraced, episode, verdict, reason } of report.attributions) {
    const places = [violation.event.ref, ...violation.alsoSeen].map(({ source, line }) => `${source}:${line}`);
    const row = places.map((place) => truth.get(place)).find((found) => found !== undefined);
    const what = judgeName(untraced?.sandboxId ?? episode?.sandboxId, row);
    tally[what]++;
    if (what === 'wrong' || what === 'claimed') wrong.push(`${places[0]}: ${verdict}, ${reason}`);
  }
  return { tally, wrong, flows: report.attributions.length, answers: report.attributions.length };
}

function judgeName(named, row) {
  if (named === undefined) return 'unknown';
  if (row?.attributable !== true) return 'claimed';
  return named === row.container ? 'right' : 'wrong';
}

/** `claimed`: a process was named for a flow whose initiator left no record. */
function judge(attribution, row) {
  const set = processesOf(attribution);
  const [named] = set.length === 1 && set[0].probability >= NAMED ? set : [];
  if (row?.attributable !== true) return named === undefined ? 'unknown' : 'claimed';
  if (named !== undefined) return isOne(named.process, row) ? 'right' : 'wrong';
  if (set.length === 0) return 'unknown';
  return set.some(({ process }) => isOne(process, row)) ? 'set with it' : 'set without';
}

function processesOf({ verdict, process, probability, candidates }) {
  if (process !== undefined && ['proven', 'likely', 'not-agent'].includes(verdict)) return [{ process, probability }];
  return candidates.filter((candidate) => candidate.process !== undefined);
}

function isOne({ pid, entityId }, { initiator, acceptablePids = [] }) {
  const same = (a, b) =>
    a !== undefined && b !== undefined && b !== null && `${a}`.toLowerCase() === `${b}`.toLowerCase();
  return [initiator.pid, ...acceptablePids].some((one) => same(pid, one)) || same(entityId, initiator.processGuid);
}

function alertOf(flow, at) {
  return {
    timestamp: eveTime(at),
    event_type: 'alert',
    src_ip: flow.srcIp,
    src_port: flow.srcPort,
    dest_ip: flow.dstIp,
    dest_port: flow.dstPort,
    proto: flow.transport.toUpperCase(),
    alert: {
      action: 'blocked',
      gid: 1,
      signature_id: 9000001,
      rev: 1,
      signature: `flow ${flow.id} is not on the allow list`,
      severity: 2,
    },
  };
}

const eveTime = (iso) => iso.replace('Z', '+0000');
const later = (iso, seconds) =>
  `${new Date(Date.parse(iso) + seconds * 1000).toISOString().slice(0, 19)}${/\.\d+/.exec(iso)?.[0] ?? ''}Z`;
const readLines = (path) => readFileSync(path, 'utf8').trim().split('\n');
const linesOf = (path) => readLines(path).map((line) => JSON.parse(line));
