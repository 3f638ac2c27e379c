// Scores attribution against truth, next to three naive baselines, and prints the table of the README.
// `npm run accuracy` scores the bundled nights and, when they are there, the nights under ../shared/nights.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findMentions } from '../dist/core/network/decode-text.js';
import { investigate } from '../dist/pipeline.js';
import { gather } from '../dist/reading/gather.js';

const root = new URL('..', import.meta.url).pathname;

function nights() {
  const out = [];
  for (const name of ['night', 'rome'])
    out.push({
      name: `fixtures/${name}`,
      inputs: `${root}fixtures/${name}/inputs`,
      truth: [`${root}fixtures/${name}/truth.jsonl`, `${root}fixtures/${name}/truth.jsonl.gz`],
    });
  const shared = `${root}../shared/nights`;
  for (const night of existsSync(shared) ? readdirSync(shared).sort() : []) {
    for (const variant of ['raw', 'skewed']) {
      if (existsSync(`${shared}/${night}/${variant}`))
        out.push({
          name: `${night}/${variant}`,
          inputs: `${shared}/${night}/${variant}`,
          truth: [`${shared}/${night}/truth/truth.jsonl`],
        });
    }
  }
  return out;
}

function readTruth(paths) {
  const path = paths.find((candidate) => existsSync(candidate));
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const keyOf = (path, line) => `${path.replace(/\.(gz|zst)$/, '')}:${line}`;

/** One answer per record: {verdict, episode, call}. */
function ours(report) {
  const answers = new Map();
  for (const { violation, verdict, episode, toolCall } of report.attributions) {
    const named = verdict === 'proven' || verdict === 'likely';
    for (const ref of [violation.event.ref, ...violation.alsoSeen])
      answers.set(keyOf(ref.source, ref.line), {
        verdict,
        episode: named ? episode?.id : undefined,
        call: named ? toolCall?.id : undefined,
      });
  }
  return answers;
}

function baselines(store, report) {
  const calls = [...store.calls]
    .filter((call) => call.start !== undefined)
    .map((call) => ({
      id: call.callId ?? String(call.index),
      episode: call.episodeId,
      start: call.start,
      end: call.end ?? call.start,
      mentions: new Set(
        findMentions(`${call.command ?? ''} ${call.argumentsText ?? ''}`).map((mention) => mention.value),
      ),
    }));
  calls.sort((a, b) => a.start - b.start);
  const rules = {
    'time containment': (at) => only(calls.filter((call) => at >= call.start && at <= call.end)),
    'newest wins': (at) => calls.filter((call) => call.start <= at).at(-1),
    'any signal': (at, event) =>
      calls
        .filter(
          (call) =>
            call.start <= at &&
            [event.dst?.ip, event.dst?.domain, event.dns?.name, event.name].some(
              (value) => value !== undefined && call.mentions.has(value),
            ),
        )
        .at(-1),
  };
  const out = {};
  for (const [name, rule] of Object.entries(rules)) {
    const answers = new Map();
    for (const { violation } of report.attributions) {
      const { event } = violation;
      const call = rule(event.time.at, event);
      const answer =
        call === undefined ? { verdict: 'unattributed' } : { verdict: 'likely', episode: call.episode, call: call.id };
      for (const ref of [event.ref, ...violation.alsoSeen]) answers.set(keyOf(ref.source, ref.line), answer);
    }
    out[name] = answers;
  }
  return out;
}

function only(list) {
  const ids = new Set(list.map((call) => `${call.episode}|${call.id}`));
  return ids.size === 1 ? list[0] : undefined;
}

function score(truth, answers) {
  const sum = {
    records: truth.length,
    found: 0,
    agent: 0,
    right: 0,
    outlived: 0,
    outlivedRight: 0,
    wrong: 0,
    infra: 0,
    infraRight: 0,
  };
  for (const row of truth) {
    const answer = answers.get(keyOf(row.file, row.line));
    if (answer !== undefined) sum.found++;
    const untraced = row.episode_id === undefined || row.episode_id === null;
    if (row.cause === 'tool_call' && !untraced) {
      sum.agent++;
      const right = answer?.episode === row.episode_id && answer?.call === row.tool_call_id;
      if (right) sum.right++;
      if (answer?.episode !== undefined && answer.episode !== row.episode_id) sum.wrong++;
      if (row.outlived_episode) {
        sum.outlived++;
        if (right) sum.outlivedRight++;
      }
    } else {
      sum.infra++;
      if (answer?.episode !== undefined) sum.wrong++;
      else if (answer?.verdict === 'not-agent' || row.pid === undefined) sum.infraRight++;
    }
  }
  return sum;
}

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const rows = [];
for (const night of nights()) {
  const options = { paths: [night.inputs], cwd: root };
  const report = await investigate(options);
  const { store } = await gather(options, 'all');
  const truth = readTruth(night.truth);
  for (const [name, answers] of Object.entries({ egressblame: ours(report), ...baselines(store, report) })) {
    const s = score(truth, answers);
    rows.push([
      night.name,
      name,
      `${s.found}/${s.records}`,
      percent(s.right, s.agent),
      percent(s.outlivedRight, s.outlived),
      percent(s.wrong, s.records),
      percent(s.infraRight, s.infra),
    ]);
  }
}
const header = [
  'night',
  'who answers',
  'records found',
  'right tool call',
  'right after the episode ended',
  'false blame',
  'infrastructure cleared',
];
for (const row of [header, header.map(() => '---'), ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`);
