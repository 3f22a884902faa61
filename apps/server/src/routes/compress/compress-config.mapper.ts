import { parseCompressionConfig, type CompressionSettings } from '#libs/compression';
import type { ContextStrategy } from '#libs/context-window';
import { invalid } from '#libs/kernel';
import type { CompressConfig } from './compress.schema.js';

const OUTPUT_BUFFER_TOKENS = 4000;
const KEEP_LAST_TURNS = 2;

export interface WindowSettings {
  readonly strategy: ContextStrategy;
  readonly outputBufferTokens: number;
  readonly keepLastTurns: number;
}

/** What a client's configuration says of compression. @throws HeadroomError `validation_error` naming every fault. */
export function toCompressionConfig(wire: CompressConfig): CompressionSettings {
  const { config, faults } = parseCompressionConfig(wire);
  if (faults.length === 0) return config;
  throw invalid(faults.map(({ path, message }) => ({ path: `config.${path}`, message })));
}

/** The settings of the window that is switched on; IntelligentContext unless only RollingWindow is. */
export function toWindowSettings(config: CompressConfig): WindowSettings {
  const rolling = config.rolling_window;
  const intelligent = config.intelligent_context;
  const isRolling = rolling?.enabled === true && intelligent?.enabled !== true;
  const window = (isRolling ? rolling : intelligent) ?? rolling;
  const turns = window?.keep_last_turns ?? window?.preserve_recent_turns ?? window?.min_keep_turns;
  return {
    strategy: isRolling ? 'rolling_window' : 'intelligent',
    outputBufferTokens: config.output_buffer_tokens ?? window?.output_buffer_tokens ?? OUTPUT_BUFFER_TOKENS,
    keepLastTurns: config.keep_last_turns ?? config.keep_turns ?? turns ?? KEEP_LAST_TURNS,
  };
}
