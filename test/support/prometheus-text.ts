/** A family of metrics, as Prometheus reads it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** That of the family, or with `_bucket`, `_sum` or `_count` behind it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL})(?:,${LABEL})*)\\})? (\\S+)$`);
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

/**
 * Reads Prometheus' text format 0.0.4 as strictly as `promtool check metrics` does: every family has one HELP and one
 * TYPE before its samples, which stand together; no series comes twice; histograms add up; counters end in `_total`.
 * @throws Error at the first line that breaks a rule.
 */
export function readPrometheusText(text: string): readonly MetricFamily[] {
  if (!text.endsWith('\n')) throw new Error('The text must end with a line feed.');
  const families: MetricFamily[] = [];
  const series = new Set<string>();
  let help: { readonly name: string; readonly text: string } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (kind === 'HELP') help = { name, text: rest };
    else if (kind === 'TYPE') families.push(aFamily(name, rest, help, families));
    else addSample(families.at(-1), readSample(line), series);
  }
  families.forEach(requireSense);
  return families;
}

function aFamily(
  name: string,
  type: string,
  help: { readonly name: string; readonly text: string } | undefined,
  known: readonly MetricFamily[],
): MetricFamily {
  if (!(type in SUFFIXES)) throw new Error(`${name} has the unknown type ${type}.`);
  if (help?.name !== name) throw new Error(`${name} has no HELP before its TYPE.`);
  if (known.some((family) => family.name === name)) throw new Error(`${name} comes twice.`);
  return { name, type, help: help.text, samples: [] };
}

function readSample(line: string): MetricSample {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`No sample: ${line}`);
  const number = value === '+Inf' ? Infinity : value === 'Nan' || value === 'NaN' ? NaN : Number(value);
  if (value.trim() === '' || (Number.isNaN(number) && !/^nan$/i.test(value)))
    throw new Error(`No number: ${line}`);
  const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(([pair]) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), JSON.parse(pair.slice(at + 1)) as string] as const;
  });
  if (new Set(pairs.map(([label]) => label)).size < pairs.length) throw new Error(`A label twice: ${line}`);
  return { name, labels: Object.fromEntries(pairs), value: number };
}

function addSample(family: MetricFamily | undefined, sample: MetricSample, series: Set<string>): void {
  const suffixes = SUFFIXES[family?.type ?? ''] ?? [];
  if (family === undefined || !suffixes.some((suffix) => family.name + suffix === sample.name))
    throw new Error(`${sample.name} does not stand with its TYPE.`);
  const address = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
  if (series.has(address)) throw new Error(`${address} comes twice.`);
  series.add(address);
  (family.samples as MetricSample[]).push(sample);
}

function requireSense({ name, type, samples }: MetricFamily): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`The counter ${name} lacks _total.`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
    throw new Error(`The counter ${name} is negative.`);
  if (type === 'histogram') requireCumulative(name, samples);
}

function requireCumulative(name: string, samples: readonly MetricSample[]): void {
  const last = new Map<string, { le: number; value: number }>();
  for (const { name: part, labels, value } of samples) {
    const { le, ...others } = labels;
    const address = JSON.stringify(Object.entries(others).sort());
    const before = last.get(address) ?? { le: -Infinity, value: 0 };
    if (part === `${name}_count` && (before.le !== Infinity || before.value !== value))
      throw new Error(`The count of ${name} is not that of all its buckets.`);
    if (part !== `${name}_bucket`) continue;
    const bound = le === '+Inf' ? Infinity : Number(le);
    if (!(bound > before.le && value >= before.value))
      throw new Error(`The buckets of ${name} do not add up.`);
    last.set(address, { le: bound, value });
  }
}
