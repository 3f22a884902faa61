import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import hnswlib from 'hnswlib-node';
import { findIndex, saveIndex } from './index-files.js';
import { GRAPH } from './worker-messages.js';
import type {
  IndexAnswers,
  IndexPlace,
  IndexTask,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
} from './worker-messages.js';

/** One index of hnswlib, off the event loop: building it takes minutes. */
const { files, dimensions } = workerData as WorkerSetup;
/** A search that comes meanwhile waits for no more than so many. */
const ADDED_AT_ONCE = 16;
const FIRST_CAPACITY = 1_024;

let graph = emptyGraph();
/** The memory of each label; 0 where its vector was dropped. A label is never used twice. */
let seqs: number[] = [];
let labels = new Map<number, number>();

parentPort?.on('message', ({ id, task }: WorkerRequest) => {
  void answer(task).then(
    (result) => {
      parentPort?.postMessage({ id, answer: result } satisfies WorkerReply);
    },
    (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id, error: text } satisfies WorkerReply);
    },
  );
});

async function answer(task: IndexTask): Promise<IndexAnswers[keyof IndexAnswers]> {
  switch (task.kind) {
    case 'load':
      return load(task.epoch);
    case 'add':
      return add(task.seqs, task.vectors);
    case 'keepOnly':
      return keepOnly(new Set(task.seqs));
    case 'search':
      return search(task.query, task.count);
    case 'save':
      save(task.place);
      return undefined;
  }
}

function emptyGraph() {
  const made = new hnswlib.HierarchicalNSW('ip', dimensions);
  made.initIndex(FIRST_CAPACITY, GRAPH.links, GRAPH.efConstruction, GRAPH.seed);
  made.setEf(GRAPH.ef);
  return made;
}

function load(epoch: string): IndexAnswers['load'] {
  const saved = findIndex(files, epoch);
  if (saved === undefined) return undefined;
  const read = new hnswlib.HierarchicalNSW('ip', dimensions);
  read.readIndexSync(saved.graphFile);
  // Not saved with the rest.
  read.setEf(GRAPH.ef);
  graph = read;
  seqs = saved.seqs;
  labels = new Map(seqs.flatMap((seq, label) => (seq === 0 ? [] : [[seq, label] as const])));
  return { ...saved.place, size: labels.size };
}

async function add(added: readonly number[], vectors: Float32Array): Promise<number> {
  for (let i = 0; i < added.length; i++) {
    if (i > 0 && i % ADDED_AT_ONCE === 0) await setImmediate();
    const seq = added[i];
    if (seq === undefined) continue;
    drop(seq);
    // A full graph refuses what comes next.
    if (seqs.length >= graph.getMaxElements()) graph.resizeIndex(seqs.length * 2);
    graph.addPoint([...vectors.subarray(i * dimensions, (i + 1) * dimensions)], seqs.length);
    labels.set(seq, seqs.length);
    seqs.push(seq);
  }
  return labels.size;
}

function keepOnly(kept: ReadonlySet<number>): number {
  for (const seq of [...labels.keys()]) if (!kept.has(seq)) drop(seq);
  return labels.size;
}

/** Overwrites the vector, so that nothing of it is saved, and hides what is left of it. */
function drop(seq: number): void {
  const label = labels.get(seq);
  if (label === undefined) return;
  graph.addPoint(new Array<number>(dimensions).fill(0), label);
  graph.markDelete(label);
  labels.delete(seq);
  seqs[label] = 0;
}

function search(query: Float32Array, count: number): IndexAnswers['search'] {
  if (labels.size === 0) return { seqs: [], similarities: [] };
  graph.setEf(Math.max(GRAPH.ef, count));
  const { neighbors, distances } = graph.searchKnn([...query], Math.min(count, labels.size));
  return {
    seqs: neighbors.map((label) => seqs[label] ?? 0),
    similarities: distances.map((distance) => Math.fround(1 - distance)),
  };
}

function save(place: IndexPlace): void {
  saveIndex(files, place, seqs, (file) => {
    graph.writeIndexSync(file);
  });
}
