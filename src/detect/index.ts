export { classifyCommand, createCommandClassifier } from './command.ts';
export { createDetector } from './detector.ts';
export { describeRules, rulePackHashes, rulePacks } from './packs.ts';
export type { RulePack } from './schema.ts';
