import { Option } from 'commander';
import type { LeastVerdict } from '../../policy/effect.ts';
import type { Readable } from '../../policy/readers/index.ts';
import { whole } from '../command-line/options.ts';

// Written out here so that --help loads no policy code; test/cli/policy.test.ts holds the lists against the rooms.
const LEAST: readonly LeastVerdict[] = ['proven', 'likely', 'ambiguous', 'any'];
const FORMATS = ['nftables', 'networkpolicy', 'cilium', 'alibaba-cloud-firewall', 'squid', 'awf', 'srt', 'json'];
const READABLE: readonly Readable[] = [
  'json',
  'nftables',
  'networkpolicy',
  'cilium',
  'alibaba-cloud-firewall',
  'squid',
  'srt',
  'awf',
];

const verdictOption = (): Option =>
  new Option('--verdict <LEAST>', 'least sure verdict whose flows have to be stopped').choices(LEAST).default('likely');

export function suggestOptions(): readonly Option[] {
  return [
    new Option('--format <ID>', 'write the rules for this product').choices(FORMATS),
    new Option('-o, --output <FILE>', 'write the rules into a file; .nft and .json say their format'),
    new Option(
      '--mode <MODE>',
      'deny: rules against the bad flows; allow: deny by default, list what is needed',
    ).choices(['deny', 'allow']),
    verdictOption(),
    new Option('--max-good-broken <N>', 'good connections that may break; bad flows beyond that are left').argParser(
      whole,
    ),
    new Option('--max-nodes <N>', 'nodes of the search before it settles for less').argParser(whole).default(100_000),
  ];
}

export function testOptions(): readonly Option[] {
  return [
    new Option('--format <ID>', 'what the policy is, where its text does not say').choices(READABLE),
    verdictOption(),
  ];
}
