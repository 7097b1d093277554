import { type Claim, citeNodeCommand, claim } from './citation.ts';
import type { NodeReport } from './node-report.ts';

/** Rules are programmed in batches and Services come and go meanwhile; one in twenty may lag on a healthy node. */
const toleratedShare = 0.05;
/** A count of lines also counts headings and rules of other kinds, so only a larger difference says something. */
const toleratedShareOfCount = 0.1;

export interface Shortfall {
  readonly claims: readonly [Claim, ...Claim[]];
  /** exact: distinct services were compared. count: only lines. */
  readonly basis: 'exact' | 'count';
  /** True: another node serves what this one lacks, so the demand was not miscounted. */
  readonly isConfirmedElsewhere: boolean;
}

/** How the service rules found on a node compare with what Services demand and with other nodes. */
export type RulesVerdict =
  | { readonly state: 'incomplete'; readonly shortfall: Shortfall }
  | { readonly state: 'complete'; readonly claim: Claim }
  | { readonly state: 'unknown' };

/** A service port as rule listings may write it: "shop/cart:http" and "10.96.0.10 tcp 53". */
export type PortIdentities = readonly string[];

/** `unreached`: ports of Services that this node does not reach and others do. A single rule that is missing for one of them is no lag. */
export function judgeServiceRules(
  report: NodeReport | undefined,
  others: readonly NodeReport[],
  unreached: readonly PortIdentities[] = [],
): RulesVerdict {
  const rules = report?.serviceRules;
  if (report === undefined || rules === undefined) return { state: 'unknown' };
  const unserved = missingForUnreached(report, others, unreached);
  if (unserved !== undefined) return { state: 'incomplete', shortfall: { claims: [unserved], basis: 'exact', isConfirmedElsewhere: true } };
  const fuller = fullestComparable(report, others);
  const shortOfDemand = rules.demanded !== undefined && isShort(rules.found, rules.demanded, rules.isApproximate);
  const shortOfOther = fuller !== undefined && isShort(rules.found, fuller.rules.found, rules.isApproximate);
  // Short of the demand like every other node: then the demand was miscounted, for kube-proxy is not the only router there is.
  const hasPeers = others.some((other) => other.serviceRules !== undefined && other.node !== report.node);
  const citation = citeNodeCommand(report.node, rules.command, `${rules.found} service rules found`);
  if (shortOfOther && fuller !== undefined) {
    const says = `${report.node} has rules for ${rules.found} service ports; ${fuller.report.node} has ${fuller.rules.found}.`;
    const compared = claim(
      says,
      citation,
      citeNodeCommand(fuller.report.node, fuller.rules.command, `${fuller.rules.found} service rules found`),
    );
    return {
      state: 'incomplete',
      shortfall: {
        claims: [compared, ...demandClaim(report, shortOfDemand)],
        basis: rules.isApproximate ? 'count' : 'exact',
        isConfirmedElsewhere: true,
      },
    };
  }
  const [first] = demandClaim(report, shortOfDemand && !hasPeers);
  if (first !== undefined)
    return {
      state: 'incomplete',
      shortfall: { claims: [first], basis: rules.isApproximate ? 'count' : 'exact', isConfirmedElsewhere: false },
    };
  if (shortOfDemand || (rules.demanded === undefined && fuller === undefined)) return { state: 'unknown' };
  return {
    state: 'complete',
    claim: claim(`The service rules on ${report.node} are complete at the time of collection (${rules.found}).`, citation),
  };
}

function isShort(found: number, wanted: number, isApproximate: boolean): boolean {
  const tolerated = isApproximate ? Math.max(3, wanted * toleratedShareOfCount) : Math.max(1, wanted * toleratedShare);
  return wanted - found > tolerated;
}

function demandClaim(report: NodeReport, isShortOfDemand: boolean): readonly Claim[] {
  const { serviceRules: rules, node } = report;
  if (!isShortOfDemand || rules?.demanded === undefined) return [];
  const about = rules.isApproximate ? 'about ' : '';
  return [
    claim(
      `Services with ready endpoints demand ${about}${rules.demanded} service ports on every node; ${node} serves ${rules.found}.`,
      citeNodeCommand(node, rules.command, `${rules.found} of ${rules.demanded}`),
    ),
  ];
}

function missingForUnreached(report: NodeReport, others: readonly NodeReport[], unreached: readonly PortIdentities[]): Claim | undefined {
  const own = report.serviceRules;
  if (own?.served === undefined) return undefined;
  for (const identities of unreached) {
    if (identities.some((each) => own.served?.has(each))) continue;
    const server = others.find(
      ({ node, serviceRules }) => node !== report.node && identities.some((each) => serviceRules?.served?.has(each) === true),
    );
    if (server?.serviceRules === undefined) continue;
    return claim(
      `${report.node} has no rule for ${identities[0] ?? 'a Service'}, which it does not reach; ${server.node} has one.`,
      citeNodeCommand(report.node, own.command, `no rule for ${identities.join(', ')}`),
      citeNodeCommand(server.node, server.serviceRules.command, `serves ${identities[0] ?? ''}`),
    );
  }
  return undefined;
}

interface Compared {
  readonly report: NodeReport;
  readonly rules: NonNullable<NodeReport['serviceRules']>;
}

/** Bare counts are comparable only where the same command was counted. */
function fullestComparable(report: NodeReport, others: readonly NodeReport[]): Compared | undefined {
  const own = report.serviceRules;
  const comparable = others.flatMap((other): readonly Compared[] => {
    const rules = other.serviceRules;
    if (
      rules === undefined ||
      own === undefined ||
      other.node === report.node ||
      rules.mode !== own.mode ||
      rules.isApproximate !== own.isApproximate
    )
      return [];
    return rules.isApproximate && rules.command !== own.command ? [] : [{ report: other, rules }];
  });
  return comparable.toSorted((left, right) => right.rules.found - left.rules.found)[0];
}
