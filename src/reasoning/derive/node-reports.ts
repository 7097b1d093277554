import type { NodeReport } from '../../domain/node-report.ts';
import type { FactSource } from '../fact-source.ts';
export function deriveNodeReports(_facts: FactSource): readonly NodeReport[] { return []; }
