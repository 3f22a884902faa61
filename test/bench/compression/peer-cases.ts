import type { PeerCase } from './peer-case.js';
import { jsonCases } from './peer-json-cases.js';
import { textCases } from './peer-text-cases.js';

/** The peers were measured in July 2026 on inputs of these sizes, one core, at the median of cold runs. */
export const PEER_CASES: readonly PeerCase[] = [...jsonCases, ...textCases];
