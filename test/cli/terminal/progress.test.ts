import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CommonFlags } from '../../../src/cli/command-line/flags.ts';
import { UsageError } from '../../../src/cli/command-line/usage-error.ts';
import { clocksCommand } from '../../../src/cli/commands/clocks.ts';
import { explainCommand } from '../../../src/cli/commands/explain.ts';
import { inspectCommand } from '../../../src/cli/commands/inspect.ts';
import { timelineCommand } from '../../../src/cli/commands/timeline.ts';
import { watchReading } from '../../../src/cli/terminal/progress.ts';
import type { Progress } from '../../../src/model/run-options.ts';
import { investigate } from '../../../src/pipeline.ts';

const inputs = join(import.meta.dirname, '../../../fixtures/rome/inputs');
const wasTerminal = process.stderr.isTTY;

/** What is written to a terminal's stderr while the bundled run is read as a log longer than memory. */
async function watched(isTTY: boolean): Promise<string> {
  process.stderr.isTTY = isTTY;
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const { onProgress, onFinding, done } = watchReading(false);
  await investigate({ paths: [inputs], cwd: inputs, memoryBytes: 0, onProgress, onFinding });
  done();
  return text;
}

afterEach(() => {
  vi.restoreAllMocks();
  process.stderr.isTTY = wasTerminal;
});

describe('while long logs are read', () => {
  it('a terminal shows each place with its first record, once', async () => {
    const text = await watched(true);
    const lines = text.split('\n').filter((line) => line.includes('cryptomining  '));
    expect(lines.some((line) => /cryptomining {2}203\.0\.113\.90 {2}\S+:\d+$/.test(line))).toBe(true);
    expect(new Set(lines).size).toBe(lines.length);
    expect(text).toContain('more places are counted below');
  });

  it('it is told what the run is at, to the last violation', async () => {
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    const { attributions } = await investigate({ paths: [inputs], cwd: inputs, memoryBytes: 0, onProgress });
    const stages = [...new Set(seen.map(({ stage }) => stage))];
    expect(stages.filter((stage) => stage !== 'reading-again')).toEqual(['reading', 'answering']);
    const answering = seen.flatMap((one) => (one.stage === 'answering' ? [one] : []));
    const violations = attributions.length;
    expect(answering[0]).toEqual({ stage: 'answering', weighed: 0, violations: undefined });
    expect(answering.slice(1).map(({ weighed }) => weighed)).toEqual(attributions.map((_, n) => n));
    expect(new Set(answering.slice(1).map((one) => one.violations))).toEqual(new Set([violations]));
  });

  it('what begins is shown at once, what goes on every now and then', () => {
    process.stderr.isTTY = true;
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const { onProgress } = watchReading(false);
    now.mockReturnValue(3_000);
    onProgress({ stage: 'reading', readBytes: 4e6, totalBytes: 8e6 });
    onProgress({ stage: 'reading', readBytes: 5e6, totalBytes: 8e6 });
    onProgress({ stage: 'reading-again', path: 'a\u001b.log', lines: 12_345 });
    onProgress({ stage: 'answering', weighed: 0, violations: undefined });
    now.mockReturnValue(3_300);
    onProgress({ stage: 'answering', weighed: 1_500, violations: 41_000 });
    expect(written.map((text) => text.replace('\r\u001b[K', ''))).toEqual([
      '4.0 of 8.0 MB read, 2.0 MB/s, 2 s left',
      expect.stringMatching(/^12,345 lines of a\S+\.log read again$/),
      'all read; clocks and records are put together',
      'all read; 1,500 of 41,000 violations weighed',
    ]);
    expect(written.join('')).not.toContain('a\u001b');
  });

  it('a line stays on one line of the terminal, and a dumb one shows none', () => {
    const { columns, isTTY } = process.stderr;
    const { TERM: term } = process.env;
    const shown = (path: string): string => {
      let text = '';
      vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
        text += String(chunk);
        return true;
      });
      const { onProgress } = watchReading(false);
      vi.spyOn(performance, 'now').mockReturnValue(1e9);
      onProgress({ stage: 'unpacking', path, bytes: 2_000_000 });
      vi.restoreAllMocks();
      return text.replace('\r\u001b[K', '');
    };
    try {
      process.stderr.isTTY = true;
      process.stderr.columns = 40;
      expect(shown('night.tgz')).toBe('unpacking: 2.0 MB of night.tgz');
      expect(shown('a/very/long/path/to/the/night.tgz')).toBe('unpacking: 2.0 MB of a/very/long/path/…');
      process.env['TERM'] = 'dumb';
      expect(shown('night.tgz')).toBe('');
    } finally {
      Object.assign(process.stderr, { columns, isTTY });
      process.env['TERM'] = term ?? '';
    }
  });

  it('a file or a pipe shows nothing', async () => {
    expect(await watched(false)).toBe('');
  });
});

describe('commands that are asked for something else', () => {
  it.each([
    ['timeline', timelineCommand],
    ['clocks', clocksCommand],
    ['inspect', inspectCommand],
    ['explain', (paths: readonly string[], flags: CommonFlags) => explainCommand('v-none', paths, flags)],
  ])('%s: a terminal shows how far the reading is, and no findings', async (_, command) => {
    process.stderr.isTTY = true;
    let text = '';
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
    const flags = { redact: true, failOn: 'likely', minCoverage: 0.9 } as const;
    const ended = await command([inputs], flags).catch((error: unknown) => error);
    expect([0, 1].includes(ended as number) || ended instanceof UsageError).toBe(true);
    expect(text).toMatch(/[\d.]+ of [\d.]+ MB read/);
    expect(text).not.toContain('cryptomining');
  });
});

describe('a run that is stopped', () => {
  it('answers from what was read, and is not covered', async () => {
    const controller = new AbortController();
    const report = await investigate({
      paths: [inputs],
      cwd: inputs,
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.stage === 'reading' && progress.readBytes > progress.totalBytes / 3) controller.abort();
      },
    });
    expect(report.problems.map(({ code, severity }) => `${code} ${severity}`)).toContain('stopped error');
    expect(report.inputs.some(({ note }) => note === 'not read: the run was stopped before')).toBe(true);
    expect(report.inputs.some(({ records }) => records.decoded > 0)).toBe(true);
    expect(report.coverage).toBeGreaterThan(0);
    expect(report.coverage).toBeLessThan(0.9);
  });
});
