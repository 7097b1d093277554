import type { Policy } from '../domain/policy.ts';
import { type ParsedYaml, parseStrictYaml } from '../strict-yaml/parse-strict-yaml.ts';
import { everyKey, type KnownNames, policyShape } from './policy-shape.ts';

/** Reads a policy strictly: what is not understood may be the word that should have forbidden something. Never throws. */
export function parsePolicy(text: string, known: KnownNames = {}): ParsedYaml<Policy> {
  return parseStrictYaml(text, { shape: policyShape(known), everyKey, is: 'one policy' });
}
