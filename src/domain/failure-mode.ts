import type { Claim } from './citation.ts';
import type { ExampleEvidence } from './example.ts';
import type { FactKind, Facts } from './facts.ts';
import type { Instant } from './instant.ts';
import type { Subject } from './subject.ts';

/** How much a finding should move our belief. The numbers behind the words live in one calibrated table (reasoning/weights.ts). */
export type Weight = 'conclusive' | 'strong' | 'likely' | 'suggestive' | 'weak';

/** One place where a failure mode was recognised. */
export interface Finding {
  /** The object that a human would act on; the owner, never a pod that has one. */
  readonly subject: Subject;
  readonly weight: Weight;
  /** What speaks for it, most telling first. */
  readonly because: readonly [Claim, ...Claim[]];
  /** What speaks against it although it was recognised. */
  readonly against?: readonly Claim[];
  /** What did not cause it but made it possible, often long before. */
  readonly contributing?: readonly Claim[];
  /** When it began, as well as the evidence tells. Used to order causes before symptoms. */
  readonly since?: Instant;
  /**
   * The earliest time at which it may have begun, where the API shows only the last round of something that comes and goes.
   * Absent: it did not begin before `since`.
   */
  readonly mayHaveBegun?: Instant;
  /** What suffers from it: Pods above all (kind "Pod"), also Services, Nodes, workloads. Two findings that share none of these are not linked. */
  readonly affects: readonly Subject[];
  /** Subjects whose own trouble would explain this one, for example the Service that refuses connections. */
  readonly blames?: readonly Subject[];
  /** It tells by itself why other replicas of the workload are well, so that it needs no place and no revision to separate them. Absent: it does not. */
  readonly explainsSplit?: true;
  /** Steps inside this finding, cause first, for the cascade. */
  readonly steps?: readonly Step[];
  /** Commands or looks that would raise or destroy this belief. */
  readonly wouldSettle?: readonly string[];
}

/** One arrow of a cascade. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly because: readonly [Claim, ...Claim[]];
}

export interface Explanation {
  readonly whatItIs: string;
  readonly howItLooks: string;
  readonly whyItHappens: string;
  readonly whatStopsTheBleeding: string;
  readonly whatFixesIt: string;
  readonly howToPreventIt: string;
}

/** A small world in which the rule is tried. It runs through the same derivation as real evidence. */
export interface Example {
  readonly story: string;
  readonly given: ExampleEvidence;
  /** Subjects that must be found. Absent in examples: any finding will do. */
  readonly finds?: readonly Subject[];
}
type AtLeastOne<Item> = readonly [Item, ...Item[]];

export interface FailureMode<Needs extends FactKind = FactKind, Helps extends FactKind = FactKind> {
  /** The file's name without its ending; the id in the JSON contract. */
  readonly id: string;
  readonly title: string;
  /** cause: can be the last word. symptom: never the last word while a cause for the same subjects is visible. */
  readonly role: 'cause' | 'symptom';
  readonly explanation: Explanation;
  /** Addresses of the documentation that the conditions come from. */
  readonly sources: AtLeastOne<string>;
  /** Without these the verdict is "cannot tell". */
  readonly needs: AtLeastOne<Needs>;
  /** These make it surer, or rule it out; each arrives as undefined where it could not be read. */
  readonly helpedBy: readonly Helps[];
  /** Failure modes (ids) that this one brings about in what it affects. Symptoms need not be listed. */
  readonly explains: readonly string[];
  /** Ids of mitigations that fit, best first. */
  readonly mitigations: readonly string[];
  recognise(facts: Facts<Needs, Helps>): readonly Finding[];
  readonly recognises: AtLeastOne<Example>;
  readonly isNotFooledBy: AtLeastOne<Example>;
  /**
   * Whether a recording of a real cluster, broken on purpose, names this mode as its first cause. Source: the list that is
   * generated from the recordings; a mode's own file never says it. Absent: not proven.
   */
  readonly isProven?: boolean;
}

/** A failure mode with its evidence types erased, as the engine runs it. */
export type AnyFailureMode = FailureMode<never, never>;

/** Ties the facts that a rule receives to the evidence it declared. Reading anything undeclared is a type error. */
export function defineFailureMode<const Needs extends FactKind, const Helps extends FactKind>(
  mode: FailureMode<Needs, Helps> & { readonly isProven?: never },
): AnyFailureMode {
  return mode as unknown as AnyFailureMode;
}

/** Tells the modes whose rule has been shown right on a real cluster from those that rest on examples. */
export function withProof(modes: readonly AnyFailureMode[], proven: readonly string[]): readonly AnyFailureMode[] {
  return modes.map((mode) => ({ ...mode, isProven: proven.includes(mode.id) }));
}
