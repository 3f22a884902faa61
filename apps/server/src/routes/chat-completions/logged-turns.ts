import type { TurnObserver, TurnStep } from '#libs/chat';
import { HeadroomError, type Caller } from '#libs/kernel';
import type { Log } from '#libs/platform';
import type { RequestRecord, UsageRecorder } from '#libs/usage';

const MESSAGES: Readonly<Record<TurnStep, string>> = {
  prepare: 'a prompt could not be prepared and went to the provider as it was sent',
  retrieve: 'an original could not be given to the model',
  memory_tool: 'a call of a memory tool could not be answered',
  keep_calls: 'answered calls could not be kept for the next request',
  remember: 'what a model wanted remembered could not be stored',
  answer: 'the provider gave no answer that could be used',
};

/** Records turns, and logs what failed of them: codes and texts of faults, never contents. */
export class LoggedTurns implements TurnObserver {
  constructor(
    private readonly usage: UsageRecorder,
    private readonly log: Log,
  ) {}

  turnTaken(caller: Caller, record: RequestRecord): void {
    this.usage.record(caller, record);
  }

  stepFailed(step: TurnStep, error: unknown): void {
    const type = error instanceof HeadroomError ? error.code : 'internal_error';
    this.log.warn({ err: error, step, type }, MESSAGES[step]);
  }
}
