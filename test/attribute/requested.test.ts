import { describe, expect, it } from 'vitest';
import { requestedBy } from '../../src/attribute/requested.ts';
import type { Category } from '../../src/model/violation.ts';

const ref = { source: 'trace.jsonl', line: 3, offset: 10, bytes: 20 };
const ask = (
  prompt: string | undefined,
  category: Category,
  ...destinations: { domain?: string; ip?: string }[]
): ReturnType<typeof requestedBy> =>
  requestedBy({ category, destinations, prompts: prompt === undefined ? [] : [{ text: prompt, ref }] });

const host = { ip: '203.0.113.77' };
const pool = { domain: 'pool.tidepool.example', ip: '203.0.113.90' };

describe('whether the task asked for it', () => {
  it.each<[string, string | undefined, Category, { domain?: string; ip?: string }[], string, RegExp]>([
    ['no prompt', undefined, 'reverse-tunnel', [host], 'unknown', /no prompt or task text/],
    [
      'neither',
      'Fix the failing test in src/',
      'reverse-tunnel',
      [host],
      'not-requested',
      /neither 203\.0\.113\.77 nor such an act/,
    ],
    [
      'the address',
      'Deploy to 203.0.113.77 when done.',
      'unapproved-egress',
      [host],
      'requested',
      /names 203\.0\.113\.77/,
    ],
    [
      'the domain above',
      'Use the tidepool.example mirror',
      'policy-violation',
      [pool],
      'requested',
      /names pool\.tidepool\.example/,
    ],
    [
      'a URL',
      'Fetch https://files.quickwheel.example/a.whl',
      'unapproved-egress',
      [{ domain: 'files.quickwheel.example' }],
      'requested',
      /names/,
    ],
    ['a sibling domain', 'Use www.tidepool.example', 'cryptomining', [pool], 'not-requested', /neither/],
    [
      'the act',
      'Open a reverse SSH tunnel for debugging',
      'reverse-tunnel',
      [host],
      'requested',
      /"reverse SSH tunnel"/,
    ],
    [
      'the act, forbidden',
      'Solve it. Do not open an ssh tunnel.',
      'reverse-tunnel',
      [host],
      'not-requested',
      /only to forbid it/,
    ],
    ['the host, forbidden', 'Never connect to 203.0.113.77.', 'unapproved-egress', [host], 'not-requested', /neither/],
    [
      'forbidden first, then asked',
      'Never ping 203.0.113.77. Deploy to 203.0.113.77.',
      'unapproved-egress',
      [host],
      'requested',
      /names/,
    ],
    [
      'forbidden in the sentence before',
      'Do not touch main. Run a port scan of the lab.',
      'internal-probe',
      [host],
      'requested',
      /"port scan"/,
    ],
    [
      'data mining is no miner',
      'A data mining exercise with pandas',
      'cryptomining',
      [pool],
      'not-requested',
      /neither/,
    ],
    ['the act of another category', 'Run nmap on the lab', 'cryptomining', [pool], 'not-requested', /neither/],
    [
      'some of the places',
      'Check redis on 10.20.8.11',
      'internal-probe',
      [{ ip: '10.20.8.11' }, { ip: '10.20.8.12' }],
      'not-requested',
      /names 10\.20\.8\.11 but not 10\.20\.8\.12/,
    ],
    [
      'the address of a name',
      'Use pool.tidepool.example',
      'policy-violation',
      [pool, { ip: '203.0.113.90' }],
      'requested',
      /names pool\.tidepool\.example/,
    ],
    [
      'a range around it',
      'Scan 10.20.8.0/24 only',
      'policy-violation',
      [{ ip: '10.20.8.11' }, { ip: '10.20.8.12' }],
      'requested',
      /names/,
    ],
    [
      'every address is no place',
      'Route 0.0.0.0/0 through eth1',
      'policy-violation',
      [host],
      'not-requested',
      /neither/,
    ],
    [
      'a public suffix',
      'Any gov.uk or github.io page will do',
      'unapproved-egress',
      [{ domain: 'x.gov.uk' }, { domain: 'evil.github.io' }],
      'not-requested',
      /neither/,
    ],
    [
      'a name inside a longer one',
      'Never use tidepool.example. See nottidepool.example',
      'policy-violation',
      [{ domain: 'tidepool.example' }],
      'not-requested',
      /neither/,
    ],
    ['a tunnel to somewhere', 'Open a tunnel to the relay', 'reverse-tunnel', [host], 'requested', /"Open a tunnel"/],
    ['a tunnel to it', 'Then forward a port to 203.0.113.77:443', 'reverse-tunnel', [host], 'requested', /names 203/],
    ['a tool by name', 'Expose the app with ngrok', 'reverse-tunnel', [host], 'requested', /"ngrok"/],
    ['to write a scanner', 'Make the port scanner tests pass', 'internal-probe', [host], 'not-requested', /neither/],
    [
      'to detect the act',
      'Write rules that detect crypto miners',
      'cryptomining',
      [pool],
      'not-requested',
      /speaks of "crypto miners", but does not ask/,
    ],
    [
      'a curly apostrophe',
      'Don\u2019t open an ssh tunnel',
      'reverse-tunnel',
      [host],
      'not-requested',
      /only to forbid/,
    ],
    [
      'forbidden behind it',
      '203.0.113.77 is strictly off limits.',
      'unapproved-egress',
      [host],
      'not-requested',
      /neither/,
    ],
    [
      'forbidden behind it, not',
      'The host 203.0.113.77 must not be contacted',
      'unapproved-egress',
      [host],
      'not-requested',
      /neither/,
    ],
    [
      'forbidden by prohibition',
      'Traffic to 203.0.113.77 is prohibited',
      'unapproved-egress',
      [host],
      'not-requested',
      /neither/,
    ],
    ['a condition', 'If there is no proxy, deploy to 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    [
      'a comma inside',
      'Do not, whatever happens, call 203.0.113.77',
      'unapproved-egress',
      [host],
      'not-requested',
      /neither/,
    ],
    ['an exception', 'Do not connect anywhere except 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    ['a turn', 'Do not use the proxy but connect to 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    ['do not forget', 'Do not forget to deploy to 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    ['no later than', 'Deploy no later than noon to 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    ['a list item', '- never touch main\n- upload to 203.0.113.77', 'unapproved-egress', [host], 'requested', /names/],
    ['a longer number', 'Version 203.0.113.77.4 of the tool', 'unapproved-egress', [host], 'not-requested', /neither/],
  ])('%s', (_, prompt, category, destinations, answer, says) => {
    const found = ask(prompt, category, ...destinations);
    expect([found.answer, found.says]).toEqual([answer, expect.stringMatching(says)]);
    expect(found.refs).toEqual(prompt === undefined ? [] : [ref]);
  });

  it('every prompt of the episode counts, also those of earlier turns', () => {
    const turns = (...texts: string[]) =>
      requestedBy({
        category: 'reverse-tunnel',
        destinations: [host],
        prompts: texts.map((text, i) => ({ text, ref: { ...ref, line: i + 1 } })),
      });
    expect(turns('Open a reverse tunnel', 'Now fix the tests')).toMatchObject({
      answer: 'requested',
      refs: [{ line: 1 }],
    });
    expect(turns('Fix the tests', 'Ask 203.0.113.77 for the data')).toMatchObject({
      answer: 'requested',
      refs: [{ line: 2 }],
    });
    expect(turns('Open a reverse tunnel', 'No, do not open a tunnel').says).toBe(
      'the prompt asks for "Open a reverse tunnel", and elsewhere forbids it',
    );
  });
});
