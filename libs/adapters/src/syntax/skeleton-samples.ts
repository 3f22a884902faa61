import type { CodeLanguage } from '#libs/compression';

/** A small file that has of everything a skeleton keeps, and bodies that it cuts. */
export interface SkeletonSample {
  readonly code: string;
  /** Must be found in the skeleton, word for word. */
  readonly kept: readonly string[];
  /** Must be gone. */
  readonly gone: readonly string[];
}

export const SKELETON_SAMPLES: Readonly<Partial<Record<CodeLanguage, SkeletonSample>>> = {
  python: {
    code: `"""Orders.

Everything about orders.
"""
import os
from typing import (
    List,
)

LIMIT = 10  # at most


class OrderError(Exception):
    """Raised for bad orders."""


class Book:
    """A book of orders.

    Long story.
    """

    size: int = 0

    @property
    def total(self) -> int:
        # comments go
        amount = 0
        for order in self.orders:
            amount += order.price * order.count
        return amount

    async def load(self, path: str, *, strict: bool = True) -> List[str]:
        """Loads a file."""
        try:
            with open(path) as file:
                lines = [line.strip() for line in file]
        except OSError as error:
            raise OrderError(path) from error
        def parse(line: str) -> str:
            cleaned = line.replace("a", "b").replace("c", "d")
            return cleaned.upper()
        return [parse(line) for line in lines if line and not line.startswith("#")]
`,
    kept: [
      '"""Orders."""',
      'from typing import (',
      'class OrderError(Exception):',
      'size: int = 0',
      '@property',
      'def total(self) -> int:',
      'async def load(self, path: str, *, strict: bool = True) -> List[str]:',
      '"""Loads a file."""',
      'except OSError as error:',
      'def parse(line: str) -> str:',
    ],
    gone: ['Everything about', 'comments go', 'at most', 'amount += order', 'cleaned.upper'],
  },
  javascript: {
    code: `'use strict'
// Loads things.
const fs = require('fs');

/**
 * Reads a file.
 * @param {string} name
 */
function read(name, options = {}) {
  const text = fs.readFileSync(name, 'utf8');
  if (options.trim) return text.trim();
  return text.split('\\n').map((line) => line + ';').join('\\n');
}

class Store extends Map {
  static #count = 0;
  get size() {
    const all = [...this.keys()].filter((key) => key !== 'hidden');
    return all.length;
  }
  async save(path) {
    try {
      await fs.promises.writeFile(path, JSON.stringify([...this.entries()]));
    } catch (error) {
      console.error('could not save', path, error);
      throw error;
    }
  }
}

describe('a store', function () {
  it('saves what it holds', async () => {
    const store = new Store();
    await store.save('/tmp/a');
    expect(read('/tmp/a')).toBe('[]');
  });
});

module.exports = { read, Store };
`,
    kept: [
      "const fs = require('fs');",
      'function read(name, options = {}) {',
      'class Store extends Map {',
      'get size() {',
      'async save(path) {',
      'catch (error) {',
      "describe('a store', function () {",
      "it('saves what it holds', async () => {",
      'module.exports = { read, Store };',
    ],
    gone: ['Loads things', 'text.trim()', 'all.length', 'JSON.stringify'],
  },
  typescript: {
    code: `import { type A, b } from './a.js';
import type { C } from './c.js';

/** How it ends. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: string };

export interface Options {
  readonly limit?: number; // at most
  onError(error: Error): void;
}

export enum Level {
  Low = 1,
  High,
}

@sealed
export class Runner<T extends A> implements Runnable {
  private readonly queue: T[] = [];

  constructor(private readonly options: Options) {
    super();
    this.queue.push(...b<T>(options.limit ?? 10));
  }

  /* Runs all. */
  async run(signal?: AbortSignal): Promise<Result<C>> {
    for (const item of this.queue) {
      if (signal?.aborted) return { ok: false, error: 'aborted' };
      await item.start({ limit: this.options.limit });
    }
    return { ok: true, value: new C(this.queue.length) };
  }
}

export const twice = (value: number): number => {
  const doubled = value * 2;
  console.log('doubled', value, doubled);
  return doubled;
};
`,
    kept: [
      "import { type A, b } from './a.js';",
      'export type Result<T> =',
      'onError(error: Error): void;',
      'enum Level {',
      '@sealed',
      'export class Runner<T extends A> implements Runnable {',
      'constructor(private readonly options: Options) {',
      'async run(signal?: AbortSignal): Promise<Result<C>> {',
      'export const twice = (value: number): number => {',
    ],
    gone: ['at most', 'Runs all', 'item.start', 'doubled = value'],
  },
  tsx: {
    code: `import { useState } from 'react';

interface Props {
  readonly title: string;
}

export function Card({ title }: Props): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const toggle = () => setOpen((open) => !open);
  return (
    <section className="card" onClick={toggle}>
      <h2>{title}</h2>
      {isOpen && <p>Open</p>}
    </section>
  );
}

export const List = ({ items }: { items: string[] }) => {
  const sorted = [...items].sort((a, b) => a.localeCompare(b));
  return <ul>{sorted.map((item) => <li key={item}>{item}</li>)}</ul>;
};
`,
    kept: [
      "import { useState } from 'react';",
      'readonly title: string;',
      'export function Card({ title }: Props): JSX.Element {',
      'export const List = ({ items }: { items: string[] }) => {',
    ],
    gone: ['className="card"', 'localeCompare'],
  },
  go: {
    code: `// Package store keeps things.
package store

import (
	"errors"
	"fmt"
)

// ErrMissing tells that nothing was found.
var ErrMissing = errors.New("missing")

type Store struct {
	items map[string]int // by name
}

type Reader interface {
	Read(name string) (int, error)
}

// Read returns the item.
func (s *Store) Read(name string) (int, error) {
	item, ok := s.items[name]
	if !ok {
		return 0, fmt.Errorf("read %q: %w", name, ErrMissing)
	}
	return item, nil
}

func New(size int, options ...func(*Store)) *Store {
	store := &Store{items: make(map[string]int, size)}
	for _, option := range options {
		option(store)
	}
	return store
}
`,
    kept: [
      'package store',
      '"errors"',
      'var ErrMissing = errors.New("missing")',
      'type Store struct {',
      'Read(name string) (int, error)',
      'func (s *Store) Read(name string) (int, error) {',
      'func New(size int, options ...func(*Store)) *Store {',
    ],
    gone: ['by name', 'fmt.Errorf', 'option(store)'],
  },
  rust: {
    code: `//! Shapes.
use std::fmt::{self, Display};

/// A shape with an area.
pub trait Shape {
    fn area(&self) -> f64;
}

#[derive(Debug, Clone)]
pub struct Square<'a> {
    side: f64,
    name: &'a str, // shown
}

impl<'a> Shape for Square<'a> {
    fn area(&self) -> f64 {
        let side = self.side.abs().max(f64::EPSILON);
        let area = side * side;
        area
    }
}

pub async fn parse(text: &str) -> Result<f64, fmt::Error> {
    let trimmed = text.trim().trim_end_matches(';');
    let value = trimmed.parse::<f64>().map_err(|_| fmt::Error)?;
    match value {
        v if v < 0.0 => Err(fmt::Error),
        v => Ok(v),
    }
}

macro_rules! square {
    ($side:expr) => {
        Square { side: $side as f64, name: stringify!($side).trim_matches('"') }
    };
}
`,
    kept: [
      'use std::fmt::{self, Display};',
      'pub trait Shape {',
      'fn area(&self) -> f64;',
      '#[derive(Debug, Clone)]',
      "pub struct Square<'a> {",
      "impl<'a> Shape for Square<'a> {",
      'pub async fn parse(text: &str) -> Result<f64, fmt::Error> {',
      'macro_rules! square {',
    ],
    gone: ['// shown', 'f64::EPSILON', 'trim_end_matches'],
  },
  java: {
    code: `package a.b;

import java.io.IOException;
import java.util.List;

/**
 * A shop.
 *
 * @author nobody
 */
@Deprecated
public final class Shop<T extends Item> implements Closeable {
  private static final int LIMIT = 10; // at most

  public Shop(List<T> items) throws IOException {
    this.items = List.copyOf(items);
    this.open = !items.isEmpty() && items.size() < LIMIT;
  }

  @Override
  public void close() throws IOException {
    try {
      items.forEach(item -> item.release(LIMIT));
      log.info("closed the shop with " + items.size() + " items");
    } catch (IllegalStateException e) {
      throw new IOException("could not close", e);
    } finally {
      open = false;
    }
  }

  interface Visitor<R> {
    R visit(Shop<?> shop);
  }

  enum State { OPEN, CLOSED }
}
`,
    kept: [
      'package a.b;',
      'import java.util.List;',
      '@Deprecated',
      'public final class Shop<T extends Item> implements Closeable {',
      'private static final int LIMIT = 10;',
      'public Shop(List<T> items) throws IOException {',
      '@Override',
      'public void close() throws IOException {',
      'catch (IllegalStateException e) {',
      'R visit(Shop<?> shop);',
      'enum State { OPEN, CLOSED }',
    ],
    gone: ['@author', 'at most', 'List.copyOf', 'log.info'],
  },
  c: {
    code: `/* Lists. */
#include <stdlib.h>

#define LIMIT 10
#define SWAP(a, b) \\
  do {             \\
    int t = a;     \\
    a = b;         \\
    b = t;         \\
  } while (0)

typedef struct node {
  int value; /* of it */
  struct node *next;
} node;

enum color { RED, GREEN };

static node *push(node *head, int value) {
  node *fresh = malloc(sizeof(*fresh));
  if (fresh == NULL) return head;
  fresh->value = value;
  fresh->next = head;
  return fresh;
}

int main(int argc, char **argv) {
  node *list = NULL;
  for (int i = 0; i < argc && i < LIMIT; i++) list = push(list, atoi(argv[i]));
  return list == NULL ? 1 : 0;
}
`,
    kept: [
      '#include <stdlib.h>',
      '#define LIMIT 10',
      '#define SWAP(a, b)',
      'struct node *next;',
      'enum color { RED, GREEN };',
      'static node *push(node *head, int value) {',
      'int main(int argc, char **argv) {',
    ],
    gone: ['Lists.', 'of it', 'int t = a', 'fresh->value', 'atoi'],
  },
  cpp: {
    code: `// Queues.
#include <vector>

namespace jobs {

template <typename T>
class Queue final : public Base {
 public:
  explicit Queue(size_t limit) : limit_(limit) {
    items_.reserve(limit_ * 2 + 1);
    count_ = 0;
  }
  virtual ~Queue() = default;

  bool push(T&& item) noexcept(false) override;

 private:
  std::vector<T> items_;  // in order
};

template <typename T>
bool Queue<T>::push(T&& item) {
  try {
    items_.push_back(std::forward<T>(item));
    notify([this](int count) { return count < limit_; });
  } catch (const std::bad_alloc& error) {
    return false;
  }
  return true;
}

}  // namespace jobs
`,
    kept: [
      '#include <vector>',
      'namespace jobs {',
      'class Queue final : public Base {',
      'explicit Queue(size_t limit) : limit_(limit) {',
      'bool push(T&& item) noexcept(false) override;',
      'std::vector<T> items_;',
      'bool Queue<T>::push(T&& item) {',
      'catch (const std::bad_alloc& error) {',
    ],
    gone: ['Queues.', 'in order', 'items_.reserve', 'std::forward'],
  },
};
