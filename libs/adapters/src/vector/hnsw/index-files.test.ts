import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findIndex, removeIndexes, saveIndex } from './index-files.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-index-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const files = () => ({ folder, name: 'ann' });
const save = (revision: number, graph = `graph ${revision}`) => {
  saveIndex(files(), { epoch: 'e', revision }, [1, 0, revision], (file) => {
    writeFileSync(file, graph);
  });
};

describe('the files of an index', () => {
  it('give back what was saved last, and hold nothing older', () => {
    save(7);
    save(8);
    const found = findIndex(files(), 'e');
    expect(found).toMatchObject({ place: { epoch: 'e', revision: 8 }, seqs: [1, 0, 8] });
    expect(readFileSync(found!.graphFile, 'utf8')).toBe('graph 8');
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('keep the index before when a save ends half-way, and clear away what it left', () => {
    save(7);
    expect(() => {
      saveIndex(files(), { epoch: 'e', revision: 8 }, [1], (file) => {
        writeFileSync(file, 'half of a gra');
        throw new Error('killed');
      });
    }).toThrow('killed');
    expect(readdirSync(folder)).toHaveLength(4);
    expect(findIndex(files(), 'e')?.place.revision).toBe(7);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it.each(['graph', 'seqs', 'json'])('are all removed when the %s is damaged', (ending) => {
    save(7);
    const file = readdirSync(folder).find((name) => name.endsWith(ending))!;
    writeFileSync(join(folder, file), 'something else');
    expect(findIndex(files(), 'e')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are removed when the vectors of their epoch are no more', () => {
    save(7);
    expect(findIndex(files(), 'another')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are removed by the beginning of their name, those of others are not', () => {
    save(7);
    saveIndex({ folder, name: 'bob' }, { epoch: 'e', revision: 1 }, [1], (file) => {
      writeFileSync(file, 'of bob');
    });
    removeIndexes(folder, 'ann');
    expect(findIndex({ folder, name: 'bob' }, 'e')?.seqs).toEqual([1]);
    expect(existsSync(join(folder, 'ann.json'))).toBe(false);
    removeIndexes(join(folder, 'missing'), 'ann');
  });
});
