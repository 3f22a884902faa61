import type { PeerCase } from './peer-case.js';
import { mixed, numbers, strings } from './peer-json-lists.js';
import { fatalAt67, logEntries } from './peer-json-logs.js';
import { API_RESPONSES, DATABASE_ROWS, SEARCH_RESULTS, rows } from './peer-json-rows.js';

const FIND = 'Find the pages about how a replica of a shard takes over.';
const SHOW = 'Show me what the endpoint returned.';

export const jsonCases: readonly PeerCase[] = [
  {
    name: 'Search results, 100',
    tokensIn: 9_104,
    python: { tokens: 1_295, ms: 221 },
    rust: { tokens: 1_628, ms: 9.0 },
    make: rows(SEARCH_RESULTS, 100, FIND),
  },
  {
    name: 'Search results, 500',
    tokensIn: 45_181,
    python: { tokens: 1_280, ms: 1_631 },
    rust: { tokens: 1_187, ms: 58 },
    make: rows(SEARCH_RESULTS, 500, FIND),
  },
  {
    name: 'Search results, 1,000',
    tokensIn: 90_329,
    python: { tokens: 1_303, ms: 2_956 },
    rust: { tokens: 1_207, ms: 136 },
    make: rows(SEARCH_RESULTS, 1000, FIND),
  },
  {
    name: 'API responses, 500',
    tokensIn: 48_348,
    python: { tokens: 1_280, ms: 1_240 },
    rust: { tokens: 7_895, ms: 44 },
    make: rows(API_RESPONSES, 500, SHOW, 'data'),
  },
  {
    name: 'Database rows, 1,000',
    tokensIn: 57_277,
    python: { tokens: 818, ms: 1_104 },
    rust: { tokens: 725, ms: 32 },
    make: rows(DATABASE_ROWS, 1000, 'How many rows are there?', 'rows'),
  },
  {
    name: 'Strings, 1,000',
    tokensIn: 12_020,
    python: { tokens: 234, ms: 183 },
    rust: { tokens: 186, ms: 8.3 },
    make: strings,
  },
  {
    name: 'Numbers, 1,000',
    tokensIn: 8_987,
    python: { tokens: 309, ms: 335 },
    rust: { tokens: 201, ms: 7.4 },
    make: numbers,
  },
  {
    name: 'Mixed array, 250',
    tokensIn: 2_451,
    python: { tokens: 339, ms: 42 },
    rust: { tokens: 291, ms: 1.2 },
    make: mixed,
  },
  {
    name: 'JSON logs, 1,000',
    tokensIn: 78_129,
    python: { tokens: 5_198, ms: 1_498 },
    rust: { tokens: 13_211, ms: 125 },
    make: logEntries(1000, 0.05),
  },
  {
    name: '100 log entries, FATAL at 67',
    tokensIn: 8_277,
    python: { tokens: 1_020, ms: 125 },
    rust: { tokens: 1_187, ms: 7.8 },
    make: fatalAt67,
  },
];
