export { type CommandClass, classifyCommand, createCommandClassifier } from './command.ts';
export { createDetector, type Detector, type DetectorContext } from './detector.ts';
export { describeRules, type RuleDescription, rulePacks } from './packs.ts';
export { type RulePack, rulePack } from './schema.ts';
