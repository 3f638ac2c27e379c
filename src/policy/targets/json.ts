import { jsonText } from '../../core/text/text.ts';
import { type Plan, remarks, type Target } from './target.ts';

/** The suggestion itself, for scripts; `policy test` reads it back. Schema in docs/policy.md. */
export const json: Target = {
  id: 'json',
  title: 'json',
  modes: ['deny', 'allow'],
  scope: 'all',
  limits: [],
  can: () => true,
  write,
};

function write(plan: Plan): string {
  const { suggestion, effect } = plan;
  const { mode, rules, optimal, nodes, leftOut } = suggestion;
  return `${jsonText({
    record: 'policy',
    version: 1,
    remarks: remarks(plan, json),
    default: mode === 'deny' ? 'allow' : 'deny',
    rules: rules.map(({ rule, matches, breaks, incidents }) => ({ ...rule, matches, breaks, incidents })),
    effect,
    optimal,
    nodes,
    leftOut,
  })}\n`;
}
