// Holds answers against the truth of a night.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

async function eachLine(path, each) {
  for await (const line of createInterface({ input: createReadStream(path) })) if (line !== '') each(line);
}

/** The truth of a night by line of the log and by the log's own key. */
export async function readTruth(path) {
  const truth = { byLine: new Map(), byKey: new Map() };
  await eachLine(path, (text) => {
    const { line, key, episode, call } = JSON.parse(text);
    const name = `${episode}\t${call}`;
    truth.byLine.set(line, name);
    if (key !== undefined) truth.byKey.set(key, name);
  });
  return truth;
}

/** A peer must give every alert exactly one episode and call, the right one, and no other alert. */
export async function checkPeer(path, truth) {
  const seen = new Set();
  const score = { alerts: truth.byKey.size, right: 0, wrong: 0, missing: 0 };
  await eachLine(path, (text) => {
    const tab = text.indexOf('\t');
    const key = text.slice(0, tab);
    if (truth.byKey.get(key) === text.slice(tab + 1) && !seen.has(key)) score.right++;
    else score.wrong++;
    seen.add(key);
  });
  for (const key of truth.byKey.keys()) if (!seen.has(key)) score.missing++;
  return score;
}

const nameOf = (answer) => `${answer?.episode?.id ?? answer?.episode}\t${answer?.toolCall?.id ?? answer?.toolCall}`;

function countedIn(problems) {
  const { message } = problems.find(({ code }) => code === 'folded') ?? { message: '0' };
  return Number.parseInt(message, 10);
}

/**
 * egressblame may abstain where time and lease alone do not decide, but its first candidate must be the right one, and a
 * name that it gives (proven or likely) must never be another. `wrong` counts breaches of either. `counted`: records of one kind
 * that share an answer as far as the same calls ran, because there were too many to weigh each.
 */
export async function checkOurs(path, { truth, file }) {
  const score = { alerts: truth.byLine.size, right: 0, wrong: 0, missing: 0, counted: 0, named: 0 };
  const seen = new Set();
  await eachLine(path, (text) => {
    if (text.startsWith('{"record":"run"')) score.counted = countedIn(JSON.parse(text).problems);
    if (!text.startsWith('{"record":"attribution"')) return;
    const record = JSON.parse(text);
    const named = record.verdict === 'proven' || record.verdict === 'likely';
    const [top] = record.candidates;
    for (const ref of [record.violation.source, ...record.violation.alsoSeen]) {
      if (ref.path.replace(/\.gz$/, '') !== file) continue;
      const expected = truth.byLine.get(ref.line);
      const wrongName = named && nameOf(record) !== expected;
      if (named) score.named++;
      if (!wrongName && expected !== undefined && nameOf(top ?? record) === expected) score.right++;
      else score.wrong++;
      seen.add(ref.line);
    }
  });
  for (const line of truth.byLine.keys()) if (!seen.has(line)) score.missing++;
  return score;
}
